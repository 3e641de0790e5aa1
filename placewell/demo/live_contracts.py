"""What goes on under the made-up council's contracts: documents, a block, an uplift, a challenge, and leaving the old one."""

import datetime as dt
from decimal import Decimal

from placewell.contracts import actions, queries
from placewell.kernel.periods import day_of, financial_year_period, months_after
from placewell.market import queries as market

from . import people

DAY = dt.timedelta(days=1)


def add(cast: people.Cast, lots: dict, outgoing, homes: dict, *, on: dt.date) -> None:
    """Add it, as it stands on the day *on*."""
    now = dt.datetime(on.year, on.month, on.day, 8, tzinfo=dt.UTC)
    framework = lots["residential"].framework
    _rounds(cast, framework, lots, on, now)
    _papers(cast, framework, on)
    _block(cast, framework, homes, on, now)
    _uplift_and_changes(cast, framework, on, now)
    _challenges(cast, framework, on, now)
    _leave(cast, queries.framework(framework_id=outgoing.framework_id), on, now)


def _rounds(cast: people.Cast, framework, lots: dict, on: dt.date, now: dt.datetime) -> None:
    """Plan a re-opening for each year that has begun."""
    opens = months_after(framework.start_on, 9)
    while opens < on:
        actions.plan_round(
            framework_id=framework.pk,
            opens_on=opens,
            closes_on=opens + 45 * DAY,
            starts_on=months_after(opens, 3),
            notice=f"PS/2017/539, re-opening {opens.year}",
            by=cast.by["commissioner"],
            now=now,
        )
        opens = months_after(opens, 12)
    _join(cast, framework, lots, now)


def _join(cast: people.Cast, framework, lots: dict, now: dt.datetime) -> None:
    """Let a fostering agency join the lot for supported accommodation in the first round; nobody else's place changes."""
    (first, *_), by = queries.rounds(framework_id=framework.pk, on=day_of(now)), cast.by["commissioner"]
    agency = queries.contracts().filter(lot=lots["fostering"]).order_by("rank").first()
    made = actions.add_contract(
        lot_id=lots["supported"].pk,
        provider_id=agency.provider_id,
        reference="C3-R1",
        tier=3,
        start_on=first.row.starts_on,
        end_on=framework.end_on,
        by=by,
        now=now,
    )
    actions.join_round(contract_id=made.pk, round_id=first.row.pk, by=by, now=now)


def _papers(cast: people.Cast, framework, on: dt.date) -> None:
    """Record insurance for the first providers of each lot: one has run out, one runs out soon."""
    contracts = list(queries.contracts().filter(lot__framework=framework).order_by("lot__number", "rank"))
    seen = on - 340 * DAY
    for number, contract in enumerate(contracts[:6]):
        for kind in ("public_liability_insurance", "safeguarding_policy"):
            runs_out = on + dt.timedelta(days=(-6, 19, 45, 150, 210, 300)[number])
            actions.file_document(
                contract_id=contract.pk,
                kind=kind,
                reference=f"Seen on the provider's portal, {seen:%B %Y}",
                name=f"{kind}.pdf",
                data=b"%PDF-1.7\n% A made-up document of the made-up council.\n%%EOF\n",
                issued_on=seen,
                expires_on=runs_out if kind.endswith("insurance") else on + 500 * DAY,
                by=cast.by["commissioner"],
                now=dt.datetime.combine(seen, dt.time(9), dt.UTC),
            )


def _block(cast: people.Cast, framework, homes: dict, on: dt.date, now: dt.datetime) -> None:
    """Hold a place in two homes in block: one agreed since the spring and to end early, one still to be decided."""
    supported = [home for home in homes.values() if home.kind == "supported_accommodation"]
    supported.sort(key=lambda home: -market.residents(home_id=home.pk, on=on))
    del supported[2:]
    for number, home in enumerate(supported):
        contract = queries.contracts().filter(lot__framework=framework, provider=home.provider_id).first()
        made = actions.propose_block(
            contract_id=contract.pk,
            home_id=home.pk,
            places=1,
            weekly_fee=Decimal("680.00"),
            start_on=on - 120 * DAY if number == 0 else on + 14 * DAY,
            end_on=on + 60 * DAY if number == 0 else on + 100 * DAY,
            reason="Young people of sixteen come into care at short notice, and this unit is near the college.",
            by=cast.by["commissioner"],
            now=now - (130 if number == 0 else 1) * DAY,
        )
        if number == 0:
            actions.decide_block(
                block_id=made.pk,
                agree=True,
                because="Cheaper than what was bought alone.",
                by=cast.by["manager"],
                now=now - 125 * DAY,
            )
            actions.propose_block_end(
                block_id=made.pk,
                end_on=on + 35 * DAY,
                reason="The college moves in January, and nobody who is waiting wants to live there.",
                by=cast.by["commissioner"],
                now=now,
            )


