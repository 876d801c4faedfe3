"""Models are found by path, in the user's folder and in the package; a missing one says how to get it."""

import pytest

from napari_simpleclick.model.weights import (
    DEFAULT_MODEL,
    PUBLISHED_FILES,
    WEIGHTS_VARIABLE,
    available_models,
    find_weights,
    load_model,
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(WEIGHTS_VARIABLE, str(tmp_path))
    return tmp_path


def test_bundled_model_loads_and_is_offered_first(folder):
    assert available_models()[0].name == DEFAULT_MODEL
    assert load_model().config.image_size == 448


def test_file_in_the_users_folder_is_offered_under_its_published_name(folder):
    (folder / "cocolvis_vit_base.pth").touch()
    assert find_weights("vit_base_448.cocolvis") == folder / "cocolvis_vit_base.pth"


@pytest.mark.parametrize("name", PUBLISHED_FILES)
def test_missing_published_model_names_file_folder_source_and_check(folder, name):
    with pytest.raises(FileNotFoundError) as error:
        find_weights(name)
    for part in (PUBLISHED_FILES[name], str(folder), "Google Drive", "sha256sum"):
        assert part in str(error.value)


def test_unknown_name_lists_the_right_ones(folder):
    with pytest.raises(ValueError, match=r"Unknown model 'vit_giant'.*vit_base_448.cocolvis"):
        find_weights("vit_giant")


def test_missing_path_is_named(folder):
    with pytest.raises(FileNotFoundError, match=r"No checkpoint at .*mine.safetensors"):
        find_weights(folder / "mine.safetensors")
