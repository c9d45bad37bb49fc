"""One new scan on a researcher's desk: what a travelling network says of it, and the reasons to distrust that.

It needs no Kedro project: a network's file and a scan are all. The way in is `explain_on_desk`, the command `sonolens explain`.
"""

from sonolens.explain.asking import check_method
from sonolens.explain.desk import explain_on_desk
from sonolens.explain.document import Explanation
from sonolens.explain.explaining import Explained, Wanted, explain_files
from sonolens.explain.naming import NAMES
from sonolens.explain.preparing import GivenScan, Refused, list_given
from sonolens.explain.writing import COLUMNS, INDEX, tell_row, write_scans
