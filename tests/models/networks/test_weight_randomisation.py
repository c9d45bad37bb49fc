import copy

import pytest
import torch

from sonolens.models import build_network, randomise_cascade


def network(name="tiny", adaptation="full", **options):
    built = build_network(name, adaptation=adaptation, weights="none", seed=0, **options)
    with torch.no_grad():
        for tensor in built.state_dict().values():
            if tensor.is_floating_point():
                tensor.add_(0.01)
    return built


def parts_changed(one, other):
    """Top-level parts of the trunk, and the head, whose tensors differ."""
    theirs = other.state_dict()
    return {
        name.split(".")[1] if name.startswith("features.") else "head"
        for name, tensor in one.state_dict().items()
        if not tensor.equal(theirs[name])
    }


def test_the_output_forgets_first_and_the_input_last():
    trained = network()

    forgotten = [parts_changed(trained, each) for each in randomise_cascade(trained, seed=1)]

    stages = ["stage4", "stage3", "stage2", "stage1"]
    assert forgotten == [{"head", *stages[:depth]} for depth in range(5)]


def test_what_lies_before_the_stages_of_a_resnet_is_a_part_of_its_own():
    trained = network("resnet18")

    *_, without_stem, whole = randomise_cascade(trained, seed=1)

    assert parts_changed(trained, whole) - parts_changed(trained, without_stem) == {"conv1", "bn1"}


@pytest.mark.parametrize("name", ["densenet121", "mobilenet_v2", "squeezenet1_1"])
def test_in_the_end_nothing_of_a_network_is_left(name):
    trained = network(name, adaptation="drs", drs_bias=True)

    *_, whole = randomise_cascade(trained, seed=1)

    kept = {
        key
        for key, tensor in whole.state_dict().items()
        if tensor.equal(trained.state_dict()[key]) and tensor.is_floating_point()
    }
    assert not kept - {"grey_mean", "grey_std"}


def test_a_part_is_drawn_once_for_all_depths():
    first, *_, last = randomise_cascade(network(), seed=1)

    assert first.head.weight.equal(last.head.weight)


def test_the_weights_that_a_fit_of_the_same_seed_began_with_do_not_come_back():
    began = build_network("tiny", adaptation="full", weights="none", seed=0)

    *_, whole = randomise_cascade(network(), seed=0)

    convolutions = [name for name in began.state_dict() if name.endswith(".0.weight")]
    assert convolutions
    assert not any(
        began.state_dict()[name].equal(whole.state_dict()[name]) for name in convolutions
    )


def test_the_same_seed_draws_the_same_and_another_seed_other_weights():
    def heads(seed):
        return next(randomise_cascade(network(), seed=seed)).head.weight

    assert heads(1).equal(heads(1))
    assert not heads(1).equal(heads(2))


def test_the_network_and_the_global_generator_are_left_as_they_were():
    trained = network().train()
    before = copy.deepcopy(trained.state_dict())
    state = torch.get_rng_state()

    list(randomise_cascade(trained, seed=1))

    assert all(tensor.equal(before[name]) for name, tensor in trained.state_dict().items())
    assert trained.training
    assert torch.get_rng_state().equal(state)


def test_every_copy_judges_as_a_network_does():
    scans = torch.zeros((2, 32, 32))

    for forgetful in randomise_cascade(network(), seed=1):
        assert not forgetful.training
        assert torch.isfinite(forgetful(scans)).all()
