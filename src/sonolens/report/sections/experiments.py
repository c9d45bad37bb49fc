"""The paper's open questions: other methods, networks and resolutions, and better classifiers."""

from sonolens.report.pictures import Caption
from sonolens.report.section import Section
from sonolens.report.sections import by_name, guidance

SECTION = Section(
    "questions",
    "Open questions",
    "experiments.html",
    heading="The paper's open questions",
    parts=(guidance.SECTION, by_name.SECTION),
    figures=(
        Caption(
            name="methods_figure",
            title="Method beside method",
            text="A rightly and a wrongly called scan of each label, of those in Fig. 1, and what each method makes of it.",
            alt="Scans, each beside its maps by all methods with region outlines and crosses at the extremes.",
        ),
        Caption(
            name="comparison_figure",
            intervals=True,
            title="Methods, networks and resolutions",
            text="How often the extreme that argues for the call lies in one of the three regions, over all test scans, beside "
            "what blind points score there and the size of a map's cell.",
            alt="Chart of hit rates with intervals and chance, one row per method and configuration.",
        ),
        Caption(
            name="performance_figure",
            intervals=True,
            title="Do networks that classify better point better?",
            text="One dot per run: AUC against the hit rate beyond chance. Rho is Spearman's over the runs.",
            alt="Charts of the hit rate beyond chance against the AUC of every run, one per method.",
        ),
        Caption(
            name="ring_sweep_figure",
            drawn_from="ring_sweep",
            nothing="No ring was swept: regions.sweep_outer_mm is empty.",
            intervals=True,
            title="How wide a ring",
            text="Hit rate of each region as the peritumoral ring grows, beside what blind points score. A wider ring is hit more "
            "often by anything: only the distance from chance counts.",
            alt="Charts of the hit rate against the ring's width with intervals and chance, one per region.",
        ),
    ),
)
