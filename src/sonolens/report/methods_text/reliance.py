"""Region reliance in prose: who was asked, with which fills, and against what."""

from collections.abc import Iterator

from sonolens.report.methods_text.settings import RunSettings, clause, listed, sentence, spread
from sonolens.report.section import Tables

FILLS = {
    "mean": "the mean grey level",
    "blurred": "the blurred scan",
    "donor": "scans of other patients",
    "tissue": "tissue drawn from around",
    "shuffled": "shuffled tissue",
}
NULLS = {
    "moved": "the same shapes moved aside",
    "exchanged": "the regions of other patients",
    "randomised": "a network with weights drawn anew",
}


def tell(settings: RunSettings, tables: Tables) -> Iterator[str]:
    """Tell how reliance was asked; nothing where it was not."""
    scores, verdict = tables["reliance_scores"], tables["reliance_verdict"]
    if scores.empty:
        return
    fills = [FILLS.get(fill, fill) for fill in scores["fill"].unique() if fill != "all"]
    nulls = [NULLS.get(null, null) for null in scores["null"].unique() if null != "none"]
    yield sentence(
        "What decisions hang on was asked of {n} {partition} scans per run: every combination of regions was shown while the others "
        "showed a fill, and the logit shared out by Shapley values.",
        n=spread(verdict["n"], digits=6) if len(verdict) else None,
        partition=listed(scores["partition"]),
    )
    yield sentence("Fills: {fills}.", fills=listed(fills))
    yield sentence("Reliance was held against {nulls}.", nulls=listed(nulls))
    yield clause(
        scores["p_adjusted"].notna().any(),
        "p values were adjusted by Holm's method; where fills differ, nothing is claimed.",
    )
    yield sentence(
        "The seed of scans, donors and fills was {seed}.",
        seed=settings.look_up("region_reliance", "reliance.seed"),
    )