def _uplift_and_changes(cast: people.Cast, framework, on: dt.date, now: dt.datetime) -> None:
    """Ask for next year's uplift, and for one provider to leave; another's tier was changed."""
    april = financial_year_period(on.year if on.month >= 4 else on.year - 1).end
    by = cast.by["commissioner"]
    actions.propose_uplift(
        framework_id=framework.pk,
        index="CPI, 12 months to September",
        index_percent=Decimal("3.80"),
        cap_percent=Decimal("3.00"),
        effective_on=april,
        reason="The yearly review that the terms provide for.",
        by=by,
        now=now,
    )
    contracts = list(
        queries.contracts().filter(lot__framework=framework, lot__category="fostering").order_by("-rank")[:2]
    )
    tier = actions.propose_change(
        framework_id=framework.pk,
        contract_id=contracts[0].pk,
        kind="tier",
        tier=1,
        rank=contracts[0].rank,
        words="The agency was judged outstanding and moves to the first tier.",
        ground="Clause 14 of the framework: tiers follow the regulator's judgement.",
        effective_on=on - 20 * DAY,
        by=by,
        now=now - 25 * DAY,
    )
    actions.decide_change(
        change_id=tier.pk, agree=True, because="As the terms say.", by=cast.by["director"], now=now - 20 * DAY
    )
    actions.propose_change(
        framework_id=framework.pk,
        contract_id=contracts[1].pk,
        kind="exit",
        words="The agency closes its branch and leaves the framework.",
        ground="Clause 31: notice of three months.",
        effective_on=on + 90 * DAY,
        by=by,
        now=now,
    )
    actions.suspend_contract(
        contract_id=contracts[1].pk,
        reason="Until its children are settled elsewhere.",
        until=on + 90 * DAY,
        by=by,
        now=now,
    )


def _challenges(cast: people.Cast, framework, on: dt.date, now: dt.datetime) -> None:
    """Enter one challenge that was settled, and one that is to be answered."""
    by = cast.by["commissioner"]
    for number, (kind, back) in enumerate((("complaint", 400), ("pre_action_letter", 8)), start=1):
        made = actions.receive_challenge(
            framework_id=framework.pk,
            reference=f"CH/{number:03d}",
            kind=kind,
            challenger=("A provider that was not ranked", "A provider on the residential lot")[number - 1],
            received_on=on - back * DAY,
            grounds=(
                "The reasons for one score were too short.",
                "A re-opening should have been advertised for longer.",
            )[number - 1],
            answer_by=on - (back - 20) * DAY,
            holds_award=False,
            by=by,
            now=now,
        )
        if kind == "complaint":
            outcome = "The reasons were sent again in full. Assessors are shown an example now."
            actions.close_challenge(challenge_id=made.pk, state="settled", outcome=outcome, by=by, now=now)


def _leave(cast: people.Cast, outgoing, on: dt.date, now: dt.datetime) -> None:
    """Decide what happens to some of the placements under the old contract."""
    by = cast.by["commissioner"]
    rows = [row.call_off for row in queries.leaving(framework=outgoing, on=on)]
    plans = ("move", "move", "spot", "vary", "end")
    for row, what in zip(rows[:-1], plans, strict=False):  # one is still to be decided
        targets = queries.may_move_to(row, on=on)
        if what == "move" and not targets:
            continue
        step = actions.plan_leaving(
            call_off_id=row.pk,
            what=what,
            to_contract_id=targets[0].pk if what == "move" else None,
            exemption_id=next((each.pk for each in queries.may_exempt(row)), None) if what == "spot" else None,
            due_on=min(outgoing.end_on - 7 * DAY, row.end_on)
            if what != "vary"
            else min(outgoing.end_on + 40 * DAY, row.end_on),
            reason={
                "move": "The agency is on the new framework at the same price.",
                "spot": "The home is not on the new framework, and the child is settled there.",
                "vary": "The agency joins at the next re-opening; the agreement is varied until then.",
                "end": "The young person moves on before then, as planned.",
            }[what],
            by=by,
            now=now,
        )
        if what in ("move", "spot"):
            actions.tell_of_leaving(step_id=step.pk, told="The provider and the social worker", on=on, by=by, now=now)
