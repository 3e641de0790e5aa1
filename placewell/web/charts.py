"""Charts as SVG, drawn on the server: the same picture on a page and in a document. Each has a title and a
description for people who hear it, and stands beside the table of its figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import count
from math import ceil, floor, log10

from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 760, 340
LEFT, RIGHT, TOP, BOTTOM = 76, 20, 34, 46
# Okabe and Ito's colours, told apart by people with any colour vision; darkened where they hold text.
COLOURS = ("#0f4c4a", "#d99a2b", "#4c7fb0", "#b3541e", "#8a6d9e", "#6b7a77")
_ids = count(1)


@dataclass(frozen=True)
class Series:
    """One row of values, and what it is called."""

    label: str
    values: Sequence[float]


@dataclass(frozen=True)
class Line:
    """A level across the chart: the envelope, a target."""

    label: str
    value: float


def stacked_bars(
    *,
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    levels: Sequence[float | None] = (),
    level_label: str = "",
) -> SafeString:
    """Return bars, one for each label, made of the series on top of each other; *levels* marks a limit on each bar.

    Raises:
        ValueError: a series has not one value for each label.
    """
    if any(len(one.values) != len(labels) for one in series):
        raise ValueError("every series needs one value for each label")
    totals = [sum(one.values[i] for one in series) for i in range(len(labels))]
    top = nice_top(max([*totals, *(level for level in levels if level is not None), 1]))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    body = [_axis(top)]
    for place, label in enumerate(labels):
        x, base = LEFT + step * place + step * 0.18, 0.0
        for number, one in enumerate(series):
            height = one.values[place]
            if height > 0:
                body.append(
                    _bar(
                        x,
                        base,
                        height,
                        step * 0.64,
                        top,
                        COLOURS[number % len(COLOURS)],
                        f"{label}, {one.label}: {height:,.0f}",
                    )
                )
            base += height
        body.append(_words(x + step * 0.32, HEIGHT - BOTTOM + 20, label, anchor="middle"))
        if place < len(levels) and levels[place] is not None:
            y = _y(levels[place], top)
            body.append(
                f'<path d="M{x - step * 0.1:.1f} {y:.1f}h{step * 0.84:.1f}" stroke="#14201f" stroke-width="2.5" stroke-dasharray="6 4"/>'
            )
    keys = [(one.label, COLOURS[i % len(COLOURS)]) for i, one in enumerate(series)]
    return _svg(title, description, body, keys, level_label)


def lines(
    *, title: str, description: str, labels: Sequence[str], series: Sequence[Series], level: Line | None = None
) -> SafeString:
    """Return lines over the labels, and a level across when there is one."""
    everything = [value for one in series for value in one.values] + ([level.value] if level else [])
    top = nice_top(max([*everything, 1]))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(labels) - 1)
    body = [_axis(top)]
    every = max(1, ceil(len(labels) / 8))
    body += [
        _words(LEFT + step * i, HEIGHT - BOTTOM + 20, label, anchor="middle")
        for i, label in enumerate(labels)
        if i % every == 0
    ]
    for number, one in enumerate(series):
        points = " ".join(f"{LEFT + step * i:.1f},{_y(value, top):.1f}" for i, value in enumerate(one.values))
        body.append(
            f'<polyline points="{points}" fill="none" stroke="{COLOURS[number % len(COLOURS)]}" stroke-width="2.5"/>'
        )
    if level:
        body.append(
            f'<path d="M{LEFT} {_y(level.value, top):.1f}H{WIDTH - RIGHT}" stroke="#14201f" stroke-width="2" stroke-dasharray="6 4"/>'
        )
    keys = [(one.label, COLOURS[i % len(COLOURS)]) for i, one in enumerate(series)]
    return _svg(title, description, body, keys, level.label if level else "")


def nice_top(value: float) -> float:
    """Return a round number at or above *value* for the top of an axis."""
    unit = 10 ** floor(log10(value))
    return next(unit * step for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if unit * step >= value)


def short(value: float) -> str:
    """Write an axis value shortly: 10.3m, 250k, 40."""
    for size, letter in ((1_000_000, "m"), (1_000, "k")):
        if abs(value) >= size:
            return f"{value / size:.1f}".removesuffix(".0") + letter
    return f"{value:g}"


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _bar(x: float, base: float, height: float, width: float, top: float, colour: str, told: str) -> str:
    high = _y(base + height, top)
    size = f'x="{x:.1f}" y="{high:.1f}" width="{width:.1f}" height="{_y(base, top) - high:.1f}"'
    return f'<rect {size} fill="{colour}"><title>{escape(told)}</title></rect>'


def _words(x: float, y: float, text: str, *, anchor: str = "start", weight: str = "400") -> str:
    look = f'text-anchor="{anchor}" font-size="14" font-weight="{weight}" fill="#14201f"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(text)}</text>'


def _axis(top: float) -> str:
    parts = []
    for fifth in range(5):
        value = top * fifth / 4
        y = _y(value, top)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#b8c9c6" stroke-width="1"/>')
        parts.append(_words(LEFT - 8, y + 5, short(value), anchor="end"))
    return "".join(parts)


def _svg(title: str, description: str, body: Sequence[str], keys: Sequence[tuple[str, str]], level: str) -> SafeString:
    number, x = next(_ids), float(LEFT)
    legend = []
    for label, colour in keys:
        legend.append(f'<rect x="{x:.0f}" y="8" width="13" height="13" fill="{colour}"/>' + _words(x + 19, 20, label))
        x += 34 + 7.6 * len(label)
    if level:
        legend.append(
            f'<path d="M{x:.0f} 15h26" stroke="#14201f" stroke-width="2.5" stroke-dasharray="6 4"/>'
            + _words(x + 33, 20, level)
        )
    inside = "".join([*legend, *body])
    return mark_safe(  # noqa: S308 - every text in it is escaped above
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-labelledby="chart{number}t chart{number}d" font-family="Helvetica Neue, Arial, sans-serif">'
        f'<title id="chart{number}t">{escape(title)}</title><desc id="chart{number}d">{escape(description)}</desc>{inside}</svg>'
    )
