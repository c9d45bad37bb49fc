"""What was read of a study, beside what its authors published."""

from sonolens.studies.study import Study


def count_study(study: Study) -> dict[str, int]:
    """Count what was read: `scans`, `lesions`, `patients`, and `benign` and `malignant` scans."""
    labels = study.scans["label"].value_counts()
    return {
        "scans": len(study.scans),
        "lesions": study.scans["lesion_id"].nunique(),
        "patients": study.scans["patient_id"].nunique(),
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
    read["scans"] += sum(study.left_out.values())
    return [
        f"{read[what]} {what} of {count}"
        for what, count in study.published.items()
        if read[what] != count
    ]
