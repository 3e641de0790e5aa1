"""The import contracts bite: each kind of forbidden import is refused in a copy of the house."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BREAKS = {
    "a room looks up": ("placewell/market/rules.py", "import placewell.placements.states\n"),
    "equals look at each other": ("placewell/market/rules.py", "import placewell.children.states\n"),
    "an engine imports Django": ("placewell/engines/extra/__init__.py", "import django\n"),
    "the kernel imports Django": ("placewell/kernel/extra.py", "import django\n"),
    "a query imports an action": ("placewell/budget/queries/__init__.py", "import placewell.budget.actions\n"),
    "tables import queries": ("placewell/budget/models/__init__.py", "import placewell.budget.queries\n"),
    "web knows a room": ("placewell/web/extra.py", "import placewell.market.models\n"),
    "a folder that nobody declared": ("placewell/attic/__init__.py", ""),
}


def lint(folder: Path) -> subprocess.CompletedProcess:
    code = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(cache_dir=None))"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, env={"PYTHONPATH": str(folder)}
    )


@pytest.fixture
def copy(tmp_path):
    """A house of each test's own, so that no break is left standing for the next."""
    folder = tmp_path / "house"
    shutil.copytree(ROOT / "placewell", folder / "placewell", ignore=shutil.ignore_patterns("static", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_house_as_it_stands_keeps_every_contract(copy):
    result = lint(copy)
    assert result.returncode == 0, result.stdout[-2000:]


@pytest.mark.parametrize("name", BREAKS, ids=str)
def test_a_break_is_refused(copy, name):
    place, line = BREAKS[name]
    path = copy / place
    before = path.read_text() if path.exists() else '"""A break."""\n'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(before + line)
    assert lint(copy).returncode != 0
