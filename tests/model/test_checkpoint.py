"""Checkpoints: what is saved comes back, and bad files are refused with a reason and without running their code."""

import json
import os
import pickle
import zipfile
from dataclasses import asdict

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from napari_simpleclick.model.checkpoint import load_checkpoint, save_checkpoint
from napari_simpleclick.model.published import CheckpointError
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig

SMALL = SimpleClickConfig(
    patch_size=16, dim=32, depth=4, heads=2, pyramid_channels=(8, 8, 16, 16), head_channels=8, image_size=224
)


@pytest.fixture
def small():
    torch.manual_seed(0)
    return SimpleClick(SMALL).eval()


def assert_same_network(first, second):
    image, guidance = torch.rand(1, 3, 224, 224), torch.rand(1, 3, 224, 224)
    with torch.inference_mode():
        torch.testing.assert_close(first(image, guidance), second(image, guidance))


def test_saved_network_comes_back(tmp_path, small):
    save_checkpoint(tmp_path / "net.safetensors", small, dtype=torch.float32)
    loaded = load_checkpoint(tmp_path / "net.safetensors")
    assert loaded.config == SMALL
    assert_same_network(loaded, small)


def test_stem_network_comes_back(tmp_path):
    config = SimpleClickConfig(
        patch_size=16, dim=32, depth=4, heads=2, pyramid_channels=(8, 8, 16, 16), head_channels=8,
        image_size=224, stem="efficientnet_lite0",
    )  # fmt: skip
    model = SimpleClick(config).eval()
    save_checkpoint(tmp_path / "net.safetensors", model, dtype=torch.float32)
    assert_same_network(load_checkpoint(tmp_path / "net.safetensors"), model)


def test_same_network_makes_the_same_file(tmp_path, small):
    facts = {word: word for word in ("seed", "samples", "minutes", "validation")}
    files = [tmp_path / f"{number}.safetensors" for number in range(8)]
    for file in files:
        save_checkpoint(file, small, metadata=facts)
    assert len({file.read_bytes() for file in files}) == 1
    assert_same_network(load_checkpoint(files[0]), load_checkpoint(files[-1]))


def test_half_precision_file_is_half_as_large(tmp_path, small):
    save_checkpoint(tmp_path / "half.safetensors", small)
    save_checkpoint(tmp_path / "full.safetensors", small, dtype=torch.float32)
    assert (tmp_path / "half.safetensors").stat().st_size < 0.6 * (tmp_path / "full.safetensors").stat().st_size


def test_published_file_loads_without_its_code(tmp_path, small):
    state = small.state_dict() | {"backbone.cls_token": torch.zeros(1, 1, 32), "head.up_conv1.0.weight": torch.zeros(1)}
    config = {"class": "isegm.model", "params": {"backbone_params": {"type": "builtin", "value": {"num_heads": 2}}}}
    torch.save({"state_dict": state, "config": config}, tmp_path / "published.pth")
    assert_same_network(load_checkpoint(tmp_path / "published.pth"), small)


class Hostile:
    """What an attacker would put into a checkpoint."""

    def __init__(self, victim):
        self.victim = victim

    def __reduce__(self):
        return os.mkdir, (str(self.victim),)


def test_hostile_pickle_is_refused_and_does_nothing(tmp_path, small):
    victim = tmp_path / "was_here"
    torch.save({"state_dict": small.state_dict(), "config": Hostile(victim)}, tmp_path / "hostile.pth")
    with pytest.raises(CheckpointError, match=r"was refused: its pickle asks for \w+.mkdir.*may be harmful"):
        load_checkpoint(tmp_path / "hostile.pth")
    assert not victim.exists()


def test_hostile_plain_pickle_is_refused_and_does_nothing(tmp_path):
    victim = tmp_path / "was_here"
    (tmp_path / "plain.pth").write_bytes(pickle.dumps(Hostile(victim)))
    with pytest.raises(CheckpointError, match=r"cannot be read as a checkpoint|was refused"):
        load_checkpoint(tmp_path / "plain.pth")
    assert not victim.exists()


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("keep", [0, 10, 5000])
def test_truncated_file_is_named_with_its_size_and_a_cure(tmp_path, small, suffix, keep):
    whole = tmp_path / f"whole{suffix}"
    if suffix == ".pth":
        torch.save({"state_dict": small.state_dict(), "config": {}}, whole)
    else:
        save_checkpoint(whole, small)
    broken = tmp_path / f"broken{suffix}"
    broken.write_bytes(whole.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match=rf"broken{suffix} cannot be read .*\({keep} bytes\).*get it again"):
        load_checkpoint(broken)


