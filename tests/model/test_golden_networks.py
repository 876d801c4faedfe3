"""The network computes what the published implementation computes, and its tensors have the published shapes."""

import json

import numpy as np
import pytest
import torch

from napari_simpleclick.model.checkpoint import load_checkpoint
from napari_simpleclick.model.click_maps import click_map
from napari_simpleclick.model.published import UNUSED
from napari_simpleclick.model.registry import ARCHITECTURES
from napari_simpleclick.model.simpleclick import SimpleClick


@pytest.mark.parametrize("size", ["xtiny", "base", "large", "huge"])
def test_tensors_have_published_names_and_shapes(golden, size):
    published = json.loads((golden / "state_dict_shapes.json").read_text())[size]
    with torch.device("meta"):
        model = SimpleClick(ARCHITECTURES[f"vit_{size}_448"])
    ours = {name: list(tensor.shape) for name, tensor in model.state_dict().items()}
    used = {name: shape for name, shape in published.items() if not name.startswith(UNUSED)}
    assert ours == used


@pytest.mark.parametrize("name", ["tiny_patch14_depth8", "tiny_patch16_depth12"])
@pytest.mark.parametrize("size", [224, 448, 672])
def test_forward_pass_equals_the_published_one(shared, name, size):
    recorded = np.load(shared / "golden" / f"{name}_forward.npz")
    model = load_checkpoint(shared / "golden" / f"{name}.pth")
    positive, negative = (click_map(recorded[f"{size}_{sign}_clicks"], size, size) for sign in ("positive", "negative"))
    np.testing.assert_array_equal([positive.sum(), negative.sum()], recorded[f"{size}_click_map_sums"])
    previous = recorded[f"{size}_previous_u8"].astype(np.float32) / 255
    image = torch.from_numpy(recorded[f"{size}_image_u8"]).permute(2, 0, 1)[None] / 255
    guidance = torch.from_numpy(np.stack([previous, positive, negative]))[None]
    with torch.inference_mode():
        logits = model(image, guidance)[0, 0, ::4, ::4].numpy()
    np.testing.assert_allclose(logits, recorded[f"{size}_logits_stride4"], atol=1e-4)


def test_input_of_a_size_without_whole_windows_is_refused():
    model = SimpleClick(ARCHITECTURES["vit_xtiny_448"]).eval()
    with pytest.raises(ValueError, match=r"at most 224 pixels per side or a multiple of it; got 320. Choose 224"):
        model(torch.zeros(1, 3, 320, 320), torch.zeros(1, 3, 320, 320))


def test_image_features_do_not_depend_on_clicks():
    torch.manual_seed(0)
    for architecture in ("vit_xtiny_448", "vit_xtiny_stem_448"):
        model = SimpleClick(ARCHITECTURES[architecture]).eval()
        image, guidance = torch.rand(1, 3, 224, 224), torch.rand(1, 3, 224, 224)
        with torch.inference_mode():
            torch.testing.assert_close(model.decode(model.encode(image), guidance), model(image, guidance))
