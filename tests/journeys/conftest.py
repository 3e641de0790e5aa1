"""A running site and a browser for the journeys."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

# Playwright keeps an event loop in this thread; Django's own check would take our plain queries for asynchronous ones.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page

from . import browser as chromium


@contextmanager
def serving() -> Iterator[str]:
    """Serve the site on the test's database; yield its address."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()


@pytest.fixture
def site(committed) -> Iterator[str]:
    """The address of a site that runs on the test's database, which is emptied afterwards."""
    with serving() as address:
        yield address


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page of a fresh visitor; whatever the browser complains of fails the test."""
    context = browser.new_context(base_url=site, viewport={"width": chromium.WIDE, "height": 900}, locale="en-GB")
    made = context.new_page()
    made.set_default_timeout(10_000)
    complaints = chromium.watched(made)
    yield made
    context.close()
    assert not complaints, complaints


@pytest.fixture
def plain_page(browser: Browser, site: str) -> Iterator[Page]:
    """A page of a visitor whose browser runs no JavaScript."""
    context = browser.new_context(base_url=site, java_script_enabled=False)
    yield context.new_page()
    context.close()
