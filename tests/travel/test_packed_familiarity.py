import numpy as np

from sonolens.travel.packed_familiarity import pack_familiarity, unpack_familiarity


def test_familiarity_is_unpacked_as_it_was_packed(drawn):
    training, validation = drawn(12, channels=4, seed=0), drawn(30, channels=4, seed=1)

    familiarity, why_not = unpack_familiarity(pack_familiarity(training, validation))

    assert why_not == ""
    assert familiarity.facts.training_scans == 12
    assert (familiarity.distance(validation) > familiarity.facts.threshold).sum() == (
        familiarity.facts.alarms
    )


def test_where_it_cannot_be_measured_the_reason_is_packed(drawn):
    familiarity, why_not = unpack_familiarity(
        pack_familiarity(drawn(1, channels=4, seed=0), np.empty((0, 4), dtype=np.float32))
    )

    assert familiarity is None
    assert why_not.startswith("there are 1 training scans")
