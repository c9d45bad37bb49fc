"""What must be known before any number of a report is read."""

from dataclasses import dataclass

import numpy as np

from sonolens.evaluation.statistics import Bootstrap, bootstrap_rates
from sonolens.report.numerals import counted, percent_with_interval
from sonolens.report.runs import name_homes
from sonolens.report.section import Tables
from sonolens.report.sections.optimism import describe_optimism, has_epoch_choice
from sonolens.tables.classification import ProtocolOptimismTable
from sonolens.tables.cohort import ScansTable, SplitsTable
from sonolens.tables.explanations import UnexplainedScansTable
from sonolens.tables.filled_in import FILLABLE, is_filled, name_units
from sonolens.tables.pointing import PointingGameTable
from sonolens.tables.training import TrainingRunsTable
from sonolens.tables.vocabulary import EXTREMES

MOST_NAMED = 5
"""So many scans are named in a banner."""

RESAMPLES = 2000
"""Of patients, for the interval of the share of extremes on annotations."""


@dataclass(frozen=True)
class Banner:
    """A short title and the sentences that explain it; an alarm stands above the answer, in red."""

    title: str
    text: str
    alarm: bool = False


def raise_banners(tables: Tables) -> list[Banner]:
    """Warn of scores chosen on test scans, networks from elsewhere, phantoms, unknown patients, annotations, a ring not in mm, starts, labels.

    Args:
        tables: Has `scans`, where phantoms have the source ``phantoms`` and `filled_in` names ids that
            stand in for unknown ones; `unexplained_scans`, which lists what is in no score of maps; `pointing_game`, whose `ring` says
            how the ring was measured; `training_runs`, where the start ``none`` is a random one and the
            labels ``shuffled`` are a null; `extreme_points` and `splits`, which tell what lies on annotations; and `protocol_optimism`: what choosing on test scans gained.

    Returns:
        The banners that apply, in this order; none for an ordinary study.
    """
    training_runs = tables["training_runs"]
    banners = [
        _warn_of_protocol(training_runs, tables["protocol_optimism"]),
        _warn_of_home(training_runs, tables["splits"]),
        _warn_of_phantoms(tables["scans"]),
        _warn_of_filled(tables["scans"]),
        _warn_of_unexplained(tables["unexplained_scans"], tables["scans"]),
        _warn_of_annotations(tables),
        _warn_of_ring(tables["pointing_game"]),
        _warn_of_start(training_runs),
        _warn_of_labels(training_runs),
    ]
    return [banner for banner in banners if banner is not None]


def _warn_of_protocol(
    training_runs: TrainingRunsTable, protocol_optimism: ProtocolOptimismTable
) -> Banner | None:
    flattered = training_runs[training_runs["protocol"] == "paper"]
    if flattered.empty:
        return None
    names = ", ".join(flattered["configuration"].unique())
    return Banner(
        "The test scans were used to choose: these scores are flattered.",
        f"{_share(len(flattered), len(training_runs), 'run')} under the paper's protocol ({names}). "
        "There the test scans chose the epoch and the threshold, as published by Byra et al. 2022, and "
        f"are then scored as if they were new. {_measured(protocol_optimism)} Expect less on other "
        "patients.",
        alarm=True,
    )


def _warn_of_unexplained(
    unexplained_scans: UnexplainedScansTable, scans: ScansTable
) -> Banner | None:
    if unexplained_scans.empty:
        return None
    left_out = unexplained_scans.drop_duplicates("scan_id")
    named = ", ".join(left_out["scan_id"].head(MOST_NAMED))
    rest = len(left_out) - MOST_NAMED
    return Banner(
        f"{counted(len(left_out), 'scan')} of {len(scans)} could not be explained.",
        f"What maps and decisions are scored by leaves {'it' if len(left_out) == 1 else 'them'} out; classification does not: "
        f"{named}{f' and {rest} more' if rest > 0 else ''}. Why stands in unexplained_scans.",
    )


def _warn_of_home(training_runs: TrainingRunsTable, splits: SplitsTable) -> Banner | None:
    homes = name_homes(training_runs)
    if not homes:
        return None
    local = int((splits["partition"] == "train").sum())
    they = "The network was" if len(training_runs) == 1 else "All networks were"
    return Banner(
        "Fitted elsewhere, judged here.",
        f"{they} fitted to {', '.join(homes)} and came as a file: epoch, temperature and thresholds are those of that study, "
        f"and nothing was fitted here. {counted(local, 'scan')} of other patients, called train here, stand in for training scans: "
        "fixed places and donors were taken from them. What was scored at home stands beside these numbers on the page "
        "external_validation_page.",
    )


