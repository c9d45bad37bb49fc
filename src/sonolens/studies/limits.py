"""How much a file of a study may take before it is refused: what is broken or hostile fills no memory and hangs no run.

They are in force for a whole process; workers of a Dask cluster read by the usual ones. The values stand in ``conf/base/globals.yml`` under `reading_limits`, each with its reason. What reads without a project, as
``sonolens explain`` does, takes `USUAL`, which is the same.
"""

from pydantic import Field

from sonolens.parameters import Parameters

PER_MEGA = 1_000_000


class ReadingLimits(Parameters):
    """What is refused for its size, by what its header tells and before it is decoded."""

    largest_file_mb: float = Field(gt=0, description="Any file, MB.")
    largest_picture_mpx: float = Field(gt=0, description="One picture or frame, megapixels.")
    largest_array_mb: float = Field(gt=0, description="What a file holds once unpacked, MB.")
    largest_table_mb: float = Field(gt=0, description="A table once unpacked, MB.")
    most_cells: int = Field(gt=0, description="Cells of a sheet, empty ones in between included.")
    most_elements: int = Field(gt=0, description="Elements and variables of a MATLAB file.")


USUAL = ReadingLimits(
    largest_file_mb=2000,
    largest_picture_mpx=25,
    largest_array_mb=1000,
    largest_table_mb=100,
    most_cells=2_000_000,
    most_elements=1000,
)
"""Those of ``conf/base/globals.yml``."""
