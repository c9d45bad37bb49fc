import dataclasses
import json
import pickle
import sys
from hashlib import sha256

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from torch import nn

from sonolens.models import (
    NetworkWeights,
    Recipe,
    ScanClassifier,
    header_end,
    pack_weights,
    predict_logits,
    read_weights,
    write_weights,
)
from sonolens.models.networks.own_networks import OwnNetwork
from sonolens.travel import (
    NetworkFile,
    network_file,
    pack_network,
    read_card,
    read_network,
    write_network,
)

SCANS = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)


def refused(tmp_path, content):
    """The one line that a file is refused with."""
    file = tmp_path / "network.safetensors"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"network\.safetensors cannot be used: ") as told:
        read_network(file)
    message = str(told.value)
    assert len(message.splitlines()) == 1
    return message


def refused_card(file):
    """The line that a card is refused with when no weights are read; None if it is not."""
    try:
        read_card(file)
    except ValueError as error:
        return str(error)
    return None


def sign(weights):
    """Compute the digest anew, as who forges a file would."""
    unsigned = NetworkWeights(weights.tensors, weights.header | {"digest": "0" * 64})
    digest = sha256(write_weights(unsigned)).hexdigest()
    return write_weights(NetworkWeights(weights.tensors, weights.header | {"digest": digest}))


def with_header(weights, **changes):
    return dataclasses.replace(weights, header=weights.header | changes)


def with_tensors(weights, **changes):
    return dataclasses.replace(weights, tensors=weights.tensors | changes)


def with_card(weights, change):
    """Change the card as text."""
    document = json.loads(weights.header["network_card"])
    change(document)
    return with_header(weights, network_card=json.dumps(document))


def test_a_network_comes_back_to_the_bit(tmp_path, network, weights, card, familiarity):
    file = tmp_path / "n.safetensors"
    write_network(file, weights, card=card, familiarity=familiarity)

    read = read_network(file)

    first, second = (
        predict_logits(each, SCANS, batch_size=3, device="cpu") for each in (network, read.network)
    )
    assert np.array_equal(first, second)
    assert read.card == card
    assert read.card.decisions.operating_points[-1].threshold == np.inf
    for name, table in familiarity.tables().items():
        assert np.array_equal(read.familiarity.tables()[name], table)
    content = file.read_bytes()
    write_network(file, weights, card=read.card, familiarity=read.familiarity)
    assert file.read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["n.safetensors"]


def test_a_network_travels_without_familiarity_and_says_why(tmp_path, weights, make_card):
    file = tmp_path / "n.safetensors"
    write_network(file, weights, card=make_card(weights, None), familiarity=None)

    read = read_network(file)

    assert read.familiarity is None
    assert read.card.no_familiarity == "too few scans"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), mask=st.integers(1, 255))
def test_a_byte_that_was_changed_anywhere_is_found_out(tmp_path, packed, data, mask):
    content = write_weights(packed)
    end = header_end(content)
    parts = ((0, 7), (8, end - 1), (end, len(content) - 1))
    place = data.draw(st.integers(*data.draw(st.sampled_from(parts))))

    refused(tmp_path, content[:place] + bytes([content[place] ^ mask]) + content[place + 1 :])


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_file_that_was_cut_short_is_found_out(tmp_path, packed, share):
    content = write_weights(packed)

    refused(tmp_path, content[: int(share * len(content))])


@pytest.mark.parametrize(
    "change",
    [
        {"run": "another"},
        {"output_stride": "8"},
        {"labels": "given"},
        {"digest": "f" * 64},
        {"digest": "none"},
    ],
)
def test_an_edited_header_is_found_out_by_the_digest(tmp_path, packed, change):
    assert "digest does not fit" in refused(tmp_path, write_weights(with_header(packed, **change)))


def test_a_file_that_another_program_saved_with_another_header_is_found_out(tmp_path, packed):
    (tmp_path / "own.safetensors").write_bytes(write_weights(packed))
    tensors = load_file(tmp_path / "own.safetensors")
    save_file(tensors, tmp_path / "saved.safetensors", metadata=packed.header | {"run": "renamed"})

    assert "digest" in refused(tmp_path, (tmp_path / "saved.safetensors").read_bytes())


def double_temperature(card):
    card["decisions"]["temperature"] *= 2


