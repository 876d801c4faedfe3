"""Slice strip: a bar with a cell per slice that shows where the present object came from; a click goes to the slice."""

from collections.abc import Collection

from qtpy.QtCore import QEvent, QRectF, QSize, Qt, Signal
from qtpy.QtGui import QBrush, QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from qtpy.QtWidgets import QSizePolicy, QToolTip, QWidget

from napari_simpleclick.inference.session import UNREVIEWED, Origin
from napari_simpleclick.plugin.workspace.slices import SliceStates

COLORS: dict[Origin, str] = {
    "clicked": "#1f77e0",
    "painted": "#ffc2f5",
    "accepted": "#4fd35f",
    "propagated": "#e8b10c",
    "interpolated": "#c2410c",
}
"""Reviewed slices are full, the others hatched; within each kind colour-blind people tell the colours apart, too."""

EMPTY, FRAME, HERE = "#5a6068", "#8a9099", "#ffffff"

HEIGHT = 30
"""In pixels."""

BAR_TOP, BAR_BOTTOM = 7, 23
"""The bar; the mark of the displayed slice is above it, the lock below."""


class SliceStrip(QWidget):
    """What there is of an object on every slice."""

    chosen = Signal(int)
    """The slice that was clicked, or reached with the arrow keys."""

    def __init__(self) -> None:
        super().__init__()
        self.states = SliceStates()
        self.setAccessibleName("Slices of the object")
        self.setToolTip("A cell per slice: click to go there. The colours are explained below")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Wide enough to hit a slice of a short stack."""
        return QSize(200, HEIGHT)

    def show_states(self, states: SliceStates) -> None:
        """Show what there is of an object now."""
        if states != self.states:
            self.states = states
            counts = [sum(o == origin for o in states.origins.values()) for origin in COLORS]
            told = ", ".join(f"{count} {origin}" for count, origin in zip(counts, COLORS, strict=True) if count)
            self.setAccessibleDescription(f"{states.text(states.shown)}. Of {states.count} slices: {told or 'none'}")
            self.update()

    def slice_at(self, x: float) -> int:
        """The slice at a horizontal position in pixels."""
        return min(max(int(x * self.states.count / max(self.width(), 1)), 0), self.states.count - 1)

    def span(self, place: int) -> tuple[float, float]:
        """Left edge and width of a slice's cell in pixels."""
        width = self.width() / max(self.states.count, 1)
        return place * width, width

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw the bar, then the mark of the displayed slice."""
        painter, states = QPainter(self), self.states
        if not states.count:
            return
        height = BAR_BOTTOM - BAR_TOP
        painter.fillRect(QRectF(0, BAR_TOP, self.width(), height), QColor(EMPTY))
        for place, origin in states.origins.items():
            left, width = self.span(place)
            # The less certain propagation was, the lower the bar; colour and hatching tell the rest.
            tall = height * (0.2 + 0.8 * states.sureness(place)) if origin == "propagated" else height
            cell = QRectF(left, BAR_BOTTOM - tall, max(width, 1.0), tall)
            painter.fillRect(cell, QColor(COLORS[origin]))
            if origin in UNREVIEWED:
                painter.fillRect(cell, QBrush(QColor("black"), Qt.BrushStyle.BDiagPattern))
            if states.locked:
                painter.fillRect(QRectF(left, BAR_BOTTOM + 2, max(width, 1.0), 3), QColor(HERE))
        if self.span(0)[1] > 4:
            painter.setPen(QPen(QColor(FRAME), 1))
            for place in range(1, states.count):
                painter.drawLine(round(self.span(place)[0]), BAR_TOP, round(self.span(place)[0]), BAR_BOTTOM - 1)
        left, width = self.span(states.shown)
        painter.setPen(QPen(QColor(HERE), 2))
        painter.drawRect(QRectF(left, BAR_TOP - 3, max(width, 3.0), height + 6))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Go to the slice that was clicked, or dragged over."""
        if event is not None and self.states.count and event.buttons() & Qt.MouseButton.LeftButton:
            self.chosen.emit(self.slice_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """The same while dragging."""
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrows go to the slices beside the displayed one, Home and End to the first and the last."""
        here, last = self.states.shown, self.states.count - 1
        keys = {
            Qt.Key.Key_Left: max(here - 1, 0),
            Qt.Key.Key_Right: min(here + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if event is not None and event.key() in keys and self.states.count:
            self.chosen.emit(keys[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent | None) -> bool:
        """The tooltip tells of the slice under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.states.count:
            QToolTip.showText(event.globalPos(), self.states.text(self.slice_at(event.pos().x())), self)
            return True
        return super().event(event)


def legend(shown: Collection[Origin]) -> str:
    """What these colours mean, as HTML."""
    cells = [
        f"<span style='color:{color}'>{'▨' if origin in UNREVIEWED else '■'}</span>&nbsp;{origin}"
        for origin, color in COLORS.items()
        if origin in shown
    ]
    return " ".join(cells)
