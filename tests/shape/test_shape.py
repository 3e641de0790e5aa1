"""The shape of the code, checked: who may import whom, who writes, who tells the time, how long a thing may grow."""

import ast
import tomllib
from pathlib import Path

import grimp
import pytest
from django.apps import apps

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "placewell"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LEVELS = [[name.strip().strip("()") for name in level.split("|")] for level in CONTRACTS[0]["layers"]]
HEIGHT = {name.strip("()"): len(LEVELS) - i for i, level in enumerate(LEVELS) for name in level}
ROOMS = {part.removeprefix("placewell.") for part in CONTRACTS[1]["containers"]} | {"accounts"}
FACE = {"actions", "queries", "permissions", "rules", "states"}
# Rooms whose public face has more than the usual names, and why.
WIDER_FACE = {
    "accounts": {"models", "roles"},  # the person who acts is a value in every signature
}
CLOCK = {"now", "today", "localdate", "localtime", "utcnow"}
LINES, FUNCTION_LINES = 330, 50


def sources(*names: str) -> list[Path]:
    """Return the package's modules with one of *names* (a module or the folder it became), or all for "*"."""
    found = [p for p in sorted(PACKAGE.rglob("*.py")) if "migrations" not in p.parts and "node_modules" not in p.parts]
    return [p for p in found if "*" in names or p.stem in names or p.parent.name in names]


def actions() -> list[Path]:
    """Return the modules of actions; `_steps.py` and the like hold what several actions share."""
    private = [p for p in sources("actions") if p.stem.startswith("_") and p.stem != "__init__"]
    return [p for p in sources("actions") if "audit" not in p.parts and p not in private]


def functions(tree: ast.AST) -> list[ast.FunctionDef]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]


def calls(node: ast.AST) -> set[str]:
    found = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
    return {getattr(f, "attr", getattr(f, "id", "")) for f in found}


def face_breaches(edges) -> list[str]:
    """Return the imports from one room into another that miss its public face."""
    broken = []
    for module, imported in edges:
        here, there = module.split(".")[1:2], imported.split(".")[1:3]
        if not here or here[0] not in ROOMS or there[0] not in ROOMS or here[0] == there[0]:
            continue
        if len(there) < 2 or there[1] not in FACE | WIDER_FACE.get(there[0], set()):
            broken.append(f"{module} -> {imported}")
    return broken


def action_faults(source: str) -> list[str]:
    """Return what is missing from the public actions in *source*."""
    faults = []
    for function in ast.parse(source).body:
        if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
            continue
        if not any("atomic" in ast.unparse(d) for d in function.decorator_list):
            faults.append(f"{function.name} is not atomic")
        called = calls(function)
        if "require" not in called:
            faults.append(f"{function.name} asks for no permission")
        if not called & {"record", "record_each", "change_state"}:
            faults.append(f"{function.name} leaves no trail")
        if function.args.args:
            faults.append(f"{function.name} takes arguments by position")
        if not ast.get_docstring(function):
            faults.append(f"{function.name} has no docstring")
    return faults


# Actions that may lack a part, and why.
ALLOWED = {
    "found_council asks for no permission",  # nobody exists yet
    "mark_read leaves no trail",  # what people have read of their own news is no act on anything
    "mark_unread leaves no trail",
    "note_opened leaves no trail",  # the record's own page writes that it was seen, where that matters
    "note_progress leaves no trail",  # how far a bar has moved is no act of anybody
}


def clock_faults(source: str) -> set[str]:
    return CLOCK & calls(ast.parse(source))


def too_long(source: str) -> list[str]:
    """Return the module, or the functions in it, that have grown too long."""
    long = [f.name for f in functions(ast.parse(source)) if f.end_lineno - f.body[0].lineno >= FUNCTION_LINES]
    return long + (["the module"] if len(source.splitlines()) > LINES else [])


def key_breaches(models) -> list[str]:
    """Return the foreign keys that do not point down."""
    broken = []
    for model in models:
        for field in model._meta.get_fields():
            target = field.related_model if field.many_to_one or field.one_to_one or field.many_to_many else None
            if not target or field.auto_created:
                continue
            here, there = model._meta.app_label, target._meta.app_label
            if here in ROOMS and there in ROOMS and here != there and HEIGHT[there] >= HEIGHT[here]:
                broken.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    return broken


def test_rooms_meet_only_at_their_public_face():
    graph = grimp.build_graph("placewell", cache_dir=None)
    edges = [(m, i) for m in graph.modules for i in graph.find_modules_directly_imported_by(m)]
    assert face_breaches(edges) == []


