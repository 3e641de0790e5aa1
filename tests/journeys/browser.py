"""What journeys do with a browser: open it, look at a page as people do, and hold it to the accessibility rules."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT as AXE
from playwright.sync_api import Browser, Page, sync_playwright

from tools.test import browser as installed

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW, WIDE = 320, 1280


@contextmanager
def opened() -> Iterator[Browser]:
    """Open the system's Chromium; CHROMIUM names another."""
    found = installed()
    if found is None:
        raise RuntimeError("Chromium is missing. On Debian: apt-get install chromium-headless-shell, or chromium")
    flags = [*QUIET, "--disable-quic", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        try:
            yield browser
        finally:
            browser.close()


def watched(page: Page) -> list[str]:
    """Return a list that fills with what the browser complains of: blocked content, errors, failed requests."""
    complaints: list[str] = []

    def console(message) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    def response(answer) -> None:  # a page may be refused, but what a page is made of must be there
        if answer.status >= 400 and answer.request.resource_type not in ("document", "xhr", "fetch"):
            complaints.append(f"{answer.status} {answer.url}")

    page.on("console", console)
    page.on("response", response)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def assert_accessible(page: Page, *, frame: bool = True) -> None:
    """Fail when axe finds anything on *page* against WCAG 2.2 AA or good practice.

    Without *frame* the contrasts of what surrounds each page, most of axe's time, are not looked at again.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    if not frame:
        page.evaluate("axe.configure({rules: [{id: 'color-contrast', selector: 'main, main *'}]})")
    options = {"runOnly": RULES, "resultTypes": ["violations"], "preload": False}  # nothing here plays by itself
    found = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
    told = [
        f"{each['id']} ({each['impact']}): {each['help']}\n    "
        + "\n    ".join(node["html"] for node in each["nodes"][:4])
        for each in found
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)


def assert_fits_narrow(page: Page) -> None:
    """Fail when *page* must be scrolled sideways at 320 pixels (WCAG 1.4.10); the window is wide again after."""
    page.set_viewport_size({"width": NARROW, "height": 800})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": WIDE, "height": 900})
    assert width <= NARROW, f"{page.url} is {width} pixels wide at {NARROW}"


def picture(page: Page, name: str) -> None:
    """Keep a picture of *page*, whole, wide and narrow, in var/screenshots."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
