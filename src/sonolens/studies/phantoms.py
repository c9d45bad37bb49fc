"""The built-in study: phantoms drawn by seed, two orthogonal scans per mass."""

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

import numpy as np
import pandas as pd

from sonolens.arrays import Mask, Scan
from sonolens.studies.descriptors import list_descriptors
from sonolens.studies.study import Study
from sonolens.tables.vocabulary import VIEWS
from sonolens.ultrasound import MassPlan, Phantom, draw_mask, draw_scan, plan_mass
from sonolens.ultrasound.mass import PIXEL_MM

DESCRIPTION = (
    "Phantoms: synthetic breast masses made by pulse-echo physics. No patient was scanned, and "
    "nothing found on them is a finding about patients."
)
SECOND_MASS_SHARE = 0.1
"""Share of masses that belong to the same patient as the mass before."""
SCANS_REMEMBERED = 512
"""Screening draws every scan and the import needs it again; so many take 120 MB at most."""


def read_phantoms(
    path: str | None = None,
    *,
    masses: int,
    malignant_share: float,
    cues: Sequence[str],
    least_look: float,
    foci_site: str,
    seed: int,
) -> Study:
    """Plan the phantom study; its scans are drawn when they are asked for.

    Args:
        path: Nothing; phantoms are drawn, not read.
        masses: How many masses; each is scanned twice.
        malignant_share: Share of malignant masses, rounded to whole masses.
        cues: Which appearances carry the label, from `sonolens.ultrasound.CUES`; none makes a study
            that nobody can learn.
        least_look: How malignant they look at least in malignant masses, and how benign in benign ones; see
            `sonolens.ultrasound.plan_mass`.
        foci_site: Where echogenic foci lie if they are a cue.
        seed: Same seed, same scans to the byte.

    Returns:
        The study.

    Raises:
        ValueError: If a path is given, an option is out of range, or a cue or site is unknown.
    """
    if path is not None:
        raise ValueError(
            f"phantoms are drawn, not read, but study.path is {path!r}; set it to null, or name "
            "another study.reader"
        )
    malignant_masses = round(masses * malignant_share)
    if not 0 < malignant_masses < masses:
        raise ValueError(
            f"{masses} masses with a malignant_share of {malignant_share} are {malignant_masses} "
            "malignant ones; a study needs both labels"
        )
    rng = np.random.default_rng(seed)
    malignant = rng.permutation(masses) < malignant_masses
    shares_patient = rng.uniform(size=masses) < SECOND_MASS_SHARE
    plans = [
        plan_mass(rng, malignant=bool(label), cues=cues, least_look=least_look, foci_site=foci_site)
        for label in malignant
    ]
    scans = _list_scans(plans, malignant, shares_patient)
    views = [Phantom(plan, view) for plan in plans for view in VIEWS]
    phantoms = dict(zip(scans["scan_id"], views, strict=True))
    return Study(
        name="phantoms",
        scans=scans,
        images={scan_id: partial(_draw_once, phantom) for scan_id, phantom in phantoms.items()},
        masks={scan_id: partial(draw_mask, phantom) for scan_id, phantom in phantoms.items()},
        annotations={name: partial(_mark_nothing, each) for name, each in phantoms.items()},
        description=DESCRIPTION,
        descriptors=_note_looks(phantoms),
    )


def _note_looks(phantoms: Mapping[str, Phantom]) -> pd.DataFrame:
    """List what a reader would note of every scan."""
    looks = pd.DataFrame([each.plan.descriptors for each in phantoms.values()])
    return list_descriptors(list(phantoms), {str(name): looks[name].tolist() for name in looks})


@lru_cache(maxsize=SCANS_REMEMBERED)
def _draw_once(phantom: Phantom) -> Scan:
    """Draw a scan, or hand out the one drawn before; nobody may write into it."""
    scan = draw_scan(phantom)
    scan.setflags(write=False)
    return scan


def _mark_nothing(phantom: Phantom) -> Mask:
    """Tell what is burnt into a phantom: nothing is, so nothing has to be looked for."""
    return np.zeros_like(draw_mask(phantom))


def _list_scans(
    plans: Sequence[MassPlan], malignant: "np.ndarray", shares_patient: "np.ndarray"
) -> pd.DataFrame:
    """List two scans per mass, as `sonolens.tables.Scans` demands."""
    rows = []
    patient = 0
    for number, plan in enumerate(plans):
        second_mass = number > 0 and shares_patient[number] and not shares_patient[number - 1]
        patient += not second_mass
        lesion_id = f"phantom_{number + 1:04d}"
        rows += [
            {
                "scan_id": f"{lesion_id}-{view}",
                "lesion_id": lesion_id,
                "patient_id": f"patient_{patient:04d}",
                "view": view,
                "label": "malignant" if malignant[number] else "benign",
                "birads": plan.birads,
                "spacing_row_mm": PIXEL_MM,
                "spacing_col_mm": PIXEL_MM,
                "device": "phantom",
                "source": "phantoms",
            }
            for view in VIEWS
        ]
    return pd.DataFrame(rows)
