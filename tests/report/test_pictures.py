import base64
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from sonolens.report.pictures import PNG_SIGNATURE, Caption, embed

CAPTION = Caption(name="figure_1", title="A title", text="A sentence.", alt="What it shows.")


def test_the_address_of_a_picture_holds_its_bytes() -> None:
    content = PNG_SIGNATURE + b"figure_1"

    kind, address = embed(CAPTION, content).address.split(",")

    assert kind == "data:image/png;base64"
    assert base64.b64decode(address) == content


def test_a_large_picture_is_written_smaller_and_looks_the_same() -> None:
    rng = np.random.default_rng(0)
    speckle = np.clip(rng.rayleigh(60, (200, 300)), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(np.repeat(speckle[..., None], 3, axis=2)).save(file, "PNG")

    kind, address = embed(CAPTION, file.getvalue()).address.split(",")
    seen = base64.b64decode(address)

    assert kind == "data:image/webp;base64"
    assert len(seen) < len(file.getvalue()) / 1.5
    with Image.open(io.BytesIO(seen)) as picture:
        assert picture.size == (300, 200)
        assert np.abs(np.asarray(picture.convert("L"), float) - speckle).mean() < 12


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match=r"figure_1 begins with b'GIF89a'.*save it as one of them"):
        embed(CAPTION, b"GIF89a")


def test_a_figure_with_intervals_says_over_what_they_are_taken_where_patients_are_unknown() -> None:
    content = PNG_SIGNATURE + b"rest"
    sure = replace(CAPTION, intervals=True)

    assert embed(sure, content).note == ""
    assert embed(CAPTION, content, units="scans (patients unknown)").note == ""
    assert (
        "over scans (patients unknown)"
        in embed(sure, content, units="scans (patients unknown)").note
    )
