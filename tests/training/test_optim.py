import pytest

from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig
from napari_simpleclick.training.optim import create_optimizer, freeze, is_stem, set_learning_rate
from napari_simpleclick.training.settings import Phase, TrainingSettings

PATCHED = SimpleClickConfig(16, 32, 4, 2, (16, 16, 16, 16), 16, image_size=64)
STEMMED = SimpleClickConfig(16, 32, 4, 2, (16, 16, 16, 16), 16, image_size=64, stem="efficientnet_lite0")


@pytest.mark.parametrize("config", [PATCHED, STEMMED])
def test_every_parameter_is_in_exactly_one_group(config):
    model = SimpleClick(config)
    optimizer = create_optimizer(model, TrainingSettings(layer_decay=0.75))
    held = [id(parameter) for group in optimizer.param_groups for parameter in group["params"]]
    assert sorted(held) == sorted(id(parameter) for parameter in model.parameters())


def test_biases_and_norms_do_not_decay():
    optimizer = create_optimizer(SimpleClick(PATCHED), TrainingSettings())
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            assert (group["weight_decay"] == 0) == (parameter.ndim <= 1)


def test_earlier_blocks_learn_more_slowly_with_layer_decay():
    model, settings = SimpleClick(PATCHED), TrainingSettings(layer_decay=0.5, warmup=1, learning_rate=1.0)
    optimizer = create_optimizer(model, settings)
    set_learning_rate(optimizer, settings, step=0, progress=0.0)
    rates = {id(p): group["lr"] for group in optimizer.param_groups for p in group["params"]}
    weights = [block.mlp.fc1.weight for block in model.backbone.blocks]
    assert [rates[id(weight)] for weight in weights] == [0.0625, 0.125, 0.25, 0.5]
    assert rates[id(model.head.conv_seg.weight)] == 1.0


def test_a_frozen_backbone_leaves_the_rest_learning():
    model = SimpleClick(PATCHED)
    freeze(model, stem="learning", backbone=True)
    learning = {name.split(".")[0] for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert learning == {"patch_embed_coords", "neck", "head"}


def test_only_the_late_stages_of_the_stem_learn():
    model = SimpleClick(STEMMED)
    freeze(model, stem="late", backbone=False)
    features = {name: parameter.requires_grad for name, parameter in model.named_parameters() if is_stem(name)}
    assert {name.split(".blocks.")[1][0] for name, learns in features.items() if learns} == {"2", "3", "4"}
    assert not features["stem.features.conv_stem.weight"]
    assert all(parameter.requires_grad for name, parameter in model.named_parameters() if not is_stem(name))


@pytest.mark.parametrize("text", ["0.4:128", "a:128:8", "0.4:128:8:thawed", "0.4:128:8:late:late"])
def test_a_phase_that_cannot_be_read_is_explained(text):
    with pytest.raises(ValueError, match="share:size:batch"):
        Phase.parse(text)