def move_thresholds(card):
    for point in card["decisions"]["operating_points"]:
        point["threshold"] = 1.0 if point["threshold"] in (0.2, 0.4) else 0.0


def drop_a_point(card):
    card["decisions"]["operating_points"].pop()


def rename(card):
    card["run"] = "another"


def frame_otherwise(card):
    card["framing"]["size_px"] = 64


def answer_otherwise(card):
    card["reference"]["logit"] += 0.5


def deny_familiarity(card):
    card["familiarity"] = None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (double_temperature, "temperature 1.6 makes"),
        (move_thresholds, "4 thresholds do not give"),
        (drop_a_point, "3 thresholds do not give"),
        (rename, "says run another where"),
        (frame_otherwise, "says size_px 64 where"),
        (answer_otherwise, "says probe_logit"),
        (deny_familiarity, "disagree on familiarity"),
        (lambda card: card.update(format=2), "format 2, this version reads 1; update sonolens"),
        (lambda card: card.update(format="old"), "format: Input should be 1"),
        (lambda card: card.update(note="hello"), "note: Extra inputs"),
        (lambda card: card.pop("licence"), "licence: Field required"),
        (lambda card: card["framing"].update(size_px=10**9), "framing.size_px"),
        (lambda card: card["decisions"].update(temperature=float("inf")), "temperature"),
        (lambda card: card["decisions"].update(temperature=0), "temperature"),
    ],
)
def test_a_card_that_lies_is_found_out_though_its_digest_fits(tmp_path, packed, change, reason):
    message = refused(tmp_path, sign(with_card(packed, change)))

    assert reason in message
    of_card = refused_card(tmp_path / "network.safetensors")
    assert of_card == (None if change is deny_familiarity else message)


@pytest.mark.parametrize("kept", ["not json", "[1]", "{}", "[" * 100_000])
def test_a_card_that_is_no_document_is_refused(tmp_path, packed, kept):
    assert "its card is damaged" in refused(tmp_path, sign(with_header(packed, network_card=kept)))


def test_another_network_under_the_header_is_found_out_though_the_digest_fits(tmp_path, packed):
    swapped = with_header(packed, network="local", output_stride="14")
    other = with_tensors(packed, **{"head.weight": -packed.tensors["head.weight"]})

    refused(tmp_path, sign(swapped))
    assert "probe scan" in refused(tmp_path, sign(other))


@pytest.mark.parametrize(
    ("name", "reason"),
    [("head.weight", "NaN or infinity in head.weight"), ("familiarity.centre", "NaN or infinity")],
)
def test_tensors_that_are_not_finite_are_refused(tmp_path, packed, name, reason):
    broken = with_tensors(packed, **{name: packed.tensors[name] * float("nan")})

    assert reason in refused(tmp_path, sign(broken))


@pytest.mark.parametrize(
    "changes",
    [
        {"familiarity.centre": torch.zeros(3)},
        {"familiarity.axes": torch.zeros(2, 2)},
        {"familiarity.rest_variance": torch.tensor(0.0)},
        {"familiarity.more": torch.zeros(1)},
    ],
)
def test_familiarity_that_does_not_fit_is_refused(tmp_path, packed, changes):
    assert "familiarity" in refused(tmp_path, sign(with_tensors(packed, **changes)))


def test_plain_weights_are_told_to_be_exported(tmp_path, weights):
    message = refused(tmp_path, write_weights(weights))

    assert "weights without a card; export the run with kedro run --pipelines export" in message


class Runs:
    """What a hostile pickle does when it is loaded."""

    def __reduce__(self):
        return (pytest.fail, ("a file was run",))


def test_a_pickle_is_refused_unread(tmp_path):
    torch.save({"weight": Runs()}, tmp_path / "w.pt")

    for content in (pickle.dumps(Runs()), (tmp_path / "w.pt").read_bytes()):
        assert "torch.save" in refused(tmp_path, content)


