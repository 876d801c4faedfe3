import pytest
import torch

from napari_simpleclick.model.registry import create_model
from napari_simpleclick.training.narrowing import HEARD_BY, PYRAMID, narrowed
from napari_simpleclick.training.pretrained import load_earlier


@pytest.fixture(scope="module")
def wide():
    torch.manual_seed(0)
    return create_model("vit_xtiny_stem_448")


def test_nothing_changes_where_the_widths_are_the_same(wide):
    tensors = narrowed(wide.state_dict(), wide.state_dict())
    assert tensors.keys() == wide.state_dict().keys()
    for name, tensor in wide.state_dict().items():
        torch.testing.assert_close(tensors[name], tensor, rtol=0, atol=0)


def test_every_tensor_gets_the_shape_of_the_narrow_network(wide):
    late = create_model("vit_xtiny_late_448")
    loaded = load_earlier(late, wide)
    new = {name for name in late.state_dict() if name not in loaded}
    assert new
    assert all(
        name.startswith(("stem.deep_", "stem.from_deep", "stem.features.blocks.5", "stem.features.blocks.6"))
        for name in new
    )
    torch.testing.assert_close(late.stem.to_guidance.weight, wide.stem.to_tokens.weight)
    torch.testing.assert_close(late.backbone.blocks[7].mlp.fc1.weight, wide.backbone.blocks[7].mlp.fc1.weight)


def test_channels_that_nobody_hears_are_the_ones_that_go():
    """A head that is twice as wide as what its last layer listens to answers the same without the other half."""
    torch.manual_seed(1)
    wide, narrow = create_model("vit_xtiny_late_448"), create_model("vit_xtiny_late_448")
    narrow_state = {**narrow.state_dict()}
    narrow_state["head.conv_seg.weight"] = torch.zeros(1, 32, 1, 1)
    with torch.no_grad():
        wide.head.conv_seg.weight[:, 1::2] = 0
    tensors = narrowed(wide.state_dict(), narrow_state)
    torch.testing.assert_close(tensors["head.conv_seg.weight"], wide.head.conv_seg.weight[:, ::2])
    torch.testing.assert_close(tensors["head.fusion_conv.conv.bias"], wide.head.fusion_conv.conv.bias[::2])
    assert tensors["head.fusion_conv.conv.weight"].shape == (32, 256, 1, 1)


def test_every_set_of_channels_is_made_and_heard_by_a_layer_of_the_network(wide):
    layers = {name.rpartition(".")[0] for name in wide.state_dict()}
    assert set(PYRAMID) <= layers
    assert all(space in PYRAMID[layer] for space, layer in HEARD_BY.items())
