"""Somebody at the browser: signs in, follows links, fills in forms; by pointing, or with the keys alone."""

import re

from django.test import Client
from playwright.sync_api import Page

FOCUS = """() => { const one = document.activeElement; if (!one) return "";
const name = one.closest("main") ? one.name || "" : "";  // not the search in the head of each page
return name + "|" + (one.value || "") + "|" + (one.innerText || "").trim(); }"""


class Person:
    """Somebody who fills in and presses, by *press_keys* alone or by pointing, on a page that may run no JavaScript."""

    def __init__(self, page: Page, site: str, *, press_keys: bool = False):
        self.page, self.site, self.press_keys = page, site, press_keys

    def sign_in(self, who) -> None:
        """Sign in, as the session cookie would; whoever was signed in is forgotten."""
        client = Client()
        client.force_login(who)
        self.page.context.clear_cookies()
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.site}
        self.page.context.add_cookies([cookie])

    def tab_to(self, wanted: str) -> None:
        """Press Tab until what is focused is named so; each focus must be seen."""
        for _ in range(150):
            self.page.keyboard.press("Tab")
            name, value, words = self.page.evaluate(FOCUS).split("|", 2)
            if wanted in (name, f"{name}={value}", words.split("\n")[0], " ".join(words.split())):
                seen = "() => document.activeElement.matches(':focus-visible')"
                assert self.page.evaluate(seen), f"{wanted} does not show that it is focused"
                return
        raise AssertionError(f"Tab does not reach {wanted!r} on {self.page.url}")

    def fill(self, name: str, words: str) -> None:
        """Write into a field, over what stands there."""
        if not self.press_keys:
            self.page.fill(f"main [name={name}]", words)
            return
        self.tab_to(name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)

    def fill_day(self, name: str, day) -> None:
        """Write a date into its three boxes."""
        for box in ("day", "month", "year"):
            self.fill(f"{name}_{box}", str(getattr(day, box)))

    def check(self, name: str) -> None:
        """Tick the first box of a field."""
        if not self.press_keys:
            self.page.locator(f"input[name={name}]").first.check()
            return
        self.tab_to(name)
        self.page.keyboard.press("Space")

    def choose(self, name: str, value: str) -> None:
        """Choose one of a list of round buttons."""
        if not self.press_keys:
            self.page.check(f"input[name={name}][value='{value}']")
            return
        self.tab_to(name)
        self.page.keyboard.press("Space")
        for _ in range(20):
            if self.page.evaluate(FOCUS).split("|")[1] == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"The arrows do not reach {value!r} of {name!r} on {self.page.url}")

    def pick(self, name: str, value: str) -> None:
        """Pick one of a list that opens, by pointing; a long one is a box to type into, where JavaScript runs."""
        there = self.page.locator(f"select[name={name}]")
        if there.is_visible():
            there.select_option(value)
            return
        words = there.locator(f"option[value='{value}']").text_content() or ""
        self.page.get_by_role("combobox").fill(words)
        self.page.get_by_role("option", name=words, exact=True).click()

    def upload(self, name: str, file: dict) -> None:
        """Choose a file, as the browser's own dialog lets one."""
        with self.page.expect_file_chooser() as asked:
            if self.press_keys:
                self.tab_to(name)
                self.page.keyboard.press("Enter")
            else:
                self.page.click(f"input[name={name}]")
        asked.value.set_files(files=[file])

    def press(self, words: str) -> None:
        """Press a button, or follow a link, that reads so."""
        if self.press_keys:
            self.tab_to(words)
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
        else:
            named = re.compile(rf"^\s*{re.escape(words)}\s*$")
            self.page.locator("main").locator("a, button").filter(has_text=named).first.click()
        self.page.wait_for_load_state()

    def reads(self, words: str) -> str:
        """Return all that the page says; fail when it does not say *words*."""
        said = " ".join(self.page.locator("body").inner_text().split())
        assert words in said, f"{words!r} is not on {self.page.url}: {said}"
        return said
