"""Start Django for a command that needs the database."""

import os


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
