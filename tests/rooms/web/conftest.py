"""The frame is tested with pages that fail in each way beside the real ones."""

import pytest
from django.conf import settings as configured
from django.urls import clear_url_caches

from tests.journeys.conftest import page, plain_page, site

__all__ = ["page", "plain_page", "site"]


@pytest.fixture(autouse=True)
def frame_alone(settings):
    """Serve the real addresses and a few that fail."""
    configured.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.ROOT_URLCONF = "tests.rooms.web.urls"
    clear_url_caches()
    yield
    clear_url_caches()
