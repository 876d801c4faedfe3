"""Many domains at once: which folders are domains, which pictures and objects are taken."""

from pathlib import Path

import numpy as np
import pytest
from tests.data.datasets import layouts

from napari_simpleclick.data.datasets.base import DatasetError
from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.data.datasets.registry import open_dataset
from napari_simpleclick.evaluation.job import DatasetChoice

SMALL, LARGE, TALL = (slice(0, 3), slice(0, 3)), (slice(5, 15), slice(5, 15)), (slice(0, 24), slice(20, 23))


def domain(folder: Path, *masks: np.ndarray, names: tuple[str, str] = ("images", "masks")) -> None:
    """Pictures and masks, one each."""
    for number, marks in enumerate(masks):
        layouts.photograph(folder / names[0] / f"{number:02}.jpg")
        layouts.save(folder / names[1] / f"{number:02}.png", marks)


@pytest.fixture
def zoo(tmp_path) -> Path:
    """Domains with instances, classes and unions of 255, and two folders that are none."""
    domain(tmp_path / "cells", *[layouts.mask((*SMALL, 7), (*LARGE, 2), (*TALL, 5))] * 5)
    domain(tmp_path / "organs", layouts.mask((*LARGE, 1), (*TALL, 2)), names=("img", "gt"))
    domain(tmp_path / "unions", *[layouts.mask((*LARGE, 255), (*TALL, 255))] * 2)
    (tmp_path / "notes").mkdir()
    (tmp_path / "pictures_only" / "images").mkdir(parents=True)
    return tmp_path


def taken(folder: Path, **options: object) -> list[tuple[str, str, tuple[int, ...]]]:
    """Domain, name and sizes of the objects of every sample."""
    dataset = DatasetChoice("folders", folder, DatasetOptions(**options)).open()
    samples = [dataset[number] for number in range(len(dataset))]
    return [(s.domain, s.name, tuple(int(s.mask(i).sum()) for i in s.object_ids)) for s in samples]


def test_every_value_is_an_object_and_of_a_union_every_component(zoo):
    assert taken(zoo, pictures=1) == [
        ("cells", "cells/00.jpg", (100, 72, 9)),
        ("organs", "organs/00.jpg", (100, 72)),
        ("unions", "unions/00.jpg", (72, 100)),
    ]


def test_pictures_are_spread_evenly_in_every_domain(zoo):
    assert [name for _, name, _ in taken(zoo, pictures=2)] == [
        *("cells/00.jpg", "cells/02.jpg", "organs/00.jpg", "unions/00.jpg", "unions/01.jpg")
    ]
    assert [name for _, name, _ in taken(zoo, every=2, pictures=2) if "cells" in name] == [
        "cells/00.jpg",
        "cells/02.jpg",
    ]


@pytest.mark.parametrize(("largest", "sizes"), [(1, (100,)), (2, (100, 72)), (9, (100, 72, 9))])
def test_largest_objects_of_every_picture(zoo, largest, sizes):
    assert taken(zoo, pictures=1, largest=largest)[0][2] == sizes


def test_of_equally_large_objects_the_lower_label_is_taken(tmp_path):
    domain(tmp_path / "pairs", layouts.mask((slice(0, 3), slice(0, 3), 9), (slice(8, 11), slice(8, 11), 4)))
    dataset = DatasetChoice("folders", tmp_path, DatasetOptions(largest=1)).open()
    assert dataset[0].object_ids == (4,)


def test_folder_with_pictures_itself_is_the_only_domain(zoo):
    assert [place for place, _, _ in taken(zoo / "organs")] == ["organs"]


def test_selection_tells_what_was_taken_of_every_domain(zoo):
    told = DatasetChoice("folders", zoo, DatasetOptions(pictures=2, largest=1)).open().selection
    assert told.startswith(
        "3 domains: cells (all pictures; of these 2 of 5: evenly spread; on each the 1 largest objects)"
    )


def test_components_split_the_objects_of_every_domain(tmp_path):
    domain(tmp_path / "a", layouts.mask((*SMALL, 1), (*LARGE, 1), (*TALL, 2)))
    assert taken(tmp_path)[0][2] == (109, 72)
    assert taken(tmp_path, components=True)[0][2] == (9, 100, 72)


def test_folder_without_domains_says_what_is_expected(zoo):
    with pytest.raises(DatasetError, match=r"Expected folders in .*notes, each with pictures .* found: nothing"):
        open_dataset("folders", zoo / "notes")
    with pytest.raises(IndexError, match="There are 8 pictures, got number 8"):
        open_dataset("folders", zoo)[8]


@pytest.mark.parametrize("options", [{"pictures": 0}, {"largest": 0}])
def test_nothing_of_a_picture_is_refused(zoo, options):
    with pytest.raises(ValueError, match="at least 1"):
        taken(zoo, **options)
