"""Exemptions: drafted with the evidence of the three tests, commented on by others, asked for, published, ended."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import BadInput, Fault, NotFound, Refused
from placewell.kernel.money import for_nights
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states
from ..queries.exempting import decide_by
from .approvals import ask_approval

FINANCE, LEGAL = "director_of_finance", "democratic_services"
COMMENTS = {"finance": FINANCE, "legal": LEGAL}


@dataclass(frozen=True)
class Wanted:
    """What is to be bought without competition, and why. *answers* are (evidence, section or rule) by the test's letter."""

    source: str
    category: str
    supplier: str
    supplier_id: UUID
    weekly_fee: Decimal
    start_on: dt.date
    review_on: dt.date
    return_plan: str
    reason: states.Lacking
    ground: states.Ground
    answers: Mapping[str, tuple[str, str]]
    ground_reasons: Mapping[str, str] = field(default_factory=dict)
    end_on: dt.date | None = None
    child_reference: str = ""
    needs: Sequence[str] = ()
    budget_code: str = ""


@transaction.atomic
def draft_exemption(
    *, delegation_id, wanted: Wanted, search_log: dict, is_retrospective: bool, by: User, now: dt.datetime
) -> models.Exemption:
    """Write an exemption down: each test with its evidence, the search frozen as it stands, and the law's own gate.

    A value that nobody can estimate, since nobody knows how long, counts as above the threshold.

    Raises:
        NotAllowed; NotFound; BadInput: everything that is missing; Refused: the supplier has one for this need already.
    """
    require(by, Permission.ASK_EXEMPTION, now=now)
    delegation = models.Delegation.objects.select_related("decision").filter(pk=delegation_id, act="exempt").first()
    if delegation is None:
        raise NotFound("There is no such delegation.")
    tests = {each.letter: each.text for each in delegation.decision.exemption_tests.all()}
    until = wanted.end_on or wanted.review_on
    value = for_nights(wanted.weekly_fee, max(0, (until - wanted.start_on).days))
    gate = rules.procurement_gate(
        ground=wanted.ground,
        value=value,
        is_duration_known=wanted.end_on is not None,
        threshold=queries.threshold(on=wanted.start_on),
        on=wanted.start_on,
    )
    _require_whole(wanted, tests, search_log, gate, is_retrospective, now)
    plain = {name: getattr(wanted, name) for name in _COPIED}
    try:
        with transaction.atomic():
            made = models.Exemption.objects.create(
                delegation=delegation,
                reference=f"E-{get_random_string(6, 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789')}",
                value=value,
                search_log=search_log,
                regime=gate.regime,
                threshold=gate.threshold,
                is_above=gate.is_above,
                notices=list(gate.notices),
                ground_reasons=dict(wanted.ground_reasons),
                needs=list(wanted.needs),
                is_retrospective=is_retrospective,
                due_on=decide_by(on=wanted.start_on) if is_retrospective else None,
                drafted_by=by,
                drafted_at=now,
                **plain,
            )
    except IntegrityError:
        raise Refused("There is an exemption for this need with this supplier already.") from None
    _write_answers(made, wanted, tests)
    after = {"value": str(value), "ground": wanted.ground, "is_above": gate.is_above, "retrospective": is_retrospective}
    record(what="governance.exemption.drafted", subject=made, by=by, now=now, after=after)
    return made


def _write_answers(row: models.Exemption, wanted: Wanted, tests: Mapping[str, str]) -> None:
    for letter, text in tests.items():
        evidence, source = wanted.answers[letter]
        given = {"letter": letter, "test": text, "evidence": evidence, "source": source}
        models.ExemptionAnswer.objects.create(exemption=row, **given)


_COPIED = (
    *("source", "category", "supplier", "supplier_id", "weekly_fee", "start_on", "end_on", "review_on", "return_plan"),
    *("reason", "ground", "child_reference", "budget_code"),
)


def _require_whole(
    wanted: Wanted,
    tests: Mapping[str, str],
    search_log: dict,
    gate: rules.Gate,
    is_retrospective: bool,
    now: dt.datetime,
) -> None:
    """Refuse with everything that is missing."""
    faults = [
        Fault(f"test_{letter}", f"Give the evidence for: {text}")
        for letter, text in tests.items()
        if not wanted.answers.get(letter, ("", ""))[0].strip()
    ]
    if not search_log.get("asked") and not is_retrospective:
        faults.append(
            Fault("test_a", "Nobody on the contract was asked: search there first, or say that it is an emergency.")
        )
    if "b" in tests and not wanted.answers.get("b", ("", ""))[1].strip():
        faults.append(Fault("duty", "Name the duty by its section, for example Children Act 1989 s.22C."))
    if "c" in tests and not wanted.answers.get("c", ("", ""))[1].strip():
        faults.append(Fault("rule", "Name the contract procedure rule that would prevent it."))
    if why := rules.why_ground_is_wanting(wanted.ground, is_above=gate.is_above, reasons=wanted.ground_reasons):
        faults.append(Fault("ground", f"For this ground {why}."))
    if wanted.review_on <= wanted.start_on:
        faults.append(Fault("review_on", "The review comes after the first night."))
    if is_retrospective and wanted.start_on > day_of(now):
        faults.append(Fault("is_retrospective", "Only what has been bought already is asked for afterwards."))
    if faults:
        raise BadInput(faults)


