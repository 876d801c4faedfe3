"""Propagate an object through the slices of a stack until it is lost."""

from collections.abc import Iterable, Iterator

from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.propagation.intensity_likelihood import learned_likelihood
from napari_simpleclick.inference.propagation.next_slice import find_on_next_slice
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import PredictorLike


def propagate(
    predictor: PredictorLike, image: Plane, prediction: Prediction, images: Iterable[Plane]
) -> Iterator[Prediction]:
    """Find an object on one slice after the other, as the plugin does.

    Parameters
    ----------
    predictor
        Answers a click in the middle of the object.
    image
        (height, width, 3) uint8 picture of the slice where the object is known.
    prediction
        The object there.
    images
        Pictures of the slices that follow, nearest first.

    Yields
    ------
    Prediction
        The object on each of these slices, up to the one before which it is lost; see `find_on_next_slice`.

    Examples
    --------
    >>> from napari_simpleclick import Click, load_predictor
    >>> from napari_simpleclick.data.samples import sample_volume
    >>> predictor, (volume, _) = load_predictor(), sample_volume("em-like")
    >>> images = [volume.plane(index).image() for index in (5, 6, 7)]
    >>> known = predictor.predict(images[0], [Click(97, 136)])
    >>> len(list(propagate(predictor, images[0], known, images[1:])))
    2
    """
    there = prediction.object_mask()
    likelihood = learned_likelihood(image, there) if there else None
    for following in images:
        step = find_on_next_slice(predictor, prediction, image, following, likelihood)
        if step.prediction is None or step.lost:
            return
        yield step.prediction
        image, prediction = following, step.prediction
