"""The noise of a scan, block by block."""

import numpy as np
import pytest

from sonolens.ultrasound.annotations import strokes


@pytest.mark.parametrize(
    ("blocks", "side_px"), [((2, 3), (30, 31)), ((1, 1), (1, 1)), ((1, 2), (5, 4))]
)
def test_the_noise_of_a_block_is_the_quantile_of_its_levels(
    blocks: tuple[int, int], side_px: tuple[int, int]
) -> None:
    rng = np.random.default_rng(3)
    shape = (blocks[0] * side_px[0], blocks[1] * side_px[1])
    section = rng.integers(0, 256, shape).astype(np.uint8)
    rows, cols = side_px

    found = strokes._read_blocks(section, blocks)

    for down in range(blocks[0]):
        for across in range(blocks[1]):
            block = section[down * rows : (down + 1) * rows, across * cols : (across + 1) * cols]
            assert found[down, across] == pytest.approx(np.quantile(block, 0.95), abs=1e-9)
