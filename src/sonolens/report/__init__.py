"""What a run says: the paper's two tables for any study, and one self-contained HTML page.

Numbers come from the tables of a run; this room sets them out in words and computes none of them.
"""

from sonolens.report.page import write_report
from sonolens.report.paper_tables import tabulate_classification, tabulate_pointing_game
