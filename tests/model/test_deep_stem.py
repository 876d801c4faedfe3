"""A stem that goes on to stride 32: it is heard, and a network that did not know it goes on as it was."""

from dataclasses import replace

import pytest
import torch

from napari_simpleclick.model.checkpoint import load_checkpoint, save_checkpoint
from napari_simpleclick.model.registry import ARCHITECTURES, create_model
from napari_simpleclick.model.simpleclick import SimpleClick
from napari_simpleclick.training.pretrained import load_earlier

EARLY, LATE = "vit_xtiny_deep_448", "vit_xtiny_late_448"


@pytest.fixture
def maps() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(1, 3, 224, 224, generator=generator), torch.rand(1, 3, 224, 224, generator=generator)


@pytest.mark.parametrize("architecture", [EARLY, LATE])
@torch.no_grad()
def test_the_deepest_features_are_heard_once_they_have_a_weight(architecture, maps):
    torch.manual_seed(0)
    model = create_model(architecture)
    image, _ = maps
    before = model.encode(image)
    model.stem.features.blocks[6][0].conv_pw.weight *= -1
    unheard = model.encode(image)
    model.stem.from_deep.weight += 1
    heard = model.encode(image)
    assert torch.equal(unheard[2], before[2])
    assert not torch.allclose(heard[2], before[2])
    assert [map_.shape for map_ in heard] == [map_.shape for map_ in before]


@torch.no_grad()
def test_a_network_without_deep_features_answers_the_same_when_it_gets_them(maps):
    torch.manual_seed(0)
    shallow, deep = create_model("vit_xtiny_stem_448"), create_model(EARLY)
    assert set(load_earlier(deep, shallow)) == set(shallow.state_dict())
    torch.testing.assert_close(deep(*maps), shallow(*maps), rtol=0, atol=0)


@torch.no_grad()
def test_a_checkpoint_says_that_the_stem_is_deep(tmp_path, maps):
    model = create_model(EARLY)
    model.stem.from_deep.weight += 0.1
    save_checkpoint(tmp_path / "deep.safetensors", model, dtype=torch.float32)
    loaded = load_checkpoint(tmp_path / "deep.safetensors")
    assert loaded.config == ARCHITECTURES[EARLY]
    torch.testing.assert_close(loaded(*maps), model(*maps))


def test_a_patch_stem_has_no_deep_features():
    with pytest.raises(ValueError, match="deep_stem=True"):
        SimpleClick(replace(ARCHITECTURES[EARLY], stem="patch"))
