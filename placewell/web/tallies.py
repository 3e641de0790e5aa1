"""Few things counted by kind, drawn as SVG: one square for each, so that a handful reads as a handful."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from django.utils.safestring import SafeString

from .charts import COLOURS, LETTER, LINE, WIDTH, _svg, _words

LABELS, GAP, TALL = 330, 3, 22  # how wide the words may be, how far squares lie apart, how tall one is
FOOT = 12  # below each row
MOST = 40  # in a row, one square for each; past that a bar in proportion


@dataclass(frozen=True)
class Tally:
    """One row: what is counted, how many, and which of the chart's two groups it belongs to."""

    label: str
    count: int
    of_second: bool = False


def tally_chart(*, title: str, description: str, rows: Sequence[Tally], groups: tuple[str, str]) -> SafeString:
    """Return a row for each of *rows*: its words, a square for each thing counted (a bar where they are very many), and how
    many; *groups* names the two colours, of which only those that occur stand in the key."""
    most = max((row.count for row in rows), default=1) or 1
    room = WIDTH - LABELS - 60
    step = min(TALL + GAP, room / most)
    body, y = [_key(rows, groups)], 40.0
    for row in rows:
        lines = wrap(row.label, int(LABELS / LETTER) - 2) or [""]
        colour = COLOURS[1 if row.of_second else 0]
        middle = y + max(TALL, LINE * len(lines)) / 2
        first = middle - LINE * (len(lines) - 1) / 2 + 5
        body += [_words(LABELS - 12, first + LINE * n, line, anchor="end") for n, line in enumerate(lines)]
        body += _marks(row, middle - TALL / 2, step, colour, is_many=most > MOST)
        body.append(_words(LABELS + step * row.count + 8, middle + 5, f"{row.count:,}"))
        y += max(TALL, LINE * len(lines)) + FOOT
    return _svg(title, description, body, height=y + 4)


def _key(rows: Sequence[Tally], groups: tuple[str, str]) -> str:
    x, parts = float(LABELS), []
    for second, label in enumerate(groups):
        if any(row.of_second == bool(second) for row in rows):
            parts.append(f'<rect x="{x:.0f}" y="8" width="13" height="13" fill="{COLOURS[second]}"/>')
            parts.append(_words(x + 19, 20, label))
            x += 40 + LETTER * len(label)
    return "".join(parts)


def _marks(row: Tally, y: float, step: float, colour: str, *, is_many: bool) -> list[str]:
    told = f"<title>{escape(row.label)}: {row.count:,}</title>"
    given = f'y="{y:.1f}" height="{TALL}" fill="{colour}"'
    if is_many:
        return [f'<rect x="{LABELS}" width="{step * row.count:.1f}" {given}>{told}</rect>']
    wide = max(step - GAP, 1)
    return [f'<rect x="{LABELS + step * n:.1f}" width="{wide:.1f}" {given}>{told}</rect>' for n in range(row.count)]
