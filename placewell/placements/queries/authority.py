"""From any placement up to the Cabinet decision that allows it, and every row where that way is broken."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.accounts.roles import title_of
from placewell.budget import queries as budget
from placewell.contracts import queries as contracts
from placewell.contracts.rules import Step
from placewell.governance import queries as governance
from placewell.kernel.errors import NotFound
from placewell.kernel.money import pounds
from placewell.kernel.periods import day_of

from .. import models, states
from .desk import agreements


@dataclass(frozen=True)
class Broken:
    """A row that lacks authority, and what is missing."""

    what: str
    reference: str
    why: str

    def __str__(self) -> str:
        return f"{self.what} {self.reference}: {self.why}"


def chain(*, agreement_id: UUID, for_user: User, on: dt.date) -> list[Step]:
    """Return the way from an agreement to the decision that allows it: placement, agreement, contract, framework,
    award, delegation, decision. A link that does not hold says so in `broken`.

    Whoever answers for the money but may not see children, an auditor say, reads it without the child and the home.

    Raises:
        NotFound: *for_user* may neither see the child nor read what is spent without children's names.
    """
    unnamed = for_user.may(Permission.SEE_BUDGET, on=on) and not for_user.may(Permission.SEE_CHILDREN, on=on)
    seen = models.Agreement.objects.select_related("provider") if unnamed else agreements(for_user=for_user, on=on)
    agreement = seen.filter(pk=agreement_id).prefetch_related("price_lines").first()
    if agreement is None:
        raise NotFound("There is no such agreement.")
    row = models.Placement.objects.filter(agreement=agreement).select_related("child", "home").first()
    steps = []
    if row:
        named = "A child" if unnamed else f"{row.child.reference} at {row.home.reference}"
        until = f" to {row.end_on:%-d %B %Y}" if row.end_on else ""
        steps.append(Step("Placement", named, f"From {row.start_on:%-d %B %Y}{until}", "placement", str(row.pk)))
    steps.append(
        Step(
            "Individual placement agreement",
            agreement.reference,
            f"{agreement.provider.name}, {pounds(agreement.weekly_fee(on=on))} a week, from {agreement.start_on:%-d %B %Y}"
            + ("" if unnamed else f" to {agreement.end_on:%-d %B %Y}"),  # often the child's birthday
            "" if unnamed else "agreement",
            str(agreement.pk),
        )
    )
    if agreement.exemption is not None:
        return steps + _exempted(agreement.exemption, on=on)
    if agreement.contract_id is None:
        return [*steps, Step("Contract", "None", "", "contract", "", broken="no contract or exemption allows it")]
    contract = contracts.contract(contract_id=agreement.contract_id)
    return steps + contracts.chain(contract, on=row.start_on if row else agreement.start_on)


def _exempted(row, *, on: dt.date) -> list[Step]:
    """Return what allows an agreement that was made under an exemption, up to the decision."""
    broken = "" if row.ended_on else governance.allows(row, on=on)
    decision, given = row.delegation.decision, row.approval
    decided = f"Decided {given.decided_at:%-d %B %Y}" if given and given.decided_at else "Not decided yet"
    return [
        Step(
            "Exemption",
            f"{row.reference}, {row.supplier}",
            f"{row.get_reason_display()}; {row.get_ground_display().lower()}. {decided}.",
            "exemption",
            str(row.pk),
            broken=broken,
        ),
        Step("Delegation", f"The {title_of(row.delegation.role)} may exempt", "", "decision", str(decision.pk)),
        Step(
            f"{decision.body} decision",
            f"{decision.number}, {decision.title}",
            f"{decision.taken_on:%-d %B %Y}",
            "decision",
            str(decision.pk),
        ),
    ]


def _why_not_exempt(row, on: dt.date | None) -> str:
    """Return why an exemption does not carry an agreement that was made under it; one that ended carried it."""
    return "" if row.ended_on else governance.allows(row, on=on or day_of(row.drafted_at))


def without_authority(*, on: dt.date | None = None) -> Iterator[Broken]:
    """Yield every agreement and placement of this council that nothing allows, and every sum that is wrong.

    Deadlines are those of the day *on*; without it none has passed.
    """
    live = [states.Agreement.COUNCIL_SIGNED, states.Agreement.IN_FORCE, states.Agreement.ENDED]
    agreements = list(
        models.Agreement.objects.filter(state__in=live)
        .select_related("contract", "exemption__approval", "exemption__delegation__decision")
        .order_by("start_on", "reference")
    )
    first: dict[UUID, dt.date] = {}
    for agreement in agreements:
        if agreement.contract_id:
            first.setdefault(agreement.contract_id, agreement.start_on)
    faults = contracts.faults(since=first)
    for agreement in agreements:
        contract = agreement.contract
        if agreement.exemption is not None:
            if why := _why_not_exempt(agreement.exemption, on):
                yield Broken("Agreement", agreement.reference, why)
        elif contract is None:
            yield Broken("Agreement", agreement.reference, "no contract or exemption allows it")
        elif why := faults[contract.pk]:
            yield Broken("Agreement", agreement.reference, why)
        elif contract.provider_id != agreement.provider_id:
            yield Broken("Agreement", agreement.reference, "its contract is another provider's")
        elif "moved" not in agreement.terms and not contract.start_on <= agreement.start_on < contract.end_on:
            yield Broken("Agreement", agreement.reference, "it starts outside its contract's dates")
    unsigned = models.Placement.objects.filter(state=states.Placement.STARTED).exclude(
        agreement__state=states.Agreement.IN_FORCE
    )
    for row in unsigned.select_related("child"):
        yield Broken("Placement", row.child.reference, "its agreement is not in force")
    sources = {f"placements.agreement:{agreement.pk}" for agreement in agreements}
    for commitment in budget.commitments():
        if commitment.source.startswith("placements.agreement:") and commitment.source not in sources:
            yield Broken("Commitment", commitment.source, "no agreement stands behind it")
    for envelope in budget.envelopes_that_disagree():
        yield Broken("Envelope", str(envelope.financial_year), "its kept sum differs from its commitments")
    for line in budget.lines_that_disagree():
        yield Broken("Invoice", line.invoice.number, "the nights that a line charges do not sum to it")
    for framework in contracts.ceilings_that_disagree():
        yield Broken("Framework", framework.reference, "its kept sum differs from what was called off")