def test_a_pickle_inside_a_safetensors_file_stays_text(tmp_path, packed):
    inside = with_header(packed, note=pickle.dumps(Runs(), protocol=0).decode("latin-1"))

    assert "digest" in refused(tmp_path, write_weights(inside))
    (tmp_path / "network.safetensors").write_bytes(sign(inside))
    assert read_network(tmp_path / "network.safetensors").card.run == "tiny-full-seed0-fold0"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no safetensors file"),
        (b"hello", "no safetensors file"),
        (b"\x89PNG\r\n\x1a\n" * 20, "no safetensors file"),
        ((2**40).to_bytes(8, "little") + b'{"a":1}', "header claims"),
        ((200).to_bytes(8, "little") + b'{"a":1}', "ends within its header"),
        ((7).to_bytes(8, "little") + b'{"a";1}', "header is damaged"),
        ((7).to_bytes(8, "little") + b'{"a":1}', "without a card"),
        ((22).to_bytes(8, "little") + b'{"__metadata__":[1,2]}', "header is damaged"),
    ],
)
def test_anything_else_is_refused_in_one_line(tmp_path, content, reason):
    message = refused(tmp_path, content)

    assert reason in message
    assert refused_card(tmp_path / "network.safetensors") == message


def test_a_card_is_read_without_weights_and_what_only_they_show_is_found_out_with_them(
    tmp_path, packed, card, monkeypatch
):
    counted = []
    monkeypatch.setattr(
        network_file,
        "read_weights",
        lambda content: counted.append(content) or read_weights(content),
    )
    content = write_weights(packed)
    path = tmp_path / "network.safetensors"
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    file = NetworkFile(path)

    assert file.read_card() == card
    with pytest.raises(ValueError, match="digest does not fit"):
        file.read()
    path.write_bytes(sign(with_tensors(packed, **{"head.weight": -packed.tensors["head.weight"]})))
    assert NetworkFile(path).read_card() == card
    assert counted == []
    with pytest.raises(ValueError, match="probe scan"):
        file.read()
    assert len(counted) == 1


@pytest.mark.parametrize("name", ["size_px", "probe_logit"])
def test_a_card_whose_header_lacks_what_it_is_held_against_is_refused(tmp_path, packed, name):
    header = {key: value for key, value in packed.header.items() if key != name}
    path = tmp_path / "network.safetensors"
    path.write_bytes(sign(dataclasses.replace(packed, header=header)))

    assert f"says {name}" in refused_card(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    for missing in (tmp_path / "none.safetensors", tmp_path):
        for read in (read_network, read_card):
            with pytest.raises(FileNotFoundError, match="is no file; name one that was exported"):
                read(missing)


def test_the_digest_stands_in_the_header_and_is_that_of_the_file_without_it(packed):
    content, digest = write_weights(packed), packed.header["digest"]

    assert sha256(content.replace(digest.encode(), b"0" * 64)).hexdigest() == digest


def test_equal_networks_become_equal_files(weights, card, familiarity, packed):
    again = pack_network(weights, card=card, familiarity=familiarity)

    assert write_weights(again) == write_weights(packed)


def own_trunk() -> nn.Module:
    return nn.Conv2d(3, 4, 4, stride=4)


def test_a_network_of_an_authors_own_is_read_with_its_constructor_and_refused_without(
    tmp_path, make_card
):
    built = OwnNetwork("mine", own_trunk, size_px=48).architecture
    recipe = Recipe("mine", "full", drs_placement="block", drs_bias=False, output_stride=4)
    network = ScanClassifier(built.build_trunk(), nn.Linear(4, 1), recipe=recipe).eval()
    weights = pack_weights(network, size_px=48, header_extra={"run": "tiny-full-seed0-fold0"})
    file = tmp_path / "network.safetensors"
    write_network(file, weights, card=make_card(weights, None), familiarity=None)

    message = refused(tmp_path, file.read_bytes())
    travelled = read_network(file, constructor=own_trunk)

    assert "name what builds it: training.own_networks.mine in the configuration" in message
    assert "--trunk module:function" in message
    assert np.array_equal(
        predict_logits(travelled.network, SCANS, batch_size=3, device="cpu"),
        predict_logits(network, SCANS, batch_size=3, device="cpu"),
    )


def test_a_header_that_calls_a_network_somebodys_own_imports_nothing(tmp_path, packed):
    for name in ("os:system", "antigravity:fly", "mine"):
        message = refused(tmp_path, sign(with_header(packed, own="true", network=name)))

        assert "whose code is in no weights file" in message
    assert "antigravity" not in sys.modules
