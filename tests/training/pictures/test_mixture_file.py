from pathlib import Path

import numpy as np
import pytest

from napari_simpleclick.training.pictures.mixture_file import MixtureFile, PictureSource

REPOSITORY = Path(__file__).parents[3]


def test_the_mixture_of_the_repository_holds_photographs_for_half_of_the_real_samples():
    mixture = MixtureFile.read(REPOSITORY / "mixtures" / "real_pictures.toml")
    folders = [each.folder for each in mixture.sources]
    assert len(folders) == len(set(folders)) == 27
    total = sum(each.weight for each in mixture.sources)
    assert 0.4 < sum(each.weight for each in mixture.sources if each.kind == "photo") / total < 0.65
    assert mixture.synthetic.sections > 0


def test_pictures_for_validation_only_are_not_named():
    text = (REPOSITORY / "mixtures" / "real_pictures.toml").read_text().lower()
    assert not [name for name in ("sstem", "isbi", "val_photos", "val_zoo", "ms_lesions") if name in text]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[source]\n", "no mixture"),
        ("", "names no source"),
        ('[[source]]\nfolder = "a"\n', "weight"),
        ('[[source]]\nfolder = "a"\nweight = -1\n', "not negative"),
        ('[[source]]\nfolder = "a"\nweight = "1"\n', "number"),
        ('[[source]]\nfolder = "a"\nweight = nan\n', "not negative"),
        ('[[source]]\nfolder = "a"\nweight = 1\nkind = "film"\n', "photo, medical, microscopy"),
        ('[[source]]\nfolder = "a"\nweight = 1\nflavour = 2\n', "choose from folder, weight, kind, parts"),
        ("[synthetic]\nbrain = 1\n", "choose from mixed, sections, brains"),
        ("[real]\n", "unknown real"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path, text, message):
    path = tmp_path / "mixture.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        MixtureFile.read(path)


def test_a_source_shows_whole_pictures_regions_and_squares():
    image, labels = np.zeros((600, 900, 3), np.uint8), np.zeros((600, 900), np.uint8)
    labels[290:320, 400:500] = 1
    pictures = PictureSource(folder="a", weight=1, kind="photo").pictures([lambda: (image, labels)])
    views = [pictures.view(np.random.default_rng(seed), labels > 0, 224) for seed in range(200)]
    shapes = [(rows[1] - rows[0], cols[1] - cols[0]) for rows, cols in views]
    assert 0.15 < np.mean([shape == (600, 900) for shape in shapes]) < 0.4
    assert (
        0.25 < np.mean([shape == pytest.approx((120, 200)) for shape in shapes]) < 0.6
    )  # four times 30, and at most 200
    assert np.mean([rows == pytest.approx(cols) for rows, cols in shapes]) > 0.02
