"""Charts as SVG, drawn on the server: the same picture on a page and in a document.

Each has a title and a description for people who hear it, and stands beside the table of its figures. Looks are attributes,
never styles, so that the strict content security policy holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from textwrap import wrap
from zlib import crc32

from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 760, 340
LEFT, RIGHT, TOP, BOTTOM = 76, 20, 34, 46
LABEL_ROOM = 130  # at the right of lines, where each is named directly
LETTER, LINE = 7.6, 17  # of the words: how wide on average, and how far apart lines lie
SHORT_LABEL = 4  # letters: so short, a label is one of a row that may be thinned
SLOPING_STEP, SLOPE = 24, 0.71  # how near sloping labels may stand; the sine and cosine of 45 degrees
# After Okabe and Ito, told apart by people with any colour vision; each at least 3:1 against white (WCAG 1.4.11).
COLOURS = ("#0f4c4a", "#b9730a", "#3f74a6", "#b3541e", "#8a5f9e", "#5b6b69")
INK, GRID = "#14201f", "#b8c9c6"


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


@dataclass(frozen=True)
class Band:
    """Two rows of values between which the truth is expected to lie, and what the band is called."""

    label: str
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class _Scale:
    """How values and places become points of the picture."""

    low: float
    high: float
    places: int
    right: float = RIGHT
    between: bool = True

    @property
    def step(self) -> float:
        return (WIDTH - LEFT - self.right) / max(1, self.places if self.between else self.places - 1)

    def x(self, place: float) -> float:
        return LEFT + self.step * place

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - self.low) / (self.high - self.low)


def bar_chart(
    *,
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    levels: Sequence[float | None] = (),
    level_label: str = "",
    grouped: bool = False,
) -> SafeString:
    """Return bars for each label, the series on top of each other or, *grouped*, beside each other.

    *levels* marks a limit on each label's bars.

    Raises:
        ValueError: a series has not one value for each label, or a value is negative.
    """
    _same_length(labels, *(one.values for one in series))
    if any(value < 0 for one in series for value in one.values):
        raise ValueError("bars show what is nought or more")
    tall = [(max if grouped else sum)([one.values[i] for one in series] or [0]) for i in range(len(labels))]
    top = nice_top(max([*tall, *(level for level in levels if level is not None), 0]))
    whole = all(float(value).is_integer() for one in series for value in one.values)  # nobody counts half a child
    scale = _Scale(0, 4 * ceil(top / 4) if whole else top, len(labels))
    body = [_axis(scale)]
    for place, label in enumerate(labels):
        x, width, base = scale.x(place + 0.18), scale.step * 0.64, 0.0
        for number, one in enumerate(series):
            value = one.values[place]
            thin = width / len(series) if grouped else width
            left = x + thin * number if grouped else x
            if value > 0:
                told = f"{label}, {one.label}: {value:,.0f}"
                body.append(_bar(scale, left, thin, base, base + value, COLOURS[number % len(COLOURS)], told))
            base += 0 if grouped else value
        if place < len(levels) and (level := levels[place]) is not None:
            body.append(_dashes(x - scale.step * 0.1, scale.y(level), scale.step * 0.84))
    legend = _legend([(one.label, COLOURS[i % len(COLOURS)]) for i, one in enumerate(series)], level_label)
    below, deep = _below(scale, labels)
    return _svg(title, description, [legend, *body, *below], height=HEIGHT + deep)


def line_chart(
    *, title: str, description: str, labels: Sequence[str], series: Sequence[Series], level: Line | None = None
) -> SafeString:
    """Return lines over the labels, each named at its end, and a level across when there is one.

    Raises:
        ValueError: a series has not one value for each label.
    """
    _same_length(labels, *(one.values for one in series))
    everything = [value for one in series for value in one.values] + ([level.value] if level else [])
    scale = _line_scale(everything, len(labels))
    body = [_axis(scale), *_along(scale, labels)]
    for number, one in enumerate(series):
        body.append(_polyline(scale, one.values, COLOURS[number % len(COLOURS)]))
    if level:
        body.append(_dashes(LEFT, scale.y(level.value), WIDTH - LEFT - scale.right))
    named = [(one.values[-1], one.label, COLOURS[i % len(COLOURS)]) for i, one in enumerate(series) if one.values]
    body += _direct_labels(scale, named + ([(level.value, level.label, INK)] if level else []))
    return _svg(title, description, body)


def fan_chart(
    *,
    title: str,
    description: str,
    labels: Sequence[str],
    history: Sequence[float],
    middle: Sequence[float],
    bands: Sequence[Band],
    level: Line | None = None,
    came: Sequence[float] = (),
) -> SafeString:
    """Return what was, and after it what is expected, with bands around it, the widest first; *level* across.

    *history* takes the first labels; *middle* and each band take the rest, one value for each; *came* (what came since) some.

    Raises:
        ValueError: history and forecast together are not as long as the labels.
    """
    start = len(history)
    _same_length(labels[start:], middle, *(edge for band in bands for edge in (band.low, band.high)))
    everything = [*history, *middle, *(value for band in bands for value in (*band.low, *band.high)), *came]
    everything += [level.value] if level else []
    scale = _close_scale(everything, len(labels))
    body = [_axis(scale), *_along(scale, labels)]
    joint = list(history[-1:])
    first = start - len(joint)
    for number, band in enumerate(bands):
        there = [(scale.x(first + i), scale.y(v)) for i, v in enumerate([*joint, *band.high])]
        back = [(scale.x(first + i), scale.y(v)) for i, v in enumerate([*joint, *band.low])][::-1]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*there, *back])
        opacity = 0.18 + 0.2 * number
        body.append(f'<polygon points="{points}" fill="{COLOURS[2]}" fill-opacity="{opacity:.2f}"/>')
    body.append(_polyline(scale, history, COLOURS[0]))
    body.append(_polyline(scale, [*joint, *middle], COLOURS[2], first=first, dashed=True))
    if came:
        places = [(scale.x(start + n), scale.y(value)) for n, value in enumerate(came)]
        body += [_polyline(scale, [*joint, *came], COLOURS[3], first=first), _legend([("What came", COLOURS[3])], "")]
        body += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{COLOURS[3]}"/>' for x, y in places]
    named = [(band.high[-1], band.label, INK) for band in bands if band.high]
    named += [(middle[-1], "Expected", COLOURS[2])] if middle else []
    if level:
        body.append(_dashes(LEFT, scale.y(level.value), WIDTH - LEFT - scale.right))
        named.append((level.value, level.label, INK))
    body += _direct_labels(scale, named)
    return _svg(title, description, body)


def sparkline(*, title: str, values: Sequence[float]) -> SafeString:
    """Return a small line without axes, its last point marked; *title* says what it shows and how it went."""
    low, high = min(values, default=0), max(values, default=1)
    span, step = (high - low) or 1, 112 / max(1, len(values) - 1)
    points = [(4 + step * i, 24 - 20 * (value - low) / span) for i, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dot = f'<circle cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="3" fill="{COLOURS[3]}"/>' if points else ""
    return mark_safe(  # noqa: S308 - the only text in it is escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" class="pw-spark" viewBox="0 0 120 28" role="img">'
        f'<title>{escape(title)}</title><polyline points="{line}" fill="none" stroke="{COLOURS[0]}" stroke-width="2"/>'
        f"{dot}</svg>"
    )


def nice_top(value: float) -> float:
    """Return a number at or above *value* whose quarters are round, for the top of an axis; 1 for nought or less."""
    if value <= 0:
        return 1
    unit = 10 ** floor(log10(value))
    return next((unit * step for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10) if unit * step >= value), value)


def short(value: float) -> str:
    """Write an axis value shortly: 10.3m, 250k, −40."""
    sign, value = ("−" if value < 0 else ""), abs(value)
    for size, letter in ((1_000_000, "m"), (1_000, "k")):
        if value >= size:
            return f"{sign}{value / size:.2f}".rstrip("0").rstrip(".") + letter
    return f"{sign}{value:g}"


def _same_length(labels: Sequence[str], *rows: Sequence[float]) -> None:
    if any(len(row) != len(labels) for row in rows):
        raise ValueError("every series needs one value for each label")


def _line_scale(values: Sequence[float], places: int) -> _Scale:
    low = min([*values, 0])
    return _Scale(-nice_top(-low) if low < 0 else 0, nice_top(max([*values, 0])), places, LABEL_ROOM, between=False)


def _close_scale(values: Sequence[float], places: int) -> _Scale:
    """Return a scale close around *values*: lines, unlike bars, may start above nought."""
    least, most = min(values, default=0), max(values, default=1)
    step = nice_top(most - least) / 4
    while (low := floor(least / step) * step) + 4 * step < most:
        step = nice_top(step * 4.01) / 4
    return _Scale(low, low + 4 * step, places, LABEL_ROOM, between=False)


def _bar(scale: _Scale, x: float, width: float, base: float, top: float, colour: str, told: str) -> str:
    y, foot = scale.y(top), scale.y(base)
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{foot - y:.1f}" fill="{colour}" '
        f'stroke="#ffffff" stroke-width="1"><title>{escape(told)}</title></rect>'
    )


def _polyline(scale: _Scale, values: Sequence[float], colour: str, *, first: int = 0, dashed: bool = False) -> str:
    points = " ".join(f"{scale.x(first + i):.1f},{scale.y(value):.1f}" for i, value in enumerate(values))
    dash = ' stroke-dasharray="7 4"' if dashed else ""
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"{dash}/>'


def _dashes(x: float, y: float, width: float) -> str:
    return f'<path d="M{x:.1f} {y:.1f}h{width:.1f}" stroke="{INK}" stroke-width="2.5" stroke-dasharray="6 4"/>'


def _words(x: float, y: float, text: str, *, anchor: str = "start", fill: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="14" fill="{fill}">{escape(text)}</text>'


def _below(scale: _Scale, labels: Sequence[str]) -> tuple[list[str], float]:
    """Return the labels under bars so that none touches another, and how much deeper the picture becomes for them.

    In one line; else broken at spaces; else, where they are short, every so many; else sloping, cut where they are long (the
    bar itself tells the whole).
    """
    room = scale.step - 4
    longest, y = max(map(len, labels), default=0), HEIGHT - BOTTOM + 24
    middles = [scale.x(place + 0.5) for place in range(len(labels))]
    lines = [wrap(label, max(1, int(room / LETTER)), break_long_words=False) or [""] for label in labels]
    if all(len(rows) <= 3 and max(map(len, rows)) * LETTER <= room for rows in lines):
        parts = [
            _words(x, y + LINE * n, row, anchor="middle")
            for x, rows in zip(middles, lines, strict=True)
            for n, row in enumerate(rows)
        ]
        return parts, LINE * (max(map(len, lines), default=1) - 1)
    if longest <= SHORT_LABEL:
        every = ceil((longest * LETTER + 4) / scale.step)
        return [_words(x, y, labels[n], anchor="middle") for n, x in enumerate(middles) if n % every == 0], 0
    most = int(middles[0] / (LETTER * SLOPE))  # the first ends within the picture
    every = ceil(SLOPING_STEP / scale.step)
    cut = [label if len(label) <= most else label[: most - 1] + "…" for label in labels]
    parts = [
        f'<text x="{x:.1f}" y="{y - 8}" text-anchor="end" font-size="14" fill="{INK}" '
        f'transform="rotate(-45 {x:.1f} {y - 8})">{escape(cut[n])}</text>'
        for n, x in enumerate(middles)
        if n % every == 0
    ]
    return parts, max(map(len, cut)) * LETTER * SLOPE - 12


def _along(scale: _Scale, labels: Sequence[str]) -> Iterator[str]:
    every = max(1, ceil(len(labels) / 8))
    for place, label in enumerate(labels):
        if place % every == 0:
            yield _words(scale.x(place), HEIGHT - BOTTOM + 24, label, anchor="middle")


def _axis(scale: _Scale) -> str:
    parts = []
    for quarter in range(5):
        value = scale.low + (scale.high - scale.low) * quarter / 4
        y = scale.y(value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - scale.right:.1f}" stroke="{GRID}" stroke-width="1"/>')
        parts.append(_words(LEFT - 8, y + 5, short(value), anchor="end"))
    return "".join(parts)


def _direct_labels(scale: _Scale, named: Sequence[tuple[float, str, str]]) -> Iterator[str]:
    """Yield each line's name at its end, from the top down, moved apart where they would touch."""
    above = -100.0
    for value, label, colour in sorted(named, key=lambda each: -each[0]):
        above = max(scale.y(value) + 5, above + 17)
        yield _words(WIDTH - scale.right + 8, above, label, fill=colour)


def _legend(keys: Sequence[tuple[str, str]], level: str) -> str:
    x, parts = float(LEFT), []
    for label, colour in keys:
        parts.append(f'<rect x="{x:.0f}" y="8" width="13" height="13" fill="{colour}"/>' + _words(x + 19, 20, label))
        x += 34 + 7.6 * len(label)
    if level:
        parts.append(_dashes(x, 15, 26) + _words(x + 33, 20, level))
    return "".join(parts)


def _svg(title: str, description: str, body: Sequence[str], *, height: float = HEIGHT) -> SafeString:
    inside = "".join(body)
    key = f"chart{crc32(f'{title}{description}{inside}'.encode()):x}"  # the same picture has the same ids everywhere
    return mark_safe(  # noqa: S308 - every text in it is escaped above
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-labelledby="{key}t {key}d" font-family="Helvetica Neue, Arial, sans-serif">'
        f'<title id="{key}t">{escape(title)}</title><desc id="{key}d">{escape(description)}</desc>{inside}</svg>'
    )
