import numpy as np

from sonolens.regions import pixels_at


def test_a_point_belongs_to_the_pixel_whose_square_holds_it():
    points = np.array([[1.0, 2.0], [1.49, 1.51], [0.5, 1.5]])

    assert pixels_at(points, rows=5, cols=5).tolist() == [[1, 2], [1, 2], [1, 2]]


def test_points_outside_the_field_belong_to_its_edge():
    points = np.array([[-0.6, 1.0], [2.5, 9.0]])

    assert pixels_at(points, rows=3, cols=6).tolist() == [[0, 1], [2, 5]]
