"""Icons of the dock: strokes on a grid of 24 pixels, drawn in the colour and size of the text beside them."""

from functools import lru_cache

from qtpy.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from qtpy.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from qtpy.QtSvg import QSvgRenderer
from qtpy.QtWidgets import QPushButton, QSizePolicy, QWidget

from napari_simpleclick.plugin.display.layers import NEGATIVE_COLOR, POSITIVE_COLOR
from napari_simpleclick.plugin.widgets.blocks import named

MIRRORED = ' transform="matrix(-1 0 0 1 24 0)"'

DRAWINGS = {
    "add": f'<circle cx="12" cy="12" r="9" fill="{POSITIVE_COLOR}" stroke="none"/><path d="M7 12H17M12 7V17" '
    'stroke="white"/>',
    "remove": f'<rect x="4" y="4" width="16" height="16" fill="{NEGATIVE_COLOR}" stroke="none"/><path d="M7 12H17" '
    'stroke="white"/>',
    "box": '<rect x="4" y="6" width="16" height="12" stroke-dasharray="4 2"/>',
    "lasso": '<path d="M5 14C1 6 12 3 18 6S21 15 13 16S6 14 5 14V21"/>',
    "scribble": '<path d="M3 17Q7 5 10 12T15 13T21 6"/>',
    "undo": '<path d="M8 4L3 9L8 14M3 9H14A5.5 5.5 0 0 1 14 20H8"/>',
    "redo": f'<path d="M8 4L3 9L8 14M3 9H14A5.5 5.5 0 0 1 14 20H8"{MIRRORED}/>',
    "clear": '<path d="M5 5L19 19M19 5L5 19"/>',
    "new": '<circle cx="12" cy="12" r="9"/><path d="M7.5 12H16.5M12 7.5V16.5"/>',
    "eye": '<path d="M2 12Q12 2 22 12Q12 22 2 12Z"/><circle cx="12" cy="12" r="3"/>',
    "outline": '<circle cx="12" cy="12" r="9" stroke-dasharray="4 3"/>',
    "merge": '<circle cx="9" cy="12" r="6.5"/><circle cx="15" cy="12" r="6.5"/>',
    "delete": '<path d="M4 7H20M9 7V4H15V7M6 7L7 20H17L18 7"/>',
    "back": '<path d="M15 4L7 12L15 20"/>',
    "forward": f'<path d="M15 4L7 12L15 20"{MIRRORED}/>',
    "far_back": '<path d="M11 5L4 12L11 19M19 5L12 12L19 19"/>',
    "far_forward": f'<path d="M11 5L4 12L11 19M19 5L12 12L19 19"{MIRRORED}/>',
    "both": '<path d="M9 5L2 12L9 19M15 5L22 12L15 19M8 12H16"/>',
    "look": '<circle cx="10" cy="10" r="6.5"/><path d="M15 15L21 21"/>',
    "to": '<path d="M3 12H16M10 6L16 12L10 18M21 4V20"/>',
    "stop": '<rect x="5" y="5" width="14" height="14"/>',
    "between": '<path d="M3 4V20M21 4V20"/><path d="M7 12H18" stroke-dasharray="2 3"/>',
    "refine": '<path d="M3 4V20M21 4V20M6.5 12Q9 6 12 12T17.5 12"/>',
    "check": '<path d="M4 13L10 19L20 5"/>',
    "checks": '<path d="M2 13L7 18L15 6M11 17L12.5 18.5L22 6"/>',
    "more": '<path d="M5 9L12 16L19 9"/>',
    "close": '<path d="M6 6L18 18M18 6L6 18"/>',
}
"""What stands between the tags of an SVG; strokes take the colour of the text."""

SIDE = 24

SHARPNESS = 2
"""Pixels of a drawn icon per pixel of a screen of usual density."""

FAINT = 90
"""Opacity of a button that does nothing now, of 255."""


class IconButton(QPushButton):
    """A button with an icon instead of words; what it does is its tooltip, and read aloud.

    Parameters
    ----------
    drawing
        Name of one of `DRAWINGS`.
    name
        What assistive software reads.
    tooltip
        What it does, and its key.
    checkable
        Whether it stays pressed.
    """

    def __init__(self, drawing: str, name: str, tooltip: str, *, checkable: bool = False) -> None:
        super().__init__()
        self.drawing = drawing
        named(self, name, tooltip)
        self.setCheckable(checkable)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.fit()

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow napari's theme and size of font."""
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.fit()

    def fit(self) -> None:
        """Draw the icon in the colour and about the height of the text."""
        side = self.fontMetrics().height()
        self.setIconSize(QSize(side, side))
        color = text_color(self)
        self.setIcon(icon(self.drawing, color.name(), side))


def text_color(widget: QWidget) -> QColor:
    """The colour that a widget writes in."""
    return widget.palette().color(QPalette.ColorRole.ButtonText)


@lru_cache(maxsize=256)
def icon(drawing: str, color: str, side: int) -> QIcon:
    """An icon of a colour "#rrggbb" and a side in pixels, fainter where its button is switched off.

    Raises
    ------
    KeyError
        If there is no such drawing.
    """
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" fill="none" stroke="{color}" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{DRAWINGS[drawing]}</svg>'
    )
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    found = QIcon()
    for mode, opacity in ((QIcon.Mode.Normal, 255), (QIcon.Mode.Disabled, FAINT)):
        pixmap = QPixmap(SHARPNESS * side, SHARPNESS * side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(opacity / 255)
        renderer.render(painter, QRectF(0, 0, SHARPNESS * side, SHARPNESS * side))
        painter.end()
        found.addPixmap(pixmap, mode)
    return found
