"""From a contract up to the decision that allows it."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from placewell.accounts.roles import title_of
from placewell.governance.queries import why_not_in_force

from .. import models, rules
from .listing import contracts


def faults(*, since: Mapping[UUID, dt.date]) -> dict[UUID, str]:
    """Return what does not hold of each contract on its day of *since*, in words; "" for those that hold."""
    return {
        each.pk: next((step.broken for step in chain(each, on=since[each.pk]) if step.broken), "")
        for each in contracts().filter(pk__in=since)
    }


def chain(found: models.Contract, *, on: dt.date) -> list[rules.Step]:
    """Return what allows placements from the day *on* under the contract *found*, up to the decision.

    The steps: contract, framework with lot, award, delegation, decision.

    A link that is missing or does not hold says so in `broken`.
    """
    lot, framework = found.lot, found.lot.framework
    steps = [
        rules.Step(
            "Contract",
            f"{found.reference}, {found.provider.name}",
            f"Tier {found.tier}, from {found.start_on:%-d %B %Y}",
            "contract",
            str(found.pk),
        ),
        rules.Step(
            "Framework",
            f"{framework.title}, {lot}",
            f"{framework.reference}, {framework.start_on:%-d %B %Y} to {framework.end_on:%-d %B %Y}",
            "framework",
            str(framework.pk),
        ),
    ]
    if framework.is_outgoing:
        return steps
    award, decision = framework.award, framework.decision
    if award is None or decision is None:
        return [*steps, rules.Step("Award", "No award", "", "award", "", broken="the framework was never awarded")]
    return steps + _authority(award, decision, on)


def _authority(award, decision, on: dt.date) -> list[rules.Step]:
    """Return the award, the delegation and the decision behind a framework."""
    steps: list[rules.Step] = []
    delegation = award.delegation
    offices = ", ".join(
        f"{each.manner.replace('_', ' ')} with the {title_of(each.role)}" for each in delegation.consultees.all()
    )
    steps.append(
        rules.Step(
            "Award",
            award.title,
            f"Decided {award.decided_at:%-d %B %Y}" if award.decided_at else "Not decided",
            "award",
            str(award.pk),
            broken="" if award.state == "approved" else f"the award is {award.state}",
        )
    )
    steps.append(
        rules.Step(
            "Delegation",
            f"The {title_of(delegation.role)} may {delegation.act}",
            offices,
            "decision",
            str(decision.pk),
            broken="" if delegation.decision_id == decision.pk else "the award was given under another decision",
        )
    )
    amount = f"£{decision.annual_amount:,.0f} a year for {decision.years} years" if decision.annual_amount else ""
    steps.append(
        rules.Step(
            f"{decision.body} decision",
            f"{decision.number}, {decision.title}",
            f"{decision.taken_on:%-d %B %Y}. {amount}",
            "decision",
            str(decision.pk),
            broken=f"the decision allows nothing: {why}" if (why := why_not_in_force(decision, on=on)) else "",
        )
    )
    return steps
