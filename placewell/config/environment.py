"""Settings from the environment, with advice when one is missing."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from placewell.gateways.kept_files import kept_once

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("PLACEWELL_HOME", ROOT / "var")).resolve()
MODES = ("development", "demo", "production", "test")


def mode() -> str:
    """Return how this process runs; anything but a known word is refused."""
    word = os.environ.get("PLACEWELL_MODE", "development")
    if word not in MODES:
        raise ImproperlyConfigured(f"PLACEWELL_MODE is {word!r}: set it to one of {', '.join(MODES)}.")
    return word


def required(name: str, advice: str) -> str:
    """Return the setting *name*, or stop with *advice* on how to set it."""
    if not (value := os.environ.get(name, "").strip()):
        raise ImproperlyConfigured(f"{name} is not set. {advice}")
    return value


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated setting as a list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def text(name: str, default: str) -> str:
    """Return a setting as it stands, *default* where there is none."""
    return os.environ.get(name, "") or default


def kept_secret(name: str) -> str:
    """Return a secret that this project keeps in its own folder, making it once."""
    return kept_once(HOME / name, lambda: secrets.token_urlsafe(48))