def _measured(protocol_optimism: ProtocolOptimismTable) -> str:
    sentence = describe_optimism(protocol_optimism, level="scan")
    if not sentence:
        return "By how much was not measured here."
    left_out = (
        "" if has_epoch_choice(protocol_optimism) else " The choice of the epoch adds to that."
    )
    return f"{sentence}{left_out}"


def _warn_of_phantoms(scans: ScansTable) -> Banner | None:
    drawn = int((scans["source"] == "phantoms").sum())
    if not drawn:
        return None
    return Banner(
        "Phantoms, not patients.",
        f"{_share(drawn, len(scans), 'scan')} simulated by this program. The numbers show how the method "
        "behaves where the truth is known; about patients they say nothing.",
    )


def _warn_of_filled(scans: ScansTable) -> Banner | None:
    filled = {column: int(is_filled(scans, column).sum()) for column in FILLABLE}
    if not filled["patient_id"]:
        return None
    of_lesions = (
        f" Of {filled['lesion_id']} scans the lesion is unknown too: what stands per lesion is per scan there."
        if filled["lesion_id"]
        else ""
    )
    return Banner(
        "Patients are unknown.",
        f"The data set does not tell whose scans {filled['patient_id']} of {len(scans)} are. Partitions and intervals "
        f"go by {name_units(scans)}.{of_lesions} Scans of one woman that do not look alike may lie in "
        "training and test, which flatters every score, and intervals are too narrow by as much as her scans agree.",
    )


def _warn_of_annotations(tables: Tables) -> Banner | None:
    """Tell how often the extremes of the scored maps lie on what is no tissue; maps count equally."""
    game, points, splits = tables["pointing_game"], tables["extreme_points"], tables["splits"]
    scored = splits.loc[splits["partition"].isin(game["partition"]), "scan_id"]
    pointing = points[points["scan_id"].isin(scored) & (points["region"] != "none")]
    if not (pointing["region"] == "annotation").any():
        return None
    on = pointing["share"] * (pointing["region"] == "annotation")
    of_map = on.groupby([pointing[name] for name in ("method", "run", "scan_id")]).sum() / len(
        EXTREMES
    )
    scan_ids = of_map.index.get_level_values("scan_id")
    patient_of = tables["scans"].set_index("scan_id")["patient_id"]
    confidence = float(game["confidence"].iloc[0])
    rates = bootstrap_rates(
        of_map.to_numpy()[:, None],
        np.ones((len(of_map), 1)),
        patient_of.loc[scan_ids].to_numpy(),
        bootstrap=Bootstrap(resamples=RESAMPLES, confidence=confidence, seed=0),
    )
    share = percent_with_interval(rates.value[0], rates.ci_low[0], rates.ci_high[0])
    return Banner(
        "Some extremes lie on no tissue.",
        f"Of the extremes of {counted(len(of_map), 'map')} of {counted(scan_ids.nunique(), 'scan')}, {share} lie "
        "on text, callipers, scales or outside the field of view. They count as misses. A network may have learnt "
        "to read them: framing.annotations: both fits it again to scans without them, and compares.",
    )


def _warn_of_ring(pointing_game: PointingGameTable) -> Banner | None:
    rings = pointing_game.loc[pointing_game["ring"].str.startswith("relative"), "ring"].unique()
    if not len(rings):
        return None
    return Banner(
        "The ring is not in millimetres.",
        f"It was measured relative to each mass ({'; '.join(rings)}), so it is wider around a "
        "large mass, and its hits cannot be compared with a ring of fixed width.",
    )


def _warn_of_start(training_runs: TrainingRunsTable) -> Banner | None:
    random = int((training_runs["start"] == "none").sum())
    if not random:
        return None
    alone = len(training_runs) == 1
    title = (
        f"The network{'' if alone else 's'} started from random weights."
        if random == len(training_runs)
        else f"{random} of {len(training_runs)} runs started from random weights."
    )
    learnt = "it knows comes from its" if alone else "such a network knows comes from its"
    return Banner(
        title,
        f"All that {learnt} training scans; the paper's network began with ImageNet weights.",
    )


def _warn_of_labels(training_runs: TrainingRunsTable) -> Banner | None:
    shuffled = training_runs[training_runs["labels"] == "shuffled"]
    if shuffled.empty:
        return None
    names = ", ".join(shuffled["configuration"].unique())
    return Banner(
        "Some networks learnt exchanged labels, on purpose.",
        f"{_share(len(shuffled), len(training_runs), 'run')} a null ({names}): they were told the labels of "
        "other lesions, so they cannot know anything of the test scans. An AUC near 0.5 is right for them, "
        "and their hits are what maps of a network without knowledge reach. Do not read them as findings.",
    )


def _share(number: int, whole: int, noun: str) -> str:
    """Begin a sentence about some or all of several things."""
    if number < whole:
        return f"{number} of {whole} {noun}s are"
    return f"All {noun}s are" if whole > 1 else f"The {noun} is"
