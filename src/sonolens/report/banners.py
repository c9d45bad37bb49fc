"""What must be known before any number of a report is read."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Banner:
    """A short title and the sentence that explains it."""

    title: str
    text: str


def raise_banners(
    scans: pd.DataFrame, pointing_game: pd.DataFrame, *, starts: Collection[str]
) -> list[Banner]:
    """Warn of phantoms, of a ring that is not in millimetres, and of a random start.

    Args:
        scans: A `Scans` table; phantoms have the source ``phantoms``.
        pointing_game: A `PointingGame` table; its `ring` says how the ring was measured.
        starts: Where the networks' weights began; ``none`` is a random start.

    Returns:
        The banners that apply, in this order; none for an ordinary study.
    """
    banners = []
    drawn = int((scans["source"] == "phantoms").sum())
    if drawn:
        share = "All scans are" if drawn == len(scans) else f"{drawn} of {len(scans)} scans are"
        banners.append(
            Banner(
                "Phantoms, not patients.",
                f"{share} simulated by this program. The numbers show how the method behaves where the "
                "truth is known; about patients they say nothing.",
            )
        )
    rings = pointing_game.loc[pointing_game["ring"].str.startswith("relative"), "ring"].unique()
    if len(rings):
        banners.append(
            Banner(
                "The ring is not in millimetres.",
                f"It was measured relative to each mass ({'; '.join(rings)}), so it is wider around a "
                "large mass, and its hits cannot be compared with a ring of fixed width.",
            )
        )
    if "none" in starts:
        banners.append(
            Banner(
                "The network started from random weights.",
                "It learned from this study's training scans alone; the paper's network began with ImageNet "
                "weights.",
            )
        )
    return banners
