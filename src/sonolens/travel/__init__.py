"""Networks that travel: one file that another study, or one new scan, can be judged by, without the run that fitted it.

The way in is `read_network`. Reading runs nothing from the file, and a file that lies about its network is
refused. No id, path or picture of the training study travels.
"""

from sonolens.travel.card import FORMAT, CardFraming, FitFacts, NetworkCard
from sonolens.travel.card_of_run import pack_run
from sonolens.travel.drift import measure_drift
from sonolens.travel.familiarity import Familiarity, fit_familiarity
from sonolens.travel.fixed_places import take_places, tell_places
from sonolens.travel.frozen_decisions import JUDGED_ON, freeze_decisions
from sonolens.travel.home_and_away import compare_home_and_away, compare_regions, find_home_auc
from sonolens.travel.network_file import (
    NetworkFile,
    TravellingNetwork,
    pack_network,
    read_card,
    read_network,
    write_network,
)
from sonolens.travel.packed_familiarity import pack_familiarity
from sonolens.travel.region_scores import score_regions, tell_region_scores
from sonolens.travel.scan_hashes import digest_scan, has_digest, is_among
from sonolens.travel.training_range import ScanFacts, measure_picture, place_in_range
from sonolens.travel.training_study import (
    SHAPED_BY,
    MeasuredScan,
    describe_training_study,
    measure_masses,
)
from sonolens.travel.transfer import Validation, tabulate_transfer
