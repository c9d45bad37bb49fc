import itertools

import pytest
import torch

from sonolens.models.fitting.seeds import LAYERS, SCANS, epoch_seed, seed_layers


def test_every_seed_epoch_and_stream_has_its_own_number():
    triples = list(itertools.product(range(4), range(1, 5), (SCANS, LAYERS, LAYERS + 1)))

    numbers = {epoch_seed(seed, epoch=epoch, stream=stream) for seed, epoch, stream in triples}

    assert len(numbers) == len(triples)


def test_the_numbers_stay_the_same():
    again = [epoch_seed(3, epoch=2, stream=SCANS) for _ in range(2)]

    assert again[0] == again[1]


def test_layers_draw_from_the_seed():
    before = torch.get_rng_state()
    seed_layers(torch.device("cpu"), seed=7)
    drawn = torch.rand(3)
    torch.set_rng_state(before)

    assert torch.equal(drawn, torch.rand(3, generator=torch.Generator().manual_seed(7)))


@pytest.mark.parametrize(
    ("device", "seeded"), [("cpu", []), ("cuda", [("cuda", 7)]), ("mps", [("mps", 7)])]
)
def test_no_device_is_seeded_but_the_one_that_fits(monkeypatch, device, seeded):
    told = []
    for kind in ("cuda", "mps"):
        seed = lambda number, kind=kind: told.append((kind, number))  # noqa: E731
        monkeypatch.setattr(getattr(torch, kind), "manual_seed", seed)
    before = torch.get_rng_state()
    seed_layers(torch.device(device), seed=7)
    torch.set_rng_state(before)

    assert told == seeded
