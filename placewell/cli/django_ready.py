"""Start Django for a command that needs the database."""

import gc
import os

NEW_OBJECTS = 100_000  # between two looks for rings; Python's 700 look thousands of times at models that stay for good


def start() -> None:
    """Load the settings and the rooms; a missing setting becomes one clear line.

    Raises:
        Refused: a setting is missing or wrong.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured

    from placewell.kernel.errors import Refused

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "placewell.config.settings")
    try:
        django.setup()
    except ImproperlyConfigured as wrong:
        raise Refused(str(wrong)) from None
    look_seldom()


def look_seldom() -> None:
    """Let Python's collector pass over what is loaded now and look seldom at what is new: a fifth of a long command's time."""
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 50, 100)
