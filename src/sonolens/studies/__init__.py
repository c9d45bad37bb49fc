"""One reader per published data set; each turns a folder into the same `Study`.

This room knows file layouts and label conventions. It knows neither Kedro nor networks.
"""

from collections.abc import Callable

from sonolens.studies.boundary import StudyFileError, use_limits
from sonolens.studies.breast import read_breast
from sonolens.studies.bus_uclm import read_bus_uclm
from sonolens.studies.busbra import read_busbra
from sonolens.studies.busi import read_busi
from sonolens.studies.completeness import compare_with_published, count_study
from sonolens.studies.dicom import read_dicom
from sonolens.studies.dicom_tissue import TissueBox
from sonolens.studies.limits import ReadingLimits
from sonolens.studies.manifest import read_manifest
from sonolens.studies.oasbud import read_oasbud
from sonolens.studies.one_scan import (
    OneScan,
    find_mask_of,
    find_scans,
    is_dicom,
    list_header_words,
    read_one,
    without_quotes,
)
from sonolens.studies.phantoms import read_phantoms
from sonolens.studies.readings import add_readings, check_reading
from sonolens.studies.study import Study
from sonolens.studies.udiat import read_udiat

READERS: dict[str, Callable[..., Study]] = {
    "breast": read_breast,
    "bus_uclm": read_bus_uclm,
    "busbra": read_busbra,
    "busi": read_busi,
    "dicom": read_dicom,
    "manifest": read_manifest,
    "oasbud": read_oasbud,
    "phantoms": read_phantoms,
    "udiat": read_udiat,
}
"""Every reader by the name used in the catalog."""
