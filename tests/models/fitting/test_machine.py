import pytest

from sonolens.models import Machine
from sonolens.models.fitting.machine import check_machine, choose_precision


def machine(**changes):
    options = {"device": "cpu", "devices": 1, "strategy": "auto", "precision": "auto"}
    return Machine(**(options | changes))


@pytest.fixture
def gpus(monkeypatch):
    """Two GPUs that know bfloat16, or do not."""

    def pretend(*, bf16=True):
        monkeypatch.setattr("torch.cuda.is_available", lambda: True)
        monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
        monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda: bf16)

    return pretend


def test_the_processor_multiplies_in_full():
    assert choose_precision(machine()) == choose_precision(machine(precision="full")) == "32-true"


def test_mixed_precision_is_for_gpus_only(gpus):
    with pytest.raises(ValueError, match="mixed needs a CUDA GPU but the device is cpu; set"):
        choose_precision(machine(precision="mixed"))
    gpus()
    assert choose_precision(machine(device="cuda", precision="mixed")) == "bf16-mixed"


def test_auto_is_mixed_on_gpus_in_the_format_they_know(gpus):
    gpus()
    assert choose_precision(machine(device="auto")) == "bf16-mixed"
    assert choose_precision(machine(device="cuda", precision="full")) == "32-true"
    gpus(bf16=False)
    assert choose_precision(machine(device="cuda")) == "16-mixed"


def test_more_gpus_than_there_are_are_refused(gpus):
    gpus()

    check_machine(machine(device="cuda", devices=2))
    with pytest.raises(RuntimeError, match="devices is 3 but only 2 of kind cuda"):
        check_machine(machine(device="cuda", devices=3))


def test_gpus_are_not_shared_by_a_fork(gpus):
    gpus()

    with pytest.raises(ValueError, match="ddp_fork cannot share GPUs"):
        check_machine(machine(device="cuda", devices=2, strategy="ddp_fork"))


def test_a_device_that_is_absent_is_refused(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)

    with pytest.raises(RuntimeError, match="cuda was asked for but is not available"):
        check_machine(machine(device="cuda"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"device": "tpu"}, r"device\n.*'tpu' is unknown; choose from auto, cpu"),
        ({"strategy": "ddp"}, r"strategy\n.*'ddp' is unknown; choose from auto, ddp_spawn"),
        ({"precision": "16"}, r"precision\n.*'16' is unknown; choose from auto, full, mixed"),
        ({"devices": 0}, r"devices\n.*greater than or equal to 1.*input_value=0"),
    ],
)
def test_an_unknown_choice_names_the_known_ones(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        machine(**change)
