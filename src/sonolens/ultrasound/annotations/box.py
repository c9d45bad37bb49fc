"""Where an annotation lies, and of which kind it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """Rows and columns of an annotation; it may reach over the edge of its scan.

    Attributes:
        row0: First row.
        col0: First column.
        row1: The row after the last.
        col1: The column after the last.
        kind: One of `ANNOTATION_KINDS`.
    """

    row0: int
    col0: int
    row1: int
    col1: int
    kind: str

    def grow(self, rows: int, cols: int) -> "Box":
        """Add so many rows above and below, and columns left and right."""
        return Box(
            self.row0 - rows, self.col0 - cols, self.row1 + rows, self.col1 + cols, self.kind
        )

    @property
    def pixels(self) -> tuple[slice, slice]:
        """What of it lies on the scan, as an index."""
        return slice(max(self.row0, 0), max(self.row1, 0)), slice(
            max(self.col0, 0), max(self.col1, 0)
        )