def test_foreign_keys_point_down():
    assert key_breaches(apps.get_models()) == []


@pytest.mark.parametrize(
    "path",
    actions(),
    ids=str,
)
def test_actions_are_atomic_permitted_audited_and_called_by_name(path):
    assert [fault for fault in action_faults(path.read_text()) if fault not in ALLOWED] == []


@pytest.mark.parametrize("path", sources("views", "api", "forms"), ids=str)
def test_pages_never_query_tables(path):
    names = {n.attr for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Attribute)}
    assert "objects" not in names


@pytest.mark.parametrize("path", [*sources("actions", "queries", "rules", "states"), *sources("*")], ids=str)
def test_time_is_handed_in(path):
    room = path.relative_to(PACKAGE).parts[0]
    if path.stem in {"actions", "queries", "rules", "states"} or room in {"engines", "kernel"}:
        assert clock_faults(path.read_text()) == set()


# Longer than the rest, and why. Each is a loop that numba compiles whole, or the reading of one file format.
MAY_BE_LONG = {
    "engines/forecast/kernels.py": {"_follow"},
    "engines/forecast/spells.py": {"_walk"},
    "engines/routing/routes.py": {"enumerate_day"},
    "engines/routing/problem.py": {"the module"},
}


@pytest.mark.parametrize("path", sources("*"), ids=str)
def test_modules_and_functions_stay_short(path):
    allowed = MAY_BE_LONG.get(path.relative_to(PACKAGE).as_posix(), set())
    assert set(too_long(path.read_text())) - allowed == set()


def test_nothing_is_allowed_to_be_long_that_is_short():
    for name, allowed in MAY_BE_LONG.items():
        assert set(too_long((PACKAGE / name).read_text())) == allowed


@pytest.mark.parametrize("path", sources("*"), ids=str)
def test_every_module_says_what_it_is(path):
    source = path.read_text()
    assert not source.strip() or ast.get_docstring(ast.parse(source))


@pytest.mark.parametrize("path", [p for p in sources("*") if "engines" in p.parts or "kernel" in p.parts], ids=str)
def test_engines_and_kernel_print_nothing_and_open_nothing(path):
    assert not {"print", "open", "read_text", "write_text"} & calls(ast.parse(path.read_text()))


def test_no_module_is_named_for_nothing():
    empty = {"utils", "helpers", "common", "misc", "manager", "managers", "services", "policies"}
    assert [p for p in sources("*") if p.stem in empty or p.parent.name in empty] == []


# The checks bite: each is shown one deliberate break.


def test_a_look_into_another_rooms_models_is_caught():
    assert face_breaches([("placewell.placements.queries", "placewell.market.models")])


def test_a_look_at_another_rooms_queries_is_no_breach():
    assert face_breaches([("placewell.placements.queries", "placewell.market.queries")]) == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("def f(*, by):\n '''Do.'''\n require(); record()", "f is not atomic"),
        ("@transaction.atomic\ndef f(*, by):\n '''Do.'''\n record()", "f asks for no permission"),
        ("@transaction.atomic\ndef f(*, by):\n '''Do.'''\n require()", "f leaves no trail"),
        ("@transaction.atomic\ndef f(by):\n '''Do.'''\n require(); record()", "f takes arguments by position"),
        ("@transaction.atomic\ndef f(*, by):\n require(); record()", "f has no docstring"),
    ],
)
def test_a_careless_action_is_caught(source, fault):
    assert action_faults(source) == [fault]


def test_a_clock_in_an_action_is_caught():
    assert clock_faults("def f():\n return timezone.now()")


def test_a_long_function_and_a_long_module_are_caught():
    assert too_long("def f():\n" + " x = 1\n" * 60) == ["f"]
    assert too_long("x = 1\n" * 400) == ["the module"]


def test_a_key_that_points_up_is_caught():
    from django.db import models
    from django.test.utils import isolate_apps

    with isolate_apps("placewell.market", "placewell.placements"):

        class Offer(models.Model):
            class Meta:
                app_label = "placements"

        class Home(models.Model):
            offer = models.ForeignKey(Offer, on_delete=models.PROTECT)

            class Meta:
                app_label = "market"

        assert key_breaches([Home]) == ["market.Home.offer -> placements.Offer"]


def test_a_moments_day_is_the_day_in_england():
    """`now.date()` is the day in UTC: wrong for an hour of each summer night."""
    found = [str(path.relative_to(ROOT)) for path in sources("*") if "now.date()" in path.read_text()]
    assert found == []