def _locked(exemption_id) -> models.Exemption:
    found = models.Exemption.objects.select_for_update(of=("self",)).filter(pk=exemption_id).first()
    if found is None:
        raise NotFound("There is no such exemption.")
    return found


@transaction.atomic
def comment_on_exemption(
    *, exemption_id, kind: str, comment: str, by: User, now: dt.datetime, confirms: bool | None = None
) -> models.Exemption:
    """Comment as head of finance (*kind* finance) or as legal; legal says whether the ground is met (*confirms*).

    Raises:
        NotAllowed; NotFound; Refused: *by* drafted it, holds another office, or it has been asked for already.
    """
    require(by, Permission.COMMENT_ON_EXEMPTION, now=now)
    row = _locked(exemption_id)
    if row.drafted_by_id == by.pk:
        raise Refused("Whoever asks does not comment: another person must.")
    if row.approval_id:
        raise Refused("It has been asked for already.")
    if not by.holds(COMMENTS[kind], on=day_of(now)):
        raise Refused("You do not hold the office that comments on this.")
    if kind == "finance":
        row.finance_comment, row.finance_by = comment, by
    else:
        row.legal_comment, row.legal_by, row.legal_confirms = comment, by, confirms
    row.save()
    after = {"kind": kind, "confirms": confirms}
    record(what="governance.exemption.commented", subject=row, by=by, now=now, after=after, reason=comment)
    return row


@transaction.atomic
def ask_exemption(*, exemption_id, by: User, now: dt.datetime) -> models.Exemption:
    """Ask the office of the delegation for the exemption, once finance and legal have commented.

    Raises:
        NotAllowed; NotFound; Refused: a comment is missing, legal does not confirm the ground, or it was asked already.
    """
    require(by, Permission.ASK_APPROVAL, now=now)
    row = _locked(exemption_id)
    if row.approval_id:
        raise Refused("It has been asked for already.")
    if not row.is_retrospective:
        if not row.finance_comment or not row.legal_comment:
            raise Refused("Finance and legal comment first.")
        if row.is_above and not row.legal_confirms:
            raise Refused("Above the threshold legal confirms first that the ground in the law is met.")
    row.approval = ask_approval(
        delegation_id=row.delegation_id,
        title=f"Exemption {row.reference}: {row.get_category_display().lower()} without competition",
        amount=row.value,
        evidence=_evidence(row),
        by=by,
        now=now,
    )
    row.save()
    told = f"Exemption {row.reference} was asked for."
    record(what="governance.exemption.asked", subject=row, by=by, now=now, after={"value": str(row.value)}, told=told)
    return row


def _evidence(row: models.Exemption) -> str:
    """Return what the office reads: the tests, the law's gate, the comments."""
    tests = "\n".join(
        f"({each.letter}) {each.test} {each.evidence} {each.source}".strip() for each in row.answers.all()
    )
    notices = ", ".join(row.notices) or "none"
    above = "above" if row.is_above else "below"
    law = (
        f"Law: {row.regime.upper()}, {above} the threshold of £{row.threshold:,.0f}; "
        f"ground: {row.get_ground_display()}; notices: {notices}."
    )
    asked = len(row.search_log.get("asked", []))
    return (
        f"{tests}\n{law}\nAsked on the contract: {asked}.\nFinance: {row.finance_comment or 'not yet'}\n"
        f"Legal: {row.legal_comment or 'not yet'}\nReview on {row.review_on:%-d %B %Y}. Back to the contract: {row.return_plan}"
    )


@transaction.atomic
def publish_exemption(*, exemption_id, by: User, now: dt.datetime) -> models.ExemptionSummary:
    """Publish the summary of an approved exemption: what was bought, why and for how much, and nothing of the child.

    The summary is made from codes, not from what people wrote: no name, home, day or exact price can be in it.

    Raises:
        NotAllowed; NotFound; Refused: it was not approved, or is published already.
    """
    require(by, Permission.PUBLISH_DECISION, now=now)
    row = _locked(exemption_id)
    if row.approval is None or row.approval.state != states.Approval.APPROVED:
        raise Refused("Only an exemption that was approved is published.")
    if models.ExemptionSummary.objects.filter(exemption=row).exists():
        raise Refused("It is published already.")
    text = rules.exemption_summary(
        category=row.get_category_display().lower(),
        reason=row.get_reason_display().lower(),
        ground=row.get_ground_display().lower(),
        value=row.value,
        year=row.start_on.year,
        is_retrospective=row.is_retrospective,
    )
    summary = models.ExemptionSummary.objects.create(exemption=row, text=text, published_at=now)
    record(what="governance.exemption.published", subject=row, by=by, now=now, told=text)
    return summary


@transaction.atomic
def end_exemption(*, exemption_id, on: dt.date, reason: str, by: User, now: dt.datetime) -> models.Exemption:
    """End an exemption: the child moved, or the placement came back to the contract; nothing new is bought under it."""
    require(by, Permission.ASK_EXEMPTION, now=now)
    row = _locked(exemption_id)
    if row.ended_on:
        raise Refused("It has ended already.")
    row.ended_on = on
    row.save()
    record(what="governance.exemption.ended", subject=row, by=by, now=now, reason=reason, after={"on": str(on)})
    return row
