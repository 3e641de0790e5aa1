"""The money of the made-up council: lots, funders, last month's invoices and pay run, demand, and exemptions."""

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from placewell.budget import actions as budget
from placewell.budget import queries
from placewell.gateways.given_files import GivenFile
from placewell.governance import actions as governance
from placewell.governance.states import Ground, Lacking
from placewell.kernel.periods import day_of, financial_year, financial_year_period
from placewell.market import actions as market
from placewell.placements import actions as placements
from placewell.placements import queries as chosen

from . import people, population

# The share of the envelope that each lot has, and its codes in the ledger; fostering has what is committed by now.
LOTS = {
    "fostering": ("", "CC4110", "42110"),
    "residential": ("0.36", "CC4120", "42120"),
    "supported": ("0.12", "CC4130", "42130"),
    "family_assessment": ("0.05", "CC4140", "42140"),
}
FUNDERS = (
    ("education", "30.00", "HNB/118"),
    ("health", "25.00", "ICB CC/2041"),
    ("home_office", "60.00", "UASC grant 7"),
)
INVOICED = 12  # agreements of one provider on last month's schedule


def add(cast: people.Cast, referrals: list, accepted: list, *, on: dt.date, now: dt.datetime) -> None:
    """Add what a finance officer would find on the day *on*; the home of the *accepted* referral passes a limit."""
    _lots(cast, on, now)
    _funding(cast, on, now)
    _invoices(cast, on, now)
    _prices(cast, on, now)
    _demand(cast, accepted, now)
    _exemptions(cast, referrals, on, now)


def _lots(cast: people.Cast, on: dt.date, now: dt.datetime) -> None:
    by = cast.by["finance"]
    envelope = next(each for each in queries.envelopes() if each.financial_year == financial_year(on))
    used = queries.by_lot(year=envelope.financial_year, decision_id=envelope.decision_id)
    for category, (share, cost_centre, code) in LOTS.items():
        budget.set_lot_share(
            envelope_id=envelope.pk,
            category=category,
            amount=envelope.amount * Decimal(share) if share else used[category] + 1000,
            cost_centre=cost_centre,
            subjective_code=code,
            by=by,
            now=now,
        )
    budget.ask_virement(
        envelope_id=envelope.pk,
        from_category="family_assessment",
        to_category="supported",
        amount=Decimal("50000.00"),
        reason="Fewer assessments than planned; more young people of 16 and 17 need supported homes.",
        by=cast.by["commissioner"],
        now=now,
    )


def _live(on: dt.date) -> list:
    """Return the commitments of today, in an order that is the same in each council that is made up."""
    return list(_in_order(queries.live_between(on, on + dt.timedelta(days=1))))


def _in_order(rows):
    # by what the plan of the council says: references are drawn anew each time
    return rows.select_related("provider").order_by("start_on", "provider__name", "weekly_fee", "end_on", "reference")


def _funding(cast: people.Cast, on: dt.date, now: dt.datetime) -> None:
    for row, (funder, percent, agreement) in zip(_live(on)[::7], FUNDERS, strict=False):
        budget.record_funding(
            source=row.source,
            funder=funder,
            percent=Decimal(percent),
            agreement=agreement,
            start_on=row.start_on,
            end_on=None,
            review_on=on + dt.timedelta(days=40),
            by=cast.by["finance"],
            now=now,
        )


def _invoices(cast: people.Cast, on: dt.date, now: dt.datetime) -> None:
    """Last month's schedule of the provider with most children: one line charges a week too much; what agrees is paid."""
    last = on.replace(day=1) - dt.timedelta(days=1)
    first = last.replace(day=1)
    by_provider: dict = {}
    for row in _in_order(queries.live_between(first, last)):
        if row.start_on <= first and row.end_on > last:
            by_provider.setdefault(row.provider_id, []).append(row)
    rows = max(by_provider.values(), key=len, default=[])[:INVOICED]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Placement ref", "Invoice no", "Period from", "Last night", "Nights", "Amount"])
    for number, row in enumerate(rows):
        nights = last.day
        charged = row.weekly_fee * (nights + (7 if number == 0 else 0)) / 7
        amount = charged.quantize(Decimal("0.01"))
        writer.writerow([row.reference, f"S{first:%y%m}", f"{first:%d/%m/%Y}", f"{last:%d/%m/%Y}", nights, amount])
    given = {"by": cast.by["placements"], "now": now}
    file = GivenFile(f"schedule-{first:%B-%Y}.csv".lower(), text.getvalue().encode())
    budget.receive_file(file=file, provider_id=rows[0].provider_id if rows else None, **given)
    run = budget.draw_up_pay_run(**given)
    budget.release_pay_run(pay_run_id=run.pk, by=cast.by["finance"], now=now)
    budget.close_month(month=first, by=cast.by["finance"], now=now)