def test_checkpoint_of_another_network_is_refused(tmp_path):
    torch.save({"state_dict": {"layer.weight": torch.zeros(2, 2)}, "config": {}}, tmp_path / "other.pth")
    with pytest.raises(CheckpointError, match="is no SimpleClick checkpoint"):
        load_checkpoint(tmp_path / "other.pth")
    torch.save([1, 2, 3], tmp_path / "list.pth")
    with pytest.raises(CheckpointError, match="expected the entries 'state_dict' and 'config', got a list"):
        load_checkpoint(tmp_path / "list.pth")
    save_file({"a": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(CheckpointError, match="header holds no usable entry 'simpleclick'"):
        load_checkpoint(tmp_path / "other.safetensors")


def test_checkpoint_with_a_missing_tensor_names_it(tmp_path, small):
    save_checkpoint(tmp_path / "net.safetensors", small)
    from safetensors import safe_open

    with safe_open(tmp_path / "net.safetensors", "pt") as file:
        tensors, header = {name: file.get_tensor(name) for name in file.keys()}, file.metadata()  # noqa: SIM118
    del tensors["head.conv_seg.bias"], header["simpleclick.sha256"]
    save_file(tensors, tmp_path / "lacking.safetensors", metadata=header)
    with pytest.raises(CheckpointError, match=r"missing \['head.conv_seg.bias'\]"):
        load_checkpoint(tmp_path / "lacking.safetensors")


def test_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.pth"):
        load_checkpoint(tmp_path / "nothing.pth")


def test_zip_that_is_no_checkpoint_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "zip.pth", "w") as file:
        file.writestr("hello.txt", "hello")
    with pytest.raises(CheckpointError, match="cannot be read as a checkpoint"):
        load_checkpoint(tmp_path / "zip.pth")


def test_weights_are_rounded_to_half_precision_only(tmp_path, small):
    save_checkpoint(tmp_path / "half.safetensors", small)
    for name, tensor in load_checkpoint(tmp_path / "half.safetensors").state_dict().items():
        np.testing.assert_allclose(tensor, small.state_dict()[name], rtol=1e-3, atol=1e-6)


def test_every_damaged_byte_of_the_weights_is_noticed(tmp_path, small):
    path = tmp_path / "net.safetensors"
    save_checkpoint(path, small)
    whole = path.read_bytes()
    for place in (len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(CheckpointError, match="is damaged: its weights"):
            load_checkpoint(path)
    path.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    with pytest.raises(CheckpointError, match="is damaged"):
        load_checkpoint(path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("ending", ["safetensors", "pth"])
def test_weights_that_are_not_finite_are_refused(tmp_path, small, value, ending):
    path = tmp_path / f"net.{ending}"
    with torch.no_grad():
        small.head.conv_seg.bias.fill_(value)
    config = {"params": {"backbone_params": {"value": {"num_heads": 2}}}}
    if ending == "pth":
        torch.save({"state_dict": small.state_dict(), "config": config}, path)
    else:
        save_checkpoint(path, small)
    with pytest.raises(CheckpointError, match=r"head.conv_seg.bias holds values that are not finite"):
        load_checkpoint(path)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"depth": 10**9}, "depth from 1 to 128"),
        ({"dim": 1.5}, "dim from 1 to"),
        ({"heads": 3}, "multiple of heads"),
        ({"patch_size": 0}, "patch_size from 1"),
        ({"stem": "os.system"}, "stem to be one of patch, efficientnet_lite0"),
        ({"pyramid": "__class__"}, "pyramid to be one of"),
        ({"pyramid_channels": [8, 8, 16]}, "4 pyramid_channels"),
        ({"pyramid_channels": [8, 8, 16, 10**9]}, "pyramid_channels 3 from 1 to"),
        ({"dim": 64}, "expected"),
    ],
)
def test_configuration_that_no_network_has_is_refused_before_it_is_built(tmp_path, small, changes, expected):
    path = tmp_path / "net.safetensors"
    header = {"simpleclick": json.dumps({**asdict(SMALL), **changes})}
    save_file({name: tensor for name, tensor in small.state_dict().items() if tensor.is_floating_point()}, path, header)
    with pytest.raises(CheckpointError, match=f"does not fit its own configuration.*{expected}"):
        load_checkpoint(path)


def test_tensor_that_claims_more_than_the_file_holds_is_refused(tmp_path, small):
    state = small.state_dict()
    state["head.conv_seg.bias"] = torch.zeros(1).expand(10**12)
    torch.save({"state_dict": state, "config": {}}, tmp_path / "a.pth")
    with pytest.raises(CheckpointError, match=r"conv_seg.bias' is no plain tensor"):
        load_checkpoint(tmp_path / "a.pth")


def test_archive_that_grows_when_it_is_read_is_refused(tmp_path):
    torch.save({"state_dict": {"a": torch.zeros(10**6)}, "config": {}}, tmp_path / "a.pth")
    with zipfile.ZipFile(tmp_path / "a.pth") as whole, zipfile.ZipFile(tmp_path / "b.pth", "w") as small:
        for entry in whole.infolist():
            small.writestr(entry.filename, whole.read(entry), zipfile.ZIP_DEFLATED)
    with pytest.raises(CheckpointError, match="torch writes checkpoints without compression"):
        load_checkpoint(tmp_path / "b.pth")
