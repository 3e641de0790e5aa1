"""A forest chart: differences with their intervals, one under the other, beside a line at nought."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString

from .charts import COLOURS, GRID, INK, WIDTH, _svg, _words, nice_top, short

LEFT, RIGHT, TOP, ROW = 250, 30, 40, 34


@dataclass(frozen=True)
class Mark:
    """One line: its label, the difference with its interval, a second one (adjusted) if there is, and what is told of it."""

    label: str
    middle: float
    low: float
    high: float
    told: str
    second: tuple[float, float, float] | None = None


def forest_chart(
    *, title: str, description: str, marks: Sequence[Mark], lower: str, higher: str, first: str, second: str
) -> SafeString:
    """Return the marks from top to bottom; *lower* and *higher* say what lies to each side, *first* and *second* name the two."""
    ends = [abs(end) for one in marks for band in ((one.low, one.high), one.second or ()) for end in band]
    top = nice_top(max([*ends, 1e-9]))
    height = TOP + ROW * len(marks) + 64

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (max(-top, min(top, value)) + top) / (2 * top)

    foot = TOP + ROW * len(marks)
    body = []
    for quarter in range(5):
        value = top * (quarter - 2) / 2
        body.append(f'<path d="M{x(value):.1f} {TOP}V{foot}" stroke="{GRID}" stroke-width="1"/>')
        told = f"{'−' if value < 0 else '+' if value > 0 else ''}{short(abs(value))}"
        body.append(_words(x(value), foot + 20, told, anchor="middle"))
    body.append(f'<path d="M{x(0):.1f} {TOP - 6}V{foot}" stroke="{INK}" stroke-width="2"/>')
    body += [_words(LEFT, foot + 46, f"← {lower}"), _words(WIDTH - RIGHT, foot + 46, f"{higher} →", anchor="end")]
    body += _key(first, second if any(one.second for one in marks) else "")
    for number, one in enumerate(marks):
        y = TOP + ROW * (number + 0.5)
        body.append(_words(LEFT - 12, y + 5, one.label, anchor="end"))
        shift = 7 if one.second else 0
        body.append(_band(x, y - shift, (one.middle, one.low, one.high), COLOURS[0], one.told, hollow=False))
        if one.second:
            body.append(_band(x, y + shift, one.second, COLOURS[1], one.told, hollow=True))
    return _svg(title, description, body, height=height)


def _band(x, y: float, band: tuple[float, float, float], colour: str, told: str, *, hollow: bool) -> str:
    middle, low, high = band
    fill = "#ffffff" if hollow else colour
    return (
        f'<path d="M{x(low):.1f} {y:.1f}H{x(high):.1f}" stroke="{colour}" stroke-width="3"/>'
        f'<circle cx="{x(middle):.1f}" cy="{y:.1f}" r="6" fill="{fill}" stroke="{colour}" stroke-width="2">'
        f"<title>{escape(told)}</title></circle>"
    )


def _key(first: str, second: str) -> list[str]:
    parts, x = [], float(LEFT)
    for words, colour, hollow in ((first, COLOURS[0], False), (second, COLOURS[1], True)):
        if words:
            fill = "#ffffff" if hollow else colour
            parts.append(f'<circle cx="{x + 6:.0f}" cy="15" r="6" fill="{fill}" stroke="{colour}" stroke-width="2"/>')
            parts.append(_words(x + 19, 20, words))
            x += 40 + 7.6 * len(words)
    return parts