def _prices(cast: people.Cast, on: dt.date, now: dt.datetime) -> None:
    """One provider gives back for volume; one child was away for a week."""
    live = _live(on)
    counted = Counter((row.provider.name, row.provider_id) for row in live)
    provider = max(counted, key=lambda each: (counted[each], each))[1]
    for least, percent in ((500, "1.50"), (10_000, "4.00")):
        budget.set_volume_term(
            provider_id=provider,
            least_nights=least,
            percent=Decimal(percent),
            start_on=financial_year_period(financial_year(on)).start,
            agreement="Contract, schedule 3",
            by=cast.by["finance"],
            now=now,
        )
    before = on - dt.timedelta(days=12)
    if row := next((row for row in live if row.start_on < before and row.end_on > on), None):
        budget.pay_retainer(
            source=row.source,
            away_from=before,
            back_on=on - dt.timedelta(days=3),
            full_nights=3,
            percent=Decimal("60.00"),
            most_nights=28,
            reason="In hospital for nine nights; the carers kept the room.",
            by=cast.by["placements"],
            now=now,
        )


def _demand(cast: people.Cast, accepted: list, now: dt.datetime) -> None:
    """A home that was chosen would pass its lot's share: it waits, the system asks, the Portfolio Holder asks back, the
    commissioner answers and the Director of Finance agrees; the holder and the director have still to decide."""
    for referral in accepted:
        for offer in chosen.offers(referral_id=referral.pk):
            if offer.state == "accepted":
                drawn = placements.draw_up_agreement(
                    offer_id=offer.pk, notice_days=28, terms={}, by=cast.by["placements"], now=now
                )
                placements.hold_agreement(agreement_id=drawn.pk, by=cast.by["manager"], now=now)
    budget.check_demand(by=cast.by["system"], now=now)
    request = queries.open_requests().order_by("opened_at").first()
    if request is None:
        return
    asked = governance.ask_about_approval(
        approval_id=request.approval_id,
        question="How many of these children could come home, or to the council's own carers, with help?",
        by=cast.by["holder"],
        now=now,
    )
    answer = (
        "Nine have step-down plans, and two brothers went home in the autumn. The others need the homes they are in."
    )
    governance.answer_about_approval(question_id=asked.pk, answer=answer, by=cast.by["commissioner"], now=now)
    budget.say_what_was_tried(
        request_id=request.pk,
        tried="Step-down plans for nine children; two brothers went home; prices of three homes were asked again.",
        by=cast.by["commissioner"],
        now=now,
    )
    governance.respond(
        approval_id=request.approval_id,
        role="director_of_finance",
        agrees=True,
        views="The envelope has room that residential homes did not use; the figures hold.",
        by=cast.by["finance"],
        now=now,
    )


# Providers on no contract, by the lot whose kind of home they run: an exemption is asked for each.
OUTSIDE = {
    "fostering": ("Applegarth Fostering", "Ivybridge Foster Care", "Northgate Families", "Saffron Fostering"),
    "residential": ("Cobblestone Children's Homes", "Larkhill Residential", "Mere House Care", "Tollgate Residential"),
    "supported": ("Harbour Steps Housing",),
}
OUTSIDE_KIND = {"fostering": "fostering_agency"}  # what is registered is the agency
USER_CHOICE = {
    "views": "The child has stayed with these carers at weekends and wants to live with them.",
    "preference_or_only_supplier": "The child prefers them, and no other carer is known to the child.",
    "best_interests": "A competition would part the child from people who are trusted.",
}
# Earlier ones: how many days ago, which lot, what was lacking, the price a week, for how many weeks.
EARLIER = (
    (610, "fostering", Lacking.SIBLINGS, "1480.00", 20),
    (480, "residential", Lacking.NEED_NOT_MET, "5600.00", 16),
    (290, "residential", Lacking.NO_PLACE, "5950.00", 12),
    (205, "residential", Lacking.NEED_NOT_MET, "6400.00", 10),
    (160, "supported", Lacking.ALONE, "2350.00", 11),
    (120, "fostering", Lacking.SIBLINGS, "1520.00", 14),
    (75, "residential", Lacking.NEED_NOT_MET, "6750.00", 9),
)


