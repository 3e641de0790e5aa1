"""The public record of each algorithm, in the form of the Algorithmic Transparency Recording Standard (tier 1 and tier 2).

What people write stands in `records/*.toml`; rules, weights and versions are read from the code that is in force. A
fingerprint of both code and figures stands beside a dated log: when it no longer fits, `faults` says so and a test fails.
Source of the fields: the standard's template, version 3.0, and its guidance of 8 May 2025 (Government Digital Service). The
sections of tier 1 and of the first two of tier 2 are named as the template names them (read in 2026); the names of the others,
and of the fields, as published records tell them [M]: `COMPARE` says so in the files. The standard's own repository
(co-cddo/algorithmic-transparency-recording-standard) lists a guidance and a change log of a version 4.0, which could be read
neither there nor elsewhere: until somebody has, the records name the version that they follow.
"""

import ast
import hashlib
import io
import json
import tokenize
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from placewell import __version__
from placewell.engines import matching
from placewell.placements import queries as placements

SLUGS = ("matching", "forecast", "visits")
STANDARD = "Algorithmic Transparency Recording Standard, template 3.0"
COMPARE = (
    "Compare the names of the fields with the template in force before this is sent to the national repository: those of "
    "sections 3 to 5 were taken from published records. The records follow version 3.0; there is a version 4.0 since, with "
    "a log of what it changes, in the standard's public repository."
)
# Of each section: its title, where its words stand, and its fields with the words that each says, one after the other.
FIELDS: tuple[tuple[str, str, tuple[tuple[str, tuple[str, ...]], ...]], ...] = (
    ("Tier 1: overview", "tier_1", (
        ("Description", ("description", "how_it_is_used", "why")), ("Website URL", ("website",)),
        ("Contact email", ("contact",)))),
    ("Tier 2, section 1: owner and responsibility", "owner", (
        ("Team", ("team",)), ("Senior responsible owner", ("senior_responsible_owner",)),
        ("Third party involvement", ("third_party",)), ("Procurement procedure type", ("procurement",)),
        ("Third party data access terms", ("data_access",)))),
    ("Tier 2, section 2: description and rationale", "rationale", (
        ("Detailed description", ("detail",)), ("Scope", ("scope",)), ("Benefit", ("benefits",)),
        ("Previous process", ("previous_process",)), ("Alternatives considered", ("alternatives",)))),
    ("Tier 2, section 3: deployment context", "deployment", (
        ("Integration into broader operational process", ("integration",)), ("Human review", ("human_review",)),
        ("Frequency and scale of usage", ("frequency",)), ("Required training", ("training",)),
        ("Appeals and review", ("appeals",)))),
    ("Tier 2, section 4: tool specification", "tool", (
        ("System architecture", ("architecture",)), ("System-level input", ("inputs",)),
        ("System-level output", ("outputs",)), ("Maintenance", ("maintenance",)),
        ("Model performance", ("performance",)), ("Datasets and their purposes", ("datasets",)),
        ("Sensitive attributes", ("sensitive",)), ("Data completeness and representativeness", ("completeness",)),
        ("Data access and storage", ("storage",)))),
    ("Tier 2, section 5: risks, mitigations and impact assessments", "impact", (
        ("Impact assessment", ("assessments",)),)),
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One section of a record: its title, and pairs of a field's name and what is said."""

    title: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Listing:
    """A table that is read from what is in force."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Change:
    """One line of the log: when, what changed, and the fingerprint of what has been in force since."""

    on: str
    what: str
    fingerprint: str


@dataclass(frozen=True)
class Record:
    """The record of one algorithm as it is published."""

    slug: str
    name: str
    organisation: str
    phase: str
    version: str
    standard: str
    fingerprint: str
    parts: tuple[Part, ...]
    listings: tuple[Listing, ...]
    changes: tuple[Change, ...]  # the newest first


def record(slug: str, *, organisation: str = "") -> Record:
    """Return the record of the algorithm *slug* of `SLUGS`; *organisation* is whose it is, where that is known."""
    words = _words(slug)
    parts = [
        Part(title, tuple((name, " ".join(words[key][each] for each in said)) for name, said in fields))
        for title, key, fields in FIELDS
    ]
    risks = tuple((each["what"], each["so"]) for each in words.get("risk", ()))
    parts.append(Part("Risks and mitigations", risks))
    changes = tuple(Change(f"{each['on']}", each["what"], each["fingerprint"]) for each in words["change"])
    return Record(
        slug,
        words["name"],
        organisation or "The council that runs it",
        words["phase"],
        __version__,
        STANDARD,
        fingerprint(slug),
        tuple(parts),
        tuple(LIVE[slug](words)),
        changes[::-1],
    )


def faults(slug: str) -> list[str]:
    """Return what is wrong with a record: nothing when its newest line is of what is in force."""
    changes = _words(slug)["change"]
    found = []
    if changes[-1]["fingerprint"] != fingerprint(slug):
        found.append(
            f"{slug}: a rule, a weight or what it reads has changed, and its public record has not. Add a [[change]] to "
            f"placewell/overview/records/{slug}.toml that says in plain words what changed, with today's day and "
            f'fingerprint = "{fingerprint(slug)}"; then write the files with: placewell export algorithms docs/algorithms'
        )
    if [each["on"] for each in changes] != sorted(each["on"] for each in changes):
        found.append(f"{slug}: the log is not in the order of its days.")
    return found


@cache
def _words(slug: str) -> Mapping[str, Any]:
    return tomllib.loads((files("placewell.overview") / "records" / f"{slug}.toml").read_text())


def _of_matching(words: Mapping[str, Any]) -> Iterable[Listing]:
    weights = placements.weights()
    yield Listing(
        "Rules: each leaves a home out", ("Rule", "What it says of the home"), tuple(matching.REASONS.items())
    )
    per = {"km": f"a kilometre, at most {weights.km_cap}", "school_km": f"a kilometre, at most {weights.school_cap}",
           "price": f"each £{weights.price_step} a week", "skill": "each skill that is missing", "tier": "each tier",
           "stability": "each point below 100", "outcome": "each ten points below 100"}  # fmt: skip
    rows = tuple(
        (words, f"{getattr(weights, term)}", per.get(term, "where it is so"))
        for term, words in placements.TERMS.items()
    )
    since = placements.weights_since()
    yield Listing(f"Points, in force since {since:%-d %B %Y}", ("What counts against a home", "Points", "For"), rows)
    told = tuple((each["name"], each["used"], each["how"]) for each in words["characteristic"])
    yield Listing("What the Equality Act protects, and what the ranking reads", ("Characteristic", "Used", "How"), told)


def _of_forecast(_words: Mapping[str, Any]) -> Iterable[Listing]:
    readme = (files("placewell.engines.forecast") / "README.md").read_text()
    method = readme.split("## Method", 1)[1].split("\n## ", 1)[0]
    steps = [part for part in method.split("\n") if part[:1].isdigit() and "**" in part]
    rows = tuple((f"{number}", step.split("**")[1].rstrip(".")) for number, step in enumerate(steps, start=1))
    yield Listing("Steps of the method (the engine's README has each in full)", ("Step", "What it does"), rows)


def _of_visits(_words: Mapping[str, Any]) -> Iterable[Listing]:
    table = tomllib.loads((files("placewell.visits") / "tables" / "planning.toml").read_text())
    newest = max(next(rows for rows in table.values() if isinstance(rows, list)), key=lambda row: row["valid_from"])
    rows = tuple((PRICES[name], f"{newest[name]}") for name in PRICES)
    yield Listing(f"Prices in pence, in force since {newest['valid_from']:%-d %B %Y}", ("What", "Figure"), rows)


PRICES = {
    "min_p": "A minute on the road",
    "km_p": "A kilometre",
    "late_fixed": "A visit that is late",
    "late_day": "Each day that it is late",
    "not_own": "A visit by another than the child's own worker",
    "early": "A visit made a whole interval before it is due",
    "unplanned": "A visit that is left out",
    "risk": "A visit planned for its last day; half of it a day before",
    "moved": "A visit moved from where an earlier plan had it",
}
LIVE: dict[str, Callable[[Mapping[str, Any]], Iterable[Listing]]] = {
    "matching": _of_matching,
    "forecast": _of_forecast,
    "visits": _of_visits,
}
# Of each algorithm: the code that is its rules (module, and which of its functions; none: all of it), and its tables.
CODE: dict[str, Sequence[tuple[str, str, tuple[str, ...]]]] = {
    "matching": (
        ("placewell.engines.matching", "table.py", ("_fixed_terms", "_rules", "varying_terms", "refusals", "costs",
                                                    "distance", "squared")),
        ("placewell.engines.matching", "rank.py", ("__init__",)),
        ("placewell.placements", "queries/market_now.py", ("as_child", "_as_home", "_deal", "as_homes", "at_risk",
                                                           "residents", "_no_go")),
        ("placewell.placements", "rules/__init__.py", ("may_live_in",)),
        ("placewell.placements", "tables/weights.toml", ()),
        ("placewell.outcomes", "queries/records.py", ("records_of_homes", "_counted", "_told", "_drawn")),
    ),
    "forecast": tuple(
        ("placewell.engines.forecast", f"{name}.py", ())
        for name in ("hazards", "levels", "fit", "entries", "returns", "arrivals", "kernels", "expected", "backtest",
                     "spend", "prices")
    ),
    "visits": (
        ("placewell.engines.routing", "check.py", ()),
        ("placewell.visits", "tables/planning.toml", ()),
        ("placewell.visits", "tables/duties.toml", ()),
    ),
}  # fmt: skip


@cache
def fingerprint(slug: str) -> str:
    """Return twelve digits that change when a rule or a weight of the algorithm does, and not when a comment does."""
    found = hashlib.sha256()
    for package, path, names in CODE[slug]:
        text = (files(package) / path).read_text()
        if path.endswith(".toml"):
            found.update(json.dumps(tomllib.loads(text), default=str, sort_keys=True).encode())
        else:
            found.update("\n".join(_tokens(part) for part in _functions(text, names)).encode())
    return found.hexdigest()[:12]


def _functions(text: str, names: tuple[str, ...]) -> list[str]:
    """Return the source of the functions *names* of a module, or all of it when none is named."""
    if not names:
        return [text]
    found = {
        node.name: ast.get_source_segment(text, node) or ""
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.name in names
    }
    return [found[name] for name in names]


def _tokens(text: str) -> str:
    """Return the code of *text* without comments, documentation, layout and trailing commas."""
    kept: list[str] = []
    before = tokenize.NEWLINE
    empty = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)
    for one in tokenize.generate_tokens(io.StringIO(text + "\n").readline):
        is_doc = one.type == tokenize.STRING and before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.NL)
        if one.type not in empty and not is_doc:
            if one.string in ")]}" and kept and kept[-1] == ",":
                kept.pop()
            kept.append(one.string)
        before = one.type if one.type != tokenize.COMMENT else before
    return " ".join(kept)


def as_json(one: Record) -> str:
    """Return a record as JSON."""
    return json.dumps(asdict(one), indent=2, ensure_ascii=False) + "\n"


def as_markdown(one: Record) -> str:
    """Return a record as a page of text."""
    lines = [f"# {one.name}", "", f"{one.standard}. Version {one.version}, fingerprint `{one.fingerprint}`.",
             f"Organisation: {one.organisation}. Phase: {one.phase}.", "", COMPARE, ""]  # fmt: skip
    for part in one.parts:
        lines += [f"## {part.title}", ""]
        for name, said in part.fields:
            lines += [f"**{name.rstrip('.')}.** {said}", ""]
    for table in one.listings:
        lines += [f"## {table.title}", "", "| " + " | ".join(table.head) + " |", "|" + "---|" * len(table.head)]
        lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table.rows] + [""]
    lines += ["## What changed", ""]
    lines += [f"- {each.on}: {each.what} (`{each.fingerprint}`)" for each in one.changes]
    return "\n".join(lines) + "\n"
