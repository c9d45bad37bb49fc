"""Who is in the study, and in which partition: sound scans, whole patients, both labels, by seed."""

from sonolens.cohort.drawing_findings import judge_content
from sonolens.cohort.drawn_labels import choose_bearers, draw_labels
from sonolens.cohort.duplicates import group_duplicates
from sonolens.cohort.findings import choose_for_sheet, count_findings, telling_findings
from sonolens.cohort.fingerprints import Fingerprint, take_fingerprint
from sonolens.cohort.inspection import ScanFacts, inspect_scan, read_and_inspect
from sonolens.cohort.linking import join_groups
from sonolens.cohort.properties import ScanProperties, describe_annotations, describe_scan
from sonolens.cohort.screening import (
    SEVERITY,
    judge_scan,
    listed_duplicates,
    resolve_screening,
    screen_scans,
)
from sonolens.cohort.splits import (
    check_disjoint,
    split_external,
    split_holdout,
    split_kfold,
    split_official,
)
