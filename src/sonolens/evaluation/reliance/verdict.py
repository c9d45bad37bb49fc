"""Whether decisions hang on a region: the answer of the weakest yardstick, over all fills."""

from typing import Any

import pandas as pd

from sonolens.evaluation.classification.roc import EVEN
from sonolens.tables.reliance import RelianceAucsTable, RelianceScoresTable, RelianceVerdict


def judge_reliance(
    reliance_scores: RelianceScoresTable, reliance_aucs: RelianceAucsTable
) -> pd.DataFrame:
    """Judge for every run and region whether decisions hang on it.

    The largest value proves nothing, because any fill moves any logit, of a network that learnt nothing too. So a
    fill says yes only if the region has a larger share of reliance than its placebo on the same scans (Holm over
    regions) *and* its value alone tells malignant from benign (the lower limit of its AUC above 0.5). All fills say
    yes: ``shown``; none: ``not shown``; some: ``undecided``. Where the network does not tell the asked scans apart
    itself, there is no decision that could hang on anything: ``cannot be asked``; as without placebos.

    Returns:
        A `RelianceVerdict` table. Of several nulls the region must stand above each.
    """
    rows = [
        _judge(
            reliance_scores.query("run == @run and region == @region"),
            aucs,
            reliance_aucs.query("run == @run and view == 'whole'").iloc[0],
        )
        for (run, region), aucs in reliance_aucs[reliance_aucs["view"] == "value"].groupby(
            ["run", "region"], sort=False
        )
    ]
    return pd.DataFrame(rows) if rows else RelianceVerdict.empty()


def _judge(scores: pd.DataFrame, aucs: pd.DataFrame, whole: "pd.Series[Any]") -> dict[str, Any]:
    shares = scores.query("measure == 'share' and subset == 'all' and label == 'both'")
    level = 1 - float(whole["confidence"])
    higher = (shares["p_adjusted"] <= level) & (shares["difference"] > 0)
    telling = (aucs["ci_low"] > EVEN).groupby(aucs["fill"], sort=False).all()
    # A network that answers all scans alike has no shares.
    above = higher.groupby(shares["fill"]).all().reindex(telling.index, fill_value=False)
    asked = bool(whole["ci_low"] > EVEN and shares["p_adjusted"].notna().all())
    yes = (above & telling).to_numpy()
    return {
        "run": aucs["run"].iloc[0],
        "region": aucs["region"].iloc[0],
        "answer": _answer(asked=asked, yes=yes),
        "n": int(aucs["n"].iloc[0]),
        "auc": whole["auc"],
        "auc_low": whole["ci_low"],
        "fills": len(yes),
        "fills_above_placebo": int(above.sum()),
        "fills_discriminating": int(telling.sum()),
        "partition": whole["partition"],
        "confidence": whole["confidence"],
    }


def _answer(*, asked: bool, yes: Any) -> str:
    if not asked:
        return "cannot be asked"
    if yes.all():
        return "shown"
    return "undecided" if yes.any() else "not shown"
