import copy
import sys

import pytest
import torch
from torch import nn

from sonolens.models.networks.own_trunk import (
    OwnTrunk,
    TrunkSource,
    check_source,
    digest_code,
    find_source,
)

MODULE = """
from torch import nn

SIDE = 3

class Trunk(nn.Conv2d):
    pass

def build():
    return Trunk(3, 4, SIDE)
"""


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a module of a user's own, and forget it when the test is over."""

    def write(name, source=MODULE):
        (tmp_path / f"{name}.py").write_text(source)
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, name, raising=False)
        return f"{name}:build"

    yield write
    for name in [each for each in sys.modules if each.startswith("own_module_")]:
        del sys.modules[name]


def wrap(trunk, **facts):
    told = {"source": "0", "pooled": False, "receptive_field_px": 3.0} | facts
    return OwnTrunk(trunk, **told)


def test_a_constructor_is_found_by_its_name(written):
    source = find_source(written("own_module_a"))

    assert isinstance(source.build(), nn.Conv2d)


def test_nothing_is_imported_before_the_source_is_asked_for(written):
    check_source(written("own_module_b", "raise RuntimeError('imported')"))

    assert "own_module_b" not in sys.modules


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("own_module_none:build", "cannot be imported (ModuleNotFoundError"),
        ("own_module_c:other", "module own_module_c has no other"),
        ("own_module_c:SIDE", "is a int; name a function"),
        ("own_module_broken:build", "cannot be imported (ZeroDivisionError"),
        ("own_module_c.build", "neither package.module:function nor a .pt2 file"),
        ("__import__('os').system('x'):f", "neither package.module:function"),
        ("", "neither package.module:function"),
        ("nowhere/trunk.pt2", "is no file"),
    ],
)
def test_a_source_that_is_none_is_refused_in_one_line(written, source, said):
    written("own_module_c")
    written("own_module_broken", "1 / 0")

    with pytest.raises(ValueError) as told:  # noqa: PT011 - what it says is looked at below
        find_source(source)

    assert said in str(told.value)
    assert len(str(told.value).splitlines()) == 1


def test_a_fit_of_changed_code_is_another_fit(written):
    digests = []
    for source in (MODULE, MODULE, MODULE.replace("pass", "def forward(self, x): return -x")):
        sys.modules.pop("own_module_d", None)
        found = find_source(written("own_module_d", source))
        digests.append(digest_code(found.build(), found))

    assert digests[0] == digests[1] != digests[2]


def test_a_trunk_that_is_fixed_neither_learns_nor_moves_its_statistics():
    trunk = wrap(nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4)))
    trunk.fix()
    trunk.train()
    before = copy.deepcopy(trunk.state_dict())

    trunk(torch.randn(2, 3, 8, 8))

    assert trunk.training
    assert not any(weight.requires_grad for weight in trunk.parameters())
    assert all(torch.equal(before[name], t) for name, t in trunk.state_dict().items())


def test_a_trunk_that_is_not_fixed_learns_and_moves_its_statistics():
    trunk = wrap(nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))).train()
    before = copy.deepcopy(trunk.state_dict())

    trunk(torch.randn(2, 3, 8, 8))

    assert all(weight.requires_grad for weight in trunk.parameters())
    assert not torch.equal(before["trunk.1.running_mean"], trunk.trunk[1].running_mean)


def test_layers_that_subclass_a_normalisation_stay_what_they_are():
    class Clipped(nn.BatchNorm2d):
        def forward(self, maps):
            return super().forward(maps).relu()

    trunk = wrap(nn.Sequential(Clipped(3)))
    trunk.fix()

    assert isinstance(trunk.trunk[0], Clipped)


def test_an_exported_program_has_one_mode_and_is_copied_with_it(tmp_path, small_trunk):
    trunk = small_trunk().eval()
    scans = torch.export.Dim("scans", min=1, max=64)
    program = torch.export.export(trunk, (torch.randn(2, 3, 48, 48),), dynamic_shapes=({0: scans},))
    torch.export.save(program, tmp_path / "trunk.pt2")
    source = find_source(str(tmp_path / "trunk.pt2"))
    colours = torch.randn(3, 3, 48, 48)

    own = copy.deepcopy(wrap(source.build()).train().eval())

    assert torch.allclose(own(colours), trunk(colours), atol=1e-6)
    assert digest_code(own.trunk, source) == digest_code(own.trunk, source) != ""


def test_what_is_no_exported_program_is_refused_in_one_line(tmp_path):
    (tmp_path / "trunk.pt2").write_bytes(b"no program")
    source = find_source(str(tmp_path / "trunk.pt2"))

    with pytest.raises(ValueError, match=r"trunk\.pt2 is no program of torch\.export") as told:
        source.build()

    assert len(str(told.value).splitlines()) == 1


def test_code_that_was_typed_into_a_session_has_a_digest_too():
    made = {}
    exec("from torch import nn\ndef build():\n    return nn.Identity()", made)  # noqa: S102

    assert digest_code(nn.Identity(), TrunkSource(made["build"], "build"))
