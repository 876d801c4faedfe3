"""The two layers that the plugin adds to an image: labels for the masks, points for the clicks."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.memory import gigabytes, zeros
from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.plugin.workspace.planes import layer_data

if TYPE_CHECKING:
    from napari.layers import Image, Labels, Points
    from napari.utils.colormaps import CyclicLabelColormap

POSITIVE_COLOR, NEGATIVE_COLOR = "#1f77e0", "#ff8c1a"
"""Blue and orange are told apart by colour-blind people too, and the symbols differ as well."""

HIDDEN, OTHER_LABELS = "transparent", "gray"
"""Colours of invisible objects, and of labels that no object has."""

OBJECT_COLORS = (
    "#ffd60a",
    "#00d5ff",
    "#ff4fd8",
    "#54f542",
    "#ff6b5e",
    "#8f7bff",
    "#ffa200",
    "#00f0b5",
    "#ff8ad0",
    "#b7f000",
    "#4da3ff",
    "#f25cff",
)
"""Colours of objects 1, 2, 3 ..., then from the start: bright and saturated, so that they show on grey pictures."""

POSITIVE_SYMBOL, NEGATIVE_SYMBOL = "disc", "square"

POSITIVE_SIGN, NEGATIVE_SIGN = "+", "−"

CLICK_SIZE, SMALLEST_CLICK = 11, 4
"""Diameter of a click's symbol without its border, in pixels of the canvas, and on a small object."""

LEAST_SIGNED = 9
"""Smaller symbols have no sign in them: shape and colour tell what they are."""

SYMBOLS_ALONG = 6
"""The object that a symbol is on is this many times larger, but for the limits above."""

CLICK_EXTENT = 1
"""Size of a click in the data; a larger one would stretch the slider of a stack beyond its slices."""


def placement(image: "Image") -> dict[str, object]:
    """Everything that puts a layer where the image is; units and names of axes are lost unless all go together."""
    return {
        "scale": image.scale,
        "translate": image.translate,
        "rotate": image.rotate,
        "shear": image.shear,
        "affine": image.affine,
        "units": image.units,
        "axis_labels": image.axis_labels,
    }


def create_labels(image: "Image") -> "Labels":
    """An empty labels layer on the grid of the image; memory is taken only where something is drawn.

    Masks that could fill a good part of the memory are kept in a temporary file, and the user is told.
    """
    from napari.layers import Labels
    from napari.utils.notifications import show_info

    shape = layer_data(image).shape[: image.ndim]
    data = zeros(shape, np.uint16)
    if isinstance(data, np.memmap):
        show_info(
            f"Masks of this image could take {gigabytes(data.nbytes)}: they are kept in a temporary file, which takes "
            "only the place of what you outline. Save them before you close napari."
        )
    return Labels(
        data,
        name=f"{image.name} masks",
        metadata={**image.metadata},
        opacity=0.5,
        colormap=object_colormap(),
        **placement(image),
    )


def object_colormap() -> "CyclicLabelColormap":
    """Bright colours, none near grey, neighbours far apart in hue; label 0 is transparent."""
    from napari.utils.colormaps import CyclicLabelColormap

    return CyclicLabelColormap(colors=[HIDDEN, *OBJECT_COLORS], name="simpleclick")


def make_room(labels: "Labels", label: int) -> None:
    """Let the layer hold a number: those of 16 bits end at 65535, and numbers of 32 bits take twice the memory.

    Raises
    ------
    OSError
        If there is neither memory nor disk space for the larger numbers.
    """
    if label <= np.iinfo(labels.data.dtype).max:
        return
    wide = zeros(labels.data.shape, np.uint32)
    for place, part in enumerate(labels.data):
        wide[place] = part
    labels.data = wide


def create_points(image: "Image") -> "Points":
    """An empty points layer for the clicks."""
    from napari.layers import Points

    return Points(
        np.zeros((0, image.ndim)),
        ndim=image.ndim,
        name=f"{image.name} clicks",
        features={"positive": np.zeros(0, bool), "sign": np.zeros(0, str)},
        text={"string": "{sign}", "color": "white", "size": 10, "anchor": "center"},
        size=CLICK_EXTENT,
        canvas_size_limits=(CLICK_SIZE, CLICK_SIZE),
        border_color="white",
        border_width=0.03,
        **placement(image),
    )


def show_clicks(points: "Points", places: list[tuple[float, ...]], clicks: list[Click]) -> None:
    """Make the layer show these clicks: blue discs (+) where the object is, orange squares (−) where it is not.

    Only what differs is set, because napari draws the layer anew each time.

    Parameters
    ----------
    points, places, clicks
        The layer, a place for every click, one number per axis of the layer, and the clicks in the same order.
    """
    data = np.asarray(places, float).reshape(-1, points.ndim)
    positive = np.asarray([click.positive for click in clicks], bool)
    if points.selected_data:
        points.selected_data = set()
    same = np.array_equal(points.data, data)
    if not same:
        # In between, symbols and colours are those of other clicks.
        with points.events.blocker_all():
            # napari's status line reads the layer in a thread of its own, and tells an error where points are gone.
            points.shown = False
            points.set_view_slice()
            points.data = data
            points.shown = True
        # napari looks for the points of the slice only if the layer is visible; those it knows may be gone.
        points.set_view_slice()
        points.events.data(value=data, action="changed")
    if not np.array_equal(points.features["positive"].to_numpy(object, na_value=None), positive):
        same = False
        points.features = {"positive": positive, "sign": np.where(positive, POSITIVE_SIGN, NEGATIVE_SIGN)}
    if len(data):
        same = not paint_signs(points, positive) and same
    if not same:
        points.refresh(thumbnail=False, extent=False)


