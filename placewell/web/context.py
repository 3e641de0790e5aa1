"""What every page knows: who is signed in, what they may open, and how the site is run."""

from django.conf import settings
from django.urls import is_valid_path, reverse
from django.utils import timezone

from placewell.web import navigation

REGISTER = "/governance/register/"
PLAN = "/governance/forward-plan/"
CONTRACTS = "/contracts/register/"
NOTICES = "/tenders/notices/"
NEED = "/needs/published/"
ALGORITHMS = "/algorithms/"
FIND = "/find/"
ROW, GAP = 79, 2.5  # letters that fit beside the search field, and what stands between two links


def frame(request) -> dict:
    """Return the frame's part of a page's context."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": [], "mode": settings.MODE, **_public()}
    today = timezone.localdate()
    entries = [item for item in navigation.ITEMS if item.permission is None or user.may(item.permission, on=today)]
    here = request.path
    links = [(item.label, reverse(item.url_name)) for item in entries]
    current = max((url for _, url in links if here.startswith(url)), key=len, default=None)
    return {
        **_row([(label, url, url == current) for label, url in links]),
        "offices": [role.title for role in user.roles(on=today)],
        "mode": settings.MODE,
        **_bell(user, today),
        "find_url": len(links) > 1 and is_valid_path(FIND) and FIND,
        **_public(),
    }


def _bell(user, today) -> dict:
    """Return where a person reads what they were told, and how much of it is unread."""
    bell = next((each for each in navigation.BELLS if user.may(each.permission, on=today)), None)
    return {"bell_url": reverse(bell.url_name), "unread": bell.count(user, today)} if bell else {}


def _row(links: list[tuple[str, str, bool]]) -> dict:
    """Return the links that stand in the row, the one that is open always among them, and those behind *More*."""
    if _letters(links) <= ROW:
        return {"navigation": links, "navigation_more": []}
    row, more = list(links), [("More", "", False)]
    while row and _letters(row + more) > ROW:
        row.remove(next(link for link in reversed(row) if not link[2] or len(row) == 1))
    return {"navigation": row, "navigation_more": [link for link in links if link not in row]}


def _letters(links: list[tuple[str, str, bool]]) -> float:
    return sum(len(label) + GAP for label, _, _ in links)


def _public() -> dict:
    """Return the pages that anybody may read, where the rooms have them."""
    found = {"register_url": REGISTER, "plan_url": PLAN, "contracts_url": CONTRACTS, "notices_url": NOTICES,
             "need_url": NEED, "algorithms_url": ALGORITHMS}  # fmt: skip
    return {name: is_valid_path(path) and path for name, path in found.items()}
