"""Which contract allows a placement, and why another does not."""

import datetime as dt

from placewell.governance.queries import why_not_in_force

from .. import models, rules, states


def why_not_covering(contract: models.Contract, *, on: dt.date) -> str:
    """Return why *contract* does not allow a placement on the day *on*, in words; "" when it does."""
    framework = contract.lot.framework
    why = rules.why_not_covering(
        contract_state=contract.state,
        start_on=contract.start_on,
        end_on=contract.end_on,
        framework_state=framework.state,
        on=on,
        suspended_until=contract.suspended_until,
    )
    if why or framework.is_outgoing:
        return why
    if framework.decision is None or framework.award is None:
        return "the framework has no decision and award behind it"
    return why_not_in_force(framework.decision, on=on)


def is_suspension_over(contract: models.Contract, *, on: dt.date) -> bool:
    """Tell whether a suspension with an end has run out by the day *on*."""
    until = contract.suspended_until
    return contract.state == states.Contract.SUSPENDED and until is not None and on >= until


def covering(*, provider_id, category: str, on: dt.date) -> models.Contract | None:
    """Return the contract under which *provider_id* may take a child in *category* from the day *on*.

    Of several the newest framework's comes first; the outgoing contract serves only where no other does.
    """
    found = models.Contract.objects.select_related("lot__framework__decision", "lot__framework__award").filter(
        provider_id=provider_id, lot__category=category
    )
    for each in found.order_by("lot__framework__is_outgoing", "-lot__framework__start_on", "pk"):
        if not why_not_covering(each, on=on):
            return each
    return None


def by_tier(*, category: str, on: dt.date) -> list[models.Contract]:
    """Return the contracts of *category* that cover the day *on*, first tier first, in rank order."""
    found = (
        models.Contract.objects.select_related("lot__framework__decision", "lot__framework__award", "provider")
        .filter(lot__category=category, lot__framework__is_outgoing=False)
        .order_by("tier", "rank", "provider__name")
    )
    return [each for each in found if not why_not_covering(each, on=on)]


def why_none_covers(*, categories, on: dt.date) -> dict[tuple, str]:
    """Return, for each (provider, category) with contracts none of which covers the day *on*, why: of the newest."""
    found: dict[tuple, str] = {}
    covered = set()
    rows = models.Contract.objects.select_related("lot__framework__decision", "lot__framework__award")
    for each in rows.filter(lot__category__in=categories, lot__framework__is_outgoing=False).order_by("-start_on"):
        key = (each.provider_id, each.lot.category)
        if why := why_not_covering(each, on=on):
            found.setdefault(key, why)
        else:
            covered.add(key)
    return {key: why for key, why in found.items() if key not in covered}
