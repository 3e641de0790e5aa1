"""A funnel chart: where each one stands against what chance gives for its size; beside it stands the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString

from .charts import BOTTOM, COLOURS, GRID, HEIGHT, INK, LEFT, RIGHT, TOP, WIDTH, _svg, _words, nice_top, short

TALLEST = 4.0  # ratios above are drawn at the top edge: one small provider must not flatten the others


@dataclass(frozen=True)
class Dot:
    """One on the chart: how much was expected, the ratio of observed to it, whether to name it, and what is told of it."""

    label: str
    expected: float
    ratio: float
    is_named: bool
    is_small: bool
    told: str


Edge = tuple[
    float, tuple[float, float], tuple[float, float]
]  # expected, and low and high of the inner and outer limits


def funnel_chart(
    *, title: str, description: str, dots: Sequence[Dot], edges: Sequence[Edge], across: str, up: str
) -> SafeString:
    """Return the dots over two funnels of limits; small ones are hollow and never named. *across* and *up* name the axes."""
    right = max([each[0] for each in edges], default=1.0)
    step = nice_top(right / 5.01)  # of the axis across: some five round numbers
    tall = [dot.ratio for dot in dots if not dot.is_small] + [each[2][1] for each in edges[-1:]]
    top = min(TALLEST, nice_top(max([1.6, *tall])))

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * value / right

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(value, top) / top

    body = [_frame(x, y, top, across, up), *_along(x, right, step)]
    for which, opacity in ((2, 0.14), (1, 0.22)):
        there = [(x(each[0]), y(each[which][1])) for each in edges]
        back = [(x(each[0]), y(each[which][0])) for each in edges][::-1]
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in [*there, *back])
        body.append(f'<polygon points="{points}" fill="{COLOURS[2]}" fill-opacity="{opacity}"/>')
    body.append(
        f'<path d="M{LEFT} {y(1):.1f}H{WIDTH - RIGHT}" stroke="{INK}" stroke-width="2" stroke-dasharray="6 4"/>'
    )
    body += [_dot(x(dot.expected), y(dot.ratio), dot) for dot in dots]
    return _svg(title, description, body)


def _frame(x, y, top: float, across: str, up: str) -> str:
    parts = []
    for quarter in range(5):
        value = top * quarter / 4
        parts.append(f'<path d="M{LEFT} {y(value):.1f}H{WIDTH - RIGHT}" stroke="{GRID}" stroke-width="1"/>')
        parts.append(_words(LEFT - 8, y(value) + 5, short(value), anchor="end"))
    parts.append(_words(WIDTH - RIGHT, HEIGHT - 6, across, anchor="end"))
    parts.append(_words(8, 18, up))
    return "".join(parts)


def _along(x, right: float, step: float) -> list[str]:
    places = [step * number for number in range(int(right / step) + 1)]
    return [_words(x(each), HEIGHT - BOTTOM + 20, f"{each:g}", anchor="middle") for each in places]


def _dot(x: float, y: float, dot: Dot) -> str:
    fill, edge = ("#ffffff", COLOURS[5]) if dot.is_small else (COLOURS[3] if dot.is_named else COLOURS[0], "#ffffff")
    mark = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4 if dot.is_small else 6}" fill="{fill}" stroke="{edge}" '
        f'stroke-width="1.5"><title>{escape(dot.told)}</title></circle>'
    )
    if not dot.is_named:
        return mark
    is_left = x > WIDTH * 0.7
    return mark + _words(x + (-10 if is_left else 10), y + 5, dot.label, anchor="end" if is_left else "start")
