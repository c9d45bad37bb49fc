import base64

import pytest

from sonolens.report.pictures import CAPTIONS, PNG_SIGNATURE, embed

FIGURES = {name: PNG_SIGNATURE + name.encode() for name in CAPTIONS}


def test_the_address_of_a_picture_holds_its_bytes() -> None:
    for name, picture in embed(FIGURES).items():
        kind, content = picture.address.split(",")
        assert kind == "data:image/png;base64"
        assert base64.b64decode(content) == FIGURES[name]


def test_every_picture_is_described() -> None:
    assert all(picture.caption.alt for picture in embed(FIGURES).values())


def test_a_missing_figure_is_named() -> None:
    figures = {name: content for name, content in FIGURES.items() if name != "figure_3"}

    with pytest.raises(ValueError, match="figure_3 is missing, and none was given besides"):
        embed(figures)


def test_an_unknown_figure_is_named() -> None:
    with pytest.raises(ValueError, match="none is missing, and figure_5 was given besides"):
        embed(FIGURES | {"figure_5": PNG_SIGNATURE})


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match=r"figure_1 begins with b'GIF89a'.*save it as PNG"):
        embed(FIGURES | {"figure_1": b"GIF89a"})