def symbol_size(side: float | None) -> float:
    """Diameter of the symbols of clicks, in pixels of the canvas.

    Parameters
    ----------
    side
        The shorter side of the object on the canvas, in the same pixels; None if there is none yet.

    Examples
    --------
    >>> symbol_size(None), symbol_size(300.0), symbol_size(36.0), symbol_size(8.0)
    (11, 11, 6.0, 4)
    """
    return CLICK_SIZE if side is None else max(SMALLEST_CLICK, min(CLICK_SIZE, side / SYMBOLS_ALONG))


def fit_symbols(points: "Points", plane: SliceView | None, side: float | None = None) -> None:
    """Draw symbols in their size where a slice has clicks, and nothing where it has none.

    There napari draws a point of size 0 at the origin, which the smallest size on the canvas would make visible.

    Parameters
    ----------
    points
        The layer.
    plane
        The displayed plane; None in 3-D display, which shows all clicks.
    side
        The shorter side of the object on the canvas, in pixels; None if there is none yet.
    """
    size = symbol_size(side)
    there = points.data
    for axis, at in enumerate(plane.point if plane else ()):
        if plane is not None and axis not in plane.axes:
            there = there[np.rint(there[:, axis]) == at]
    limits = (size if len(there) else 0, size)
    if tuple(points.canvas_size_limits) != limits:
        points.canvas_size_limits = limits
    if points.text.visible != (size >= LEAST_SIGNED):
        points.text.visible = size >= LEAST_SIGNED


def paint_signs(points: "Points", positive: np.ndarray) -> bool:
    """Give positive and negative points their colours and symbols; returns whether some had others."""
    from napari.utils.colormaps.standardize_color import transform_color

    blue, orange = transform_color([POSITIVE_COLOR, NEGATIVE_COLOR])
    colors = np.where(positive[:, None], blue, orange)
    symbols = np.where(positive, POSITIVE_SYMBOL, NEGATIVE_SYMBOL)
    # Symbols of a fixed size on the canvas get a border half as wide: in another color it would hide most of them.
    right = {"face_color": colors, "border_color": colors, "symbol": symbols, "size": CLICK_EXTENT}
    shown = {name: getattr(points, name) for name in right} | {
        "symbol": np.array([str(each) for each in points.symbol])
    }
    wrong = [name for name, value in right.items() if not np.all(shown[name] == value)]
    for name in wrong:
        setattr(points, name, right[name])
    return bool(wrong)


def refresh(labels: "Labels") -> None:
    """Draw the slice again; thumbnail and extent, which take long on large planes, can wait."""
    labels.refresh(thumbnail=False, highlight=False, extent=False)


def set_new_sign(points: "Points", *, positive: bool) -> None:
    """Choose what new points are, added by a click or with the tool of napari."""
    if points.feature_defaults["positive"].tolist() != [positive]:
        points.feature_defaults = {"positive": positive, "sign": POSITIVE_SIGN if positive else NEGATIVE_SIGN}
        # As they come with the right ones, `paint_signs` need not set those of all points, which draws them anew.
        points.current_face_color = points.current_border_color = POSITIVE_COLOR if positive else NEGATIVE_COLOR
        points.current_symbol = POSITIVE_SYMBOL if positive else NEGATIVE_SYMBOL


def set_colors(
    labels: "Labels", color: Callable[[int], Any], chosen: Mapping[int, str | None], *, automatic: Any
) -> None:
    """Show some labels in chosen colors, and hide others.

    Parameters
    ----------
    labels
        The layer.
    color
        The automatic color of a label.
    automatic
        The colormap that napari gave it.
    chosen
        Every label in use: its color, "" for the automatic one, None to hide it; empty for automatic colors.
    """
    from napari.utils.colormaps import DirectLabelColormap

    if not chosen:
        labels.colormap = automatic
        return
    colors = {label: HIDDEN if name is None else name or color(label) for label, name in chosen.items()}
    others: dict[int | None, Any] = {None: OTHER_LABELS, 0: HIDDEN}
    labels.colormap = DirectLabelColormap(color_dict=others | colors)


def read_clicks(
    points: "Points", planes: Mapping[Hashable, SliceView], keys: Iterable[Hashable], *, new_positive: bool
) -> dict[Hashable, tuple[Click, ...]]:
    """The clicks that the layer shows, by plane.

    Parameters
    ----------
    points
        The layer, after somebody may have dragged, deleted or added points with napari's tools.
    planes
        Planes by key.
    keys
        Which planes to look at.
    new_positive
        Sign of points that were added.
    """
    found: dict[Hashable, list[Click]] = {key: [] for key in keys}
    signs = points.features["positive"].to_numpy(bool, na_value=new_positive)
    for place, positive in zip(points.data, signs, strict=True):
        key = next((key for key in found if lies_on(place, planes[key])), None)
        if key is not None:
            row, col = planes[key].to_plane(place)
            found[key].append(Click(round(row), round(col), bool(positive)))
    return {key: tuple(clicks) for key, clicks in found.items()}


def lies_on(place: np.ndarray, plane: SliceView) -> bool:
    """Whether a position in indices of the array is on a plane."""
    return all(round(place[axis]) == at for axis, at in enumerate(plane.point) if axis not in plane.axes)