def _exemptions(cast: people.Cast, referrals: list, on: dt.date, now: dt.datetime) -> None:
    """One that was approved and published, one that waits for finance and legal, and those of two years that have ended."""
    suppliers = _outside(cast, now - dt.timedelta(days=EARLIER[0][0] + 30))
    for referral, decided in zip(referrals, (True, False), strict=False):
        lacking = Lacking.KNOWN_CARER if decided else Lacking.NO_PLACE
        row = _draft_exemption(cast, referral, next(suppliers["fostering"]), lacking, "1150.00", "fostering", None, now)
        if decided:
            _decide(cast, row, now)
            governance.publish_exemption(exemption_id=row.pk, by=cast.by["democratic"], now=now)
    for ago, category, lacking, fee, weeks in EARLIER if referrals else ():
        then, lasted, supplier = now - dt.timedelta(days=ago), dt.timedelta(weeks=weeks), next(suppliers[category])
        row = _draft_exemption(cast, referrals[0], supplier, lacking, fee, category, lasted, then)
        _decide(cast, row, then)
        ended = {"on": row.end_on, "reason": "The child moved to a home on the contract.", "by": cast.by["placements"]}
        governance.end_exemption(exemption_id=row.pk, **ended, now=then + lasted)


def _outside(cast: people.Cast, now: dt.datetime) -> dict[str, Iterator]:
    """Add the providers of each lot's kind that are on no contract; return them by lot."""
    found: dict[str, Iterator] = {}
    for category, names in OUTSIDE.items():
        rows = []
        for name in names:
            made = market.add_provider(name=name, sector="Private", by=cast.by["commissioner"], now=now)
            rows.append(made)
            market.add_registration(
                provider_id=made.pk,
                urn=f"SC98{len(found)}{len(rows):03d}",
                kind=OUTSIDE_KIND.get(category, population.KIND_OF_HOME[category]),
                name=name if category == "fostering" else "",
                registered_on=dt.date(2016, 3, 1),
                grade="good",
                inspected_on=(now - dt.timedelta(days=200)).date(),
                by=cast.by["commissioner"],
                now=now,
            )
        found[category] = iter(rows)
    return found


def _draft_exemption(cast, referral, supplier, lacking, fee: str, category: str, lasts: dt.timedelta | None, now):
    start_on = day_of(now) + dt.timedelta(days=12)
    return placements.draft_exemption(
        referral_id=referral.pk,
        provider_id=supplier.pk,
        is_retrospective=False,
        category=category,
        weekly_fee=Decimal(fee),
        start_on=start_on,
        end_on=start_on + lasts if lasts else None,
        review_on=start_on + (lasts or dt.timedelta(days=84)),
        return_plan="Search again on the contract each month; the provider is asked to join the framework.",
        reason=lacking,
        ground=Ground.USER_CHOICE,
        ground_reasons=USER_CHOICE,
        answers={
            "a": ("Every provider on the contract was asked; none could offer what the child needs.", ""),
            "b": ("The present placement ends in twelve days.", "Children Act 1989 s.22C"),
            "c": ("A competition takes longer than the child can wait.", "Contract procedure rule 9"),
        },
        budget_code="CC4110/42110" if category == "fostering" else "CC4120/42120",
        by=cast.by["placements"],
        now=now,
    )


def _decide(cast: people.Cast, row, now: dt.datetime) -> None:
    given = {"exemption_id": row.pk, "now": now}
    governance.comment_on_exemption(kind="finance", comment="Inside the lot.", by=cast.by["finance"], **given)
    said = "User choice is made out on these facts."
    governance.comment_on_exemption(kind="legal", comment=said, confirms=True, by=cast.by["democratic"], **given)
    asked = governance.ask_exemption(by=cast.by["commissioner"], **given)
    governance.decide_approval(
        approval_id=asked.approval_id,
        approve=True,
        reasons="The reasons are good, and the way back to the contract is clear.",
        by=cast.by["director"],
        now=now,
    )
