"""The paper's four figures for the study at hand."""

from sonolens.report.pictures import Caption
from sonolens.report.section import Section

SECTION = Section(
    "figures",
    "Figures",
    "paper_figures.html",
    folded=False,
    figures=(
        Caption(
            name="figure_1",
            title="Fig. 1. Example scans",
            text="Drawn by seed, not picked: rightly called scans of each label and some wrongly called ones, which are so "
            "shown more often than they happen. BI-RADS category and scale bar where these are known.",
            alt="Example scans in two rows: benign masses and malignant masses.",
        ),
        Caption(
            name="figure_2",
            title="Fig. 2. How a map arises",
            text="The last feature maps, weighted by the classifier, add up to the signed map; its mean plus the "
            "bias is the logit.",
            alt="Scheme: a scan, its strongest feature maps and weights, and the signed map they add up to.",
        ),
        Caption(
            name="figure_3",
            title="Fig. 3. The regions",
            text="One scan with its mass, the peritumoral ring and the region below the mass. They do not overlap.",
            alt="Four panels: a scan, and on it the mass, the peritumoral ring and the region below.",
        ),
        Caption(
            name="figure_4",
            title="Fig. 4. Maps and their extremes",
            text="Red speaks for malignant, blue for benign; white crosses mark the largest and smallest value.",
            alt="Scans beside their signed saliency maps with region outlines and crosses at the extremes.",
        ),
    ),
)
