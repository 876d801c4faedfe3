"""A network whose transformer mostly sees the image alone: what clicks cost is small, and nothing else changes."""

from dataclasses import replace

import pytest
import torch

from napari_simpleclick.model.checkpoint import load_checkpoint, save_checkpoint
from napari_simpleclick.model.registry import ARCHITECTURES, create_model
from napari_simpleclick.model.simpleclick import SimpleClick

LATE = "vit_xtiny_late_448"


@pytest.fixture(scope="module")
def model() -> SimpleClick:
    torch.manual_seed(0)
    return create_model(LATE)


def maps(size: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(1, 3, size, size, generator=generator), torch.rand(1, 3, size, size, generator=generator)


@pytest.mark.parametrize("size", [112, 224, 448])
@torch.inference_mode()
def test_features_serve_every_click(model, size):
    image, guidance = maps(size)
    features = model.encode(image)
    assert [tuple(map_.shape) for map_ in features] == [
        (1, 24, size // 4, size // 4),
        (1, 40, size // 8, size // 8),
        (1, 160, size // 16, size // 16),
    ]
    torch.testing.assert_close(model.decode(features, guidance), model(image, guidance))
    assert not torch.allclose(model.decode(features, guidance), model.decode(features, 1 - guidance), atol=1e-4)


@pytest.mark.parametrize("block", range(8))
def test_the_first_five_blocks_run_once_and_the_last_three_with_every_click(block):
    model = create_model(LATE)
    image, guidance = maps(224)
    with torch.no_grad():
        features, logits = model.encode(image), model(image, guidance)
        model.backbone.blocks[block].mlp.fc2.bias += 1
        changed = not torch.equal(model.encode(image)[2], features[2])
        clicked = not torch.equal(model.decode(features, guidance), logits)
    assert (changed, clicked) == (block < 5, block >= 5)


def test_a_checkpoint_says_that_fusion_is_late(tmp_path, model):
    save_checkpoint(tmp_path / "late.safetensors", model, dtype=torch.float32)
    loaded = load_checkpoint(tmp_path / "late.safetensors")
    assert loaded.config == ARCHITECTURES[LATE]
    image, guidance = maps(224)
    with torch.inference_mode():
        torch.testing.assert_close(loaded(image, guidance), model(image, guidance))


@pytest.mark.parametrize("wrong", [{"image_blocks": 8}, {"stem": "patch", "deep_stem": False}, {"pyramid": "parallel"}])
def test_what_cannot_be_fused_late_is_refused(wrong):
    with pytest.raises(ValueError, match=r"Late fusion needs .* image_blocks below 8"):
        SimpleClick(replace(ARCHITECTURES[LATE], **wrong))
