"""Pictures of the examples: axes, lines, bands and dots as plain SVG, so that they need no library and few bytes."""

import math
from xml.sax.saxutils import escape

COLOURS = ["#3b6fb6", "#d1603d", "#4c9a62", "#8a5fb0", "#8c8c8c"]
MARGIN = 62, 20, 40, 46  # left, right, top, bottom


class Plot:
    """One pair of axes. Data are given in the units of the axes.

    Args:
        title: Stands above.
        x, y: Labels of the axes.
        x_range, y_range: From and to.
        size: Width and height in pixels.
        legend: The corner in which lines are named.
    """

    def __init__(self, title, x, y, x_range, y_range, size=(640, 360), legend="bottom right"):
        self.corner = legend.split()
        self.size, self.x_range, self.y_range = size, x_range, y_range
        self.labels: list[tuple[str, str]] = []
        self.parts: list[str] = []
        self.frame(title, x, y)

    # -- data --------------------------------------------------------------------------------------
    def line(self, points, label=None, colour=0, width=2, dash=False, closed=False):
        style = ' stroke-dasharray="5 4"' if dash else ""
        self.add(
            f'<{"polygon" if closed else "polyline"} points="{self.path(points)}" fill="none" '
            f'stroke="{COLOURS[colour]}" stroke-width="{width}"{style}/>'
        )
        self.legend(label, colour)

    def band(self, lower, upper, colour=0):
        outline = self.path([*lower, *reversed(upper)])
        self.add(f'<polygon points="{outline}" fill="{COLOURS[colour]}" fill-opacity="0.16"/>')

    def dots(self, points, label=None, colour=0, radius=3):
        for px, py in map(self.at, points):
            self.add(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="{radius}" fill="{COLOURS[colour]}"/>')
        self.legend(label, colour)

    def svg(self):
        width, height = self.size
        left, right, top, bottom = MARGIN
        tall = 18 * len(self.labels) + 6
        x = left + 10 if "left" in self.corner else width - right - 200
        y = top + 8 if "top" in self.corner else height - bottom - tall - 8
        if self.labels:
            self.add(
                f'<rect x="{x}" y="{y}" width="190" height="{tall}" fill="white" opacity="0.8"/>'
            )
        for i, (label, colour) in enumerate(self.labels):
            self.add(
                f'<rect x="{x + 4}" y="{y + 9 + 18 * i}" width="16" height="4" fill="{colour}"/>'
            )
            self.text(x + 28, y + 16 + 18 * i, label, anchor="start")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" font-family="sans-serif" font-size="12">\n'
            f'<rect width="{width}" height="{height}" fill="white"/>\n'
            + "\n".join(self.parts)
            + "\n</svg>\n"
        )

    # -- axes --------------------------------------------------------------------------------------
    def frame(self, title, x, y):
        width, height = self.size
        left, right, top, bottom = MARGIN
        self.text(width / 2, 22, title, size=14)
        self.text((left + width - right) / 2, height - 10, x)
        self.text(16, (top + height - bottom) / 2, y, turn=True)
        for value in ticks(*self.x_range):
            px, _ = self.at((value, self.y_range[0]))
            self.add(
                f'<line x1="{px:.1f}" y1="{top}" x2="{px:.1f}" y2="{height - bottom}" stroke="#e4e4e4"/>'
            )
            self.text(px, height - bottom + 16, f"{value:g}")
        for value in ticks(*self.y_range):
            _, py = self.at((self.x_range[0], value))
            self.add(
                f'<line x1="{left}" y1="{py:.1f}" x2="{width - right}" y2="{py:.1f}" stroke="#e4e4e4"/>'
            )
            self.text(left - 6, py + 4, f"{value:g}", anchor="end")

    def at(self, point):
        """Pixels of a point; what is outside the axes is put on their edge."""
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        width, height = self.size
        left, right, top, bottom = MARGIN
        x = min(max((point[0] - x0) / (x1 - x0), 0), 1)
        y = min(max((point[1] - y0) / (y1 - y0), 0), 1)
        return left + x * (width - left - right), height - bottom - y * (height - top - bottom)

    def path(self, points):
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in map(self.at, points))

    def legend(self, label, colour):
        if label is not None:
            self.labels.append((label, COLOURS[colour]))

    def add(self, part):
        self.parts.append(part)

    def text(self, x, y, text, size=12, anchor="middle", turn=False):
        turned = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turn else ""
        self.add(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{turned} '
            f'fill="#333">{escape(text)}</text>'
        )


def ticks(low, high):
    """Some five round numbers between the two."""
    step = 10 ** math.floor(math.log10((high - low) / 4))
    step *= next(f for f in (1, 2, 2.5, 5, 10) if (high - low) / (step * f) <= 6)
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 10) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def beside(*plots):
    """Several plots in one picture, from left to right."""
    height = max(plot.size[1] for plot in plots)
    x, parts = 0, []
    for plot in plots:
        parts.append(plot.svg().replace("<svg ", f'<svg x="{x}" ', 1))
        x += plot.size[0]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {x} {height}" width="{x}" height="{height}">\n'
        + "".join(parts)
        + "</svg>\n"
    )
