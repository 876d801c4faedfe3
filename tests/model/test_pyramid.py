import pytest
import torch

from napari_simpleclick.model.checkpoint import load_checkpoint, save_checkpoint
from napari_simpleclick.model.pyramid import STRIDES, SimplePyramid, norm, scaled_and_shifted
from napari_simpleclick.model.registry import create_model


@pytest.mark.parametrize("kind", STRIDES)
def test_maps_have_the_strides_of_their_kind(kind):
    maps = [torch.rand(1, 160, 14, 14) for _ in range(4)]
    pyramid = SimplePyramid(160, (96, 192, 288, 384), kind)
    assert [224 // level.shape[-1] for level in pyramid(maps)] == list(STRIDES[kind])
    assert [level.shape[1] for level in pyramid(maps)] == list(pyramid.channels)


@pytest.mark.parametrize(("groups", "used"), [(2, {0, 1}), (4, {0, 1, 2, 3})])
def test_parallel_scales_come_from_their_own_stages_and_simple_ones_from_the_last(groups, used):
    maps = [torch.rand(1, 32, 4, 4, requires_grad=True) for _ in range(groups)]
    for kind, expected in (("parallel", used), ("simple", {groups - 1})):
        sum(level.sum() for level in SimplePyramid(32, (8, 8, 8, 8), kind)(maps)).backward()
        assert {number for number, stage in enumerate(maps) if stage.grad is not None} == expected
        for stage in maps:
            stage.grad = None


@pytest.mark.parametrize("kind", STRIDES)
def test_networks_of_every_kind_predict_and_survive_being_stored(kind, tmp_path):
    model = create_model("vit_xtiny_448", pyramid=kind)
    image, guidance = torch.rand(1, 3, 64, 64), torch.rand(1, 3, 64, 64)
    save_checkpoint(tmp_path / "model.safetensors", model, dtype=torch.float32)
    with torch.no_grad():
        logits = model(image, guidance)
        assert logits.shape == (1, 1, 64, 64)
        torch.testing.assert_close(load_checkpoint(tmp_path / "model.safetensors")(image, guidance), logits)


@pytest.mark.parametrize("kind", ["single", "partial"])
def test_a_stem_needs_the_fine_scales(kind):
    with pytest.raises(ValueError, match="strides 4 and 8"):
        create_model("vit_xtiny_stem_448", pyramid=kind)


@pytest.mark.parametrize(("dtype", "exact"), [(torch.float32, 1e-5), (torch.float16, 5e-3)])
def test_the_norm_for_gpus_is_that_of_torch(dtype, exact):
    layer = norm(6)
    torch.nn.init.normal_(layer.weight)
    torch.nn.init.normal_(layer.bias)
    maps = (2 + 3 * torch.randn(2, 6, 20, 20)).to(dtype)
    found = scaled_and_shifted(maps, layer.weight, layer.bias, layer.eps)
    assert found.dtype == dtype
    torch.testing.assert_close(found.float(), layer(maps.float()), atol=exact, rtol=exact)


def test_the_norm_of_a_flat_map_is_finite():
    layer = norm(3)
    found = scaled_and_shifted(torch.full((1, 3, 8, 8), 7.3), layer.weight, layer.bias, layer.eps)
    assert found.abs().max() < 0.5
