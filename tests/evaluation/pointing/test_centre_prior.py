import numpy as np
import pytest

from sonolens.evaluation.pointing import average_maps, locate_mean_extremes


def test_the_mean_is_taken_cell_by_cell_and_leaves_the_maps_alone():
    maps = [np.array([[1.0, 2.0]]), np.array([[3.0, 6.0]]), np.array([[5.0, -2.0]])]

    assert average_maps(iter(maps)).tolist() == [[3.0, 2.0]]
    assert maps[0].tolist() == [[1.0, 2.0]]


def test_maps_of_other_sizes_and_no_maps_have_no_mean():
    with pytest.raises(ValueError, match="no map to average"):
        average_maps([])
    with pytest.raises(ValueError, match="1 x 2 and of 3 x 4 cells have no mean"):
        average_maps([np.zeros((1, 2)), np.zeros((3, 4))])


def test_tied_extremes_of_a_mean_map_share_it_and_a_constant_one_has_none():
    mean_map = np.array([[0.0, 1.0, -1.0, 0.0], [1.0, 0.0, 0.0, 0.0]])

    located = locate_mean_extremes(mean_map, n_maps=5)

    assert located == [
        {"extreme": "max", "row_share": 0.25, "col_share": 0.375, "share": 0.5, "n_maps": 5},
        {"extreme": "max", "row_share": 0.75, "col_share": 0.125, "share": 0.5, "n_maps": 5},
        {"extreme": "min", "row_share": 0.25, "col_share": 0.625, "share": 1.0, "n_maps": 5},
    ]
    assert locate_mean_extremes(np.full((2, 4), 0.5), n_maps=5) == []
