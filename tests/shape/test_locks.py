"""The locks hold hashes and no addresses, and every dependency says why it is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = [*ROOT.glob("requirements/*.txt"), ROOT / "frontend/package-lock.json"]
ADDRESS = re.compile(r'https?://|"resolved"')


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_address(lock):
    assert not ADDRESS.search(lock.read_text())


def test_an_address_would_be_seen():
    assert ADDRESS.search('"resolved": "x"')


@pytest.mark.parametrize("lock", [path for path in LOCKS if path.suffix == ".txt"], ids=lambda path: path.name)
def test_every_package_has_a_version_and_a_hash(lock):
    packages = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", lock.read_text(), flags=re.MULTILINE | re.DOTALL)
    assert len(packages) > 30
    assert [package for package in packages if "==" not in package or "--hash=sha256:" not in package] == []


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text()
    listed = re.findall(r'^    "[a-z0-9\-\[\],]+[><=].*$', text, flags=re.MULTILINE)
    assert len(listed) > 20
    assert [line for line in listed if "#" not in line] == []
