"""The navigation stays in one row, with the open page in it."""

import pytest

from placewell.web import context

LABELS = [
    "Work list",
    "Placements",
    "Agreements",
    "Visits",
    "Outcomes",
    "Providers deliver",
    "Children",
    "Homes",
    "Need",
    "Trail",
]


@pytest.mark.parametrize("opened", [None, 0, 5, 9])
def test_what_does_not_fit_stands_behind_more(opened):
    links = [(label, f"/{k}/", k == opened) for k, label in enumerate(LABELS)]
    found = context._row(links)
    row, more = found["navigation"], found["navigation_more"]
    assert sorted([*row, *more]) == sorted(links)
    assert context._letters([*row, ("More", "", False)]) <= context.ROW
    assert opened is None or links[opened] in row


def test_what_fits_needs_no_more():
    links = [(label, f"/{label}/", False) for label in LABELS[:4]]
    assert context._row(links) == {"navigation": links, "navigation_more": []}
