"""What was read of a study, beside what its authors published."""

from sonolens.studies.study import Study
from sonolens.tables.filled_in import is_filled


def count_study(study: Study) -> dict[str, int | None]:
    """Count what was read: `scans`, `lesions`, `patients`, and `benign` and `malignant` scans.

    Returns:
        The counts; None for lesions or patients that the study does not tell of every scan.
    """
    labels = study.scans["label"].value_counts()
    return {
        "scans": len(study.scans),
        "lesions": _count_ids(study, "lesion_id"),
        "patients": _count_ids(study, "patient_id"),
        "benign": int(labels.get("benign", 0)),
        "malignant": int(labels.get("malignant", 0)),
    }


def compare_with_published(study: Study) -> list[str]:
    """Say where a study differs from its publication.

    Scans that were left out for a stated reason, such as normal breasts, count as read.

    Returns:
        One phrase per difference, for example ``376 scans of 1875``; none for a complete study and for
        one without a publication.
    """
    read = count_study(study)
    read["scans"] = len(study.scans) + sum(study.left_out.values())
    return [
        f"{'unknown' if read[what] is None else read[what]} {what} of {count}"
        for what, count in study.published.items()
        if read[what] != count
    ]


def _count_ids(study: Study, column: str) -> int | None:
    if is_filled(study.scans, column).any():
        return None
    return int(study.scans[column].nunique())
