"""Prices that change afterwards, discounts, lots, virements, other funders, and months that are closed."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localdate

from placewell.accounts.models import Post
from placewell.audit.models import Event
from placewell.budget import actions, models, queries, rules
from placewell.governance.models import LotTerm
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from tests.conftest import NOW, TODAY
from tests.factories import accounts, governance, market

SOURCE = "placements.agreement:1"
FIRST, LAST = dt.date(2026, 1, 5), dt.date(2026, 6, 1)


@pytest.fixture
def given(council, person):
    decision = governance.decision()
    made = SimpleNamespace(
        decision=decision,
        provider=market.provider(),
        officer=person("placements_officer"),
        finance=person(governance.FINANCE),
        commissioner=person("commissioner"),
    )
    made.envelopes = {
        year: models.Envelope.objects.create(decision=decision, financial_year=year, amount=Decimal("50000"))
        for year in (2025, 2026)
    }
    actions.commit(
        decision_id=decision.pk,
        provider_id=made.provider.pk,
        category="fostering",
        source=SOURCE,
        reference="A-TEST11",
        lines=[rules.Line("accommodation", Decimal("700"), FIRST, LAST)],
        by=made.officer,
        now=NOW,
    )
    return made


def reprice(given, fee, on, **fields):
    lines = [rules.Line("accommodation", Decimal(fee), on, LAST)]
    given_fields = {"source": SOURCE, "start_on": on, "lines": lines, "reason": "Uplift agreed late."}
    return actions.reprice(**given_fields | fields, by=given.officer, now=NOW)


def adjustments():
    return [(each.financial_year, each.amount) for each in models.Adjustment.objects.order_by("at", "financial_year")]


def test_a_price_raised_for_the_past_is_a_charge_of_exactly_the_nights_since(given):
    changed = reprice(given, "770", dt.date(2026, 2, 2))
    assert changed == {2025: Decimal("580.00"), 2026: Decimal("610.00")}
    assert adjustments() == [(2025, Decimal("280.00"))]  # four weeks up to 2 March
    assert not queries.envelopes_that_disagree().exists()


def test_a_price_lowered_for_the_past_is_a_credit(given):
    reprice(given, "630", dt.date(2026, 2, 2))
    assert adjustments() == [(2025, Decimal("-280.00"))]
    assert Event.objects.filter(what="budget.adjustment.credited").exists()
    assert not queries.envelopes_that_disagree().exists()


def test_a_price_for_the_days_to_come_is_no_adjustment(given):
    reprice(given, "770", NOW.date())
    assert adjustments() == []


def test_a_stay_that_ended_before_it_was_recorded_is_credited(given):
    actions.cut_short(source=SOURCE, end_on=dt.date(2026, 2, 16), by=given.officer, now=NOW)
    assert adjustments() == [(2025, Decimal("-1400.00"))]


def test_a_new_price_does_not_pass_the_envelope(given):
    with pytest.raises(Refused, match="envelope for 2025/26"):
        reprice(given, "60000", dt.date(2026, 2, 2))
    assert adjustments() == []
    with pytest.raises(NotFound):
        reprice(given, "1", dt.date(2026, 2, 2), source="placements.agreement:2")


def test_a_discount_is_a_line_of_its_own_and_is_given_once(given):
    terms = {"kind": "discount_siblings", "percent": Decimal(10), "start_on": dt.date(2026, 2, 16), "end_on": LAST}
    given_fields = {"source": SOURCE, "reason": "Two brothers.", "by": given.officer, "now": NOW}
    (line,) = actions.give_discount(**terms, **given_fields)
    assert (line.weekly_fee, line.reference) == (Decimal("-70.00"), "A-TEST11")
    assert adjustments() == [(2025, Decimal("-140.00"))]
    assert not queries.envelopes_that_disagree().exists()
    with pytest.raises(Refused, match="of this kind runs"):
        actions.give_discount(**terms, **given_fields)


def test_a_retainer_is_paid_while_the_child_is_away_and_once(given):
    away = {"source": SOURCE, "away_from": dt.date(2026, 2, 2), "back_on": dt.date(2026, 2, 23)}
    terms = {"full_nights": 7, "percent": Decimal(50), "most_nights": 14, "reason": "In hospital."}
    changed = actions.pay_retainer(**away, **terms, by=given.officer, now=NOW)
    assert sum(changed.values()) == Decimal(-350 - 700)  # a week at half, a week at nothing
    kinds = models.Commitment.objects.filter(state="live").order_by("start_on").values_list("line", "weekly_fee")
    assert list(kinds) == [("accommodation", 700), ("retainer", 350), ("accommodation", 700)]
    assert not queries.envelopes_that_disagree().exists()
    with pytest.raises(Refused, match="retainer runs"):
        actions.pay_retainer(**away, **terms, by=given.officer, now=NOW)
    with pytest.raises(Refused, match="after the first night away"):
        actions.pay_retainer(**away | {"back_on": dt.date(2026, 2, 2)}, **terms, by=given.officer, now=NOW)
    with pytest.raises(NotAllowed):
        actions.pay_retainer(**away, **terms, by=given.finance, now=NOW)


AWAY = {"source": SOURCE, "away_from": dt.date(2026, 2, 2), "reason": "In hospital."}
TERMS = {"full_nights": 7, "percent": Decimal(50), "most_nights": 14}


def live():
    rows = models.Commitment.objects.filter(state="live").order_by("start_on", "-weekly_fee")
    return [(row.line, int(row.weekly_fee), row.start_on, row.end_on) for row in rows]


def test_a_retainer_without_a_day_back_runs_until_the_child_is_back(given):
    actions.pay_retainer(**AWAY, **TERMS, by=given.officer, now=NOW)
    row = models.Retainer.objects.get()
    assert live()[-1] == ("retainer", 350, dt.date(2026, 2, 9), dt.date(2026, 2, 16))  # then nothing
    with pytest.raises(Refused, match="retainer runs"):
        actions.pay_retainer(**AWAY | {"away_from": dt.date(2026, 2, 12)}, **TERMS, by=given.officer, now=NOW)
    assert queries.open_retainer(source=SOURCE) == row
    actions.end_retainer(retainer_id=row.pk, back_on=dt.date(2026, 2, 23), by=given.officer, now=NOW)
    assert live()[-1] == ("accommodation", 700, dt.date(2026, 2, 23), LAST)
    assert not queries.envelopes_that_disagree().exists()
    changed = actions.end_retainer(retainer_id=row.pk, back_on=dt.date(2026, 2, 16), by=given.officer, now=NOW)
    assert sum(changed.values()) == 700  # the day back was put right: a week more is paid
    assert queries.open_retainer(source=SOURCE) is None
    with pytest.raises(NotAllowed):
        actions.end_retainer(retainer_id=row.pk, back_on=LAST, by=given.finance, now=NOW)


def test_a_retainer_that_was_a_mistake_is_undone_to_the_penny_once(given):
    before = rules.by_year([queries.line_of(row) for row in models.Commitment.objects.filter(state="live")])
    changed = actions.pay_retainer(**AWAY, back_on=dt.date(2026, 2, 23), **TERMS, by=given.officer, now=NOW)
    row = models.Retainer.objects.get()
    with pytest.raises(Refused, match="why"):
        actions.undo_retainer(retainer_id=row.pk, reason=" ", by=given.officer, now=NOW)
    back = actions.undo_retainer(retainer_id=row.pk, reason="It was another child.", by=given.officer, now=NOW)
    assert {year: -amount for year, amount in back.items()} == changed
    assert rules.by_year([queries.line_of(each) for each in models.Commitment.objects.filter(state="live")]) == before
    assert sum(amount for _, amount in adjustments()) == 0
    assert not queries.envelopes_that_disagree().exists()
    with pytest.raises(Refused, match="undone already"):
        actions.undo_retainer(retainer_id=row.pk, reason="Again.", by=given.officer, now=NOW)
    actions.pay_retainer(**AWAY, **TERMS, by=given.officer, now=NOW)  # the days are free for the right one


def test_a_price_that_does_not_divide_by_seven_comes_back_to_the_penny(given):
    reprice(given, "700.01", FIRST)
    rows = list(models.Commitment.objects.order_by("pk").values())
    before = [row for row in rows if row["state"] == "live"]
    changed = actions.pay_retainer(**AWAY, back_on=dt.date(2026, 2, 25), **TERMS, by=given.officer, now=NOW)
    back = actions.undo_retainer(
        retainer_id=models.Retainer.objects.get().pk, reason="A mistake.", by=given.officer, now=NOW
    )
    assert {year: -amount for year, amount in back.items()} == changed
    assert list(models.Commitment.objects.filter(state="live").order_by("pk").values()) == before
    assert not queries.envelopes_that_disagree().exists()


def test_a_new_price_leaves_a_retainer_and_a_discount_in_their_place(given):
    off = {"source": SOURCE, "kind": "discount_siblings", "percent": Decimal(10), "reason": "Two sisters."}
    actions.give_discount(**off, start_on=FIRST, end_on=LAST, by=given.officer, now=NOW)
    actions.pay_retainer(**AWAY, **TERMS | {"most_nights": 100}, by=given.officer, now=NOW)
    row = models.Retainer.objects.get()
    reprice(given, "800", dt.date(2026, 4, 6))
    assert live() == [
        ("accommodation", 700, FIRST, dt.date(2026, 2, 9)),
        ("discount_siblings", -70, FIRST, dt.date(2026, 2, 9)),
        ("retainer", 350, dt.date(2026, 2, 9), dt.date(2026, 4, 6)),
        ("discount_siblings", -35, dt.date(2026, 2, 9), dt.date(2026, 4, 6)),
        ("retainer", 400, dt.date(2026, 4, 6), dt.date(2026, 5, 13)),
        ("discount_siblings", -40, dt.date(2026, 4, 6), dt.date(2026, 5, 13)),
    ]
    actions.commit(  # the stay is agreed for longer while the child is away: nothing more is paid until the return
        decision_id=given.decision.pk,
        provider_id=given.provider.pk,
        category="fostering",
        source=SOURCE,
        lines=[rules.Line("accommodation", Decimal(800), LAST, LAST + dt.timedelta(days=28))],
        by=given.officer,
        now=NOW,
    )
    assert live()[-1][0] == "discount_siblings"
    actions.end_retainer(retainer_id=row.pk, back_on=dt.date(2026, 4, 20), by=given.officer, now=NOW)
    assert live()[-3:] == [
        ("accommodation", 800, dt.date(2026, 4, 20), LAST),
        ("discount_siblings", -80, dt.date(2026, 4, 20), LAST),
        ("accommodation", 800, LAST, LAST + dt.timedelta(days=28)),
    ]
    actions.undo_retainer(retainer_id=row.pk, reason="She was at home.", by=given.officer, now=NOW)
    assert live()[:4] == [
        ("accommodation", 700, FIRST, dt.date(2026, 4, 6)),
        ("discount_siblings", -70, FIRST, dt.date(2026, 4, 6)),
        ("accommodation", 800, dt.date(2026, 4, 6), LAST),
        ("discount_siblings", -80, dt.date(2026, 4, 6), LAST),
    ]
    assert not queries.envelopes_that_disagree().exists()


def test_a_stay_that_ends_while_the_child_is_away_keeps_its_retainer(given):
    actions.pay_retainer(**AWAY, **TERMS, by=given.officer, now=NOW)
    row = models.Retainer.objects.get()
    freed = actions.cut_short(source=SOURCE, end_on=dt.date(2026, 3, 9), by=given.officer, now=NOW)
    assert freed == 0  # nothing was paid for these nights
    actions.end_retainer(retainer_id=row.pk, back_on=dt.date(2026, 2, 23), by=given.officer, now=NOW)
    assert live()[-1] == ("accommodation", 700, dt.date(2026, 2, 23), dt.date(2026, 3, 9))
    assert not queries.envelopes_that_disagree().exists()


def test_a_retainer_that_an_earlier_version_lost_says_so_and_changes_nothing(given):
    actions.pay_retainer(**AWAY, **TERMS, by=given.officer, now=NOW)
    models.Retainer.objects.update(after=[["accommodation", "1.00", "2026-02-02", "2026-06-01"]])
    before = live()
    with pytest.raises(Refused, match="earlier version"):
        actions.undo_retainer(
            retainer_id=models.Retainer.objects.get().pk, reason="A mistake.", by=given.officer, now=NOW
        )
    assert live() == before


def test_a_discount_ends_when_its_reason_does(given, client):
    terms = {"source": SOURCE, "kind": "discount_long_stay", "percent": Decimal(10), "reason": "A year here."}
    actions.give_discount(**terms, start_on=FIRST, end_on=LAST, by=given.officer, now=NOW)
    ended = {"source": SOURCE, "kind": "discount_long_stay", "reason": "Given by mistake.", "now": NOW}
    assert actions.end_discount(**ended, end_on=dt.date(2026, 5, 18), by=given.officer) == 140
    with pytest.raises(Refused, match="No discount"):
        actions.end_discount(**ended, end_on=dt.date(2026, 5, 18), by=given.officer)
    with pytest.raises(NotAllowed):
        actions.end_discount(**ended, end_on=FIRST, by=given.finance)
    client.force_login(given.officer)
    pk = uuid4()
    models.Commitment.objects.update(source=f"placements.agreement:{pk}")
    ended["source"] = f"placements.agreement:{pk}"
    page = client.get(reverse("budget:agreement", args=[pk])).content.decode()
    assert "End the discount for long stay" in page
    form = reverse("budget:end_discount", args=[pk, "discount_long_stay"])
    assert client.get(form).status_code == 200
    assert client.get(reverse("budget:end_discount", args=[pk, "care"])).status_code == 404
    assert actions.end_discount(**ended, end_on=FIRST, by=given.officer) > 0
    assert [kind for kind, *_ in live()] == ["accommodation"]
    assert not queries.envelopes_that_disagree().exists()


def test_the_database_too_keeps_one_retainer_at_a_time(given):
    actions.pay_retainer(**AWAY, **TERMS, by=given.officer, now=NOW)
    kept = models.Retainer.objects.get()
    kept.pk, kept._state.adding = None, True
    with pytest.raises(IntegrityError, match="retainer_one_at_a_time"), transaction.atomic():
        kept.save()


def test_a_rebate_for_volume_is_taken_off_the_year_once(given):
    term = {"provider_id": given.provider.pk, "percent": Decimal(2), "start_on": dt.date(2025, 4, 1)}
    term |= {"agreement": "C1", "by": given.finance, "now": NOW}
    actions.set_volume_term(**term, least_nights=30)
    actions.set_volume_term(**term | {"percent": Decimal(5)}, least_nights=100_000)
    with pytest.raises(Refused, match="kept already"):
        actions.set_volume_term(**term, least_nights=30)
    (row,) = queries.volume(year=2025, on=NOW.date())
    assert (row.reached, row.following, row.percent, row.is_taken) == (30, 100_000, 2, False)
    before = queries.committed(decision_id=given.decision.pk, year=2025)
    take = {"provider_id": given.provider.pk, "year": 2025, "by": given.officer, "now": NOW}
    assert actions.take_rebate(**take) == 2
    saved = before - queries.committed(decision_id=given.decision.pk, year=2025)
    assert abs(saved - before * 2 / 100) <= Decimal("0.01")
    assert not queries.envelopes_that_disagree().exists()
    with pytest.raises(Refused, match="taken already"):
        actions.take_rebate(**take)
    with pytest.raises(Refused, match="no threshold"):
        actions.take_rebate(**take | {"year": 2030})


def test_a_threshold_for_volume_is_kept_on_its_page(given, client):
    client.force_login(given.finance)
    page = reverse("budget:add_volume_term")
    assert given.provider.name in client.get(page).content.decode()
    words = {"provider_id": given.provider.pk, "least_nights": 30, "percent": "2", "agreement": "C1"}
    answer = client.post(page, words | {"start_on_day": 1, "start_on_month": 4, "start_on_year": 2025})
    assert answer.status_code == 302, answer.content.decode()
    assert models.VolumeTerm.objects.get().least_nights == 30


def test_only_a_discount_is_below_nought(given):
    row = models.Commitment.objects.get()
    with pytest.raises(IntegrityError, match="commitment_fee_not_negative"), transaction.atomic():
        models.Commitment.objects.filter(pk=row.pk).update(weekly_fee=Decimal("-1"))


def lots(given, **amounts):
    for category, amount in amounts.items():
        actions.set_lot_share(
            envelope_id=given.envelopes[2026].pk,
            category=category,
            amount=Decimal(amount),
            cost_centre="CC100",
            subjective_code="SUB40",
            by=given.finance,
            now=NOW,
        )


def with_two_lots(given):
    LotTerm.objects.create(decision=given.decision, number=2, category="residential", title="Residential")
    lots(given, fostering="30000", residential="20000")


def test_the_lots_stay_inside_the_envelope(given):
    with pytest.raises(Refused, match=r"£50,000 of it is not yet"):
        lots(given, fostering="50000.01")
    with pytest.raises(Refused, match="no lot for residential"):
        lots(given, residential="1")


def ask(given, amount="5000", source="fostering", target="residential"):
    return actions.ask_virement(
        envelope_id=given.envelopes[2026].pk,
        from_category=source,
        to_category=target,
        amount=Decimal(amount),
        reason="More children need homes with staff.",
        by=given.commissioner,
        now=NOW,
    )


def decide(given, row, by=None, approve=True):
    return actions.decide_virement(
        virement_id=row.pk, approve=approve, reasons="Agreed.", by=by or given.finance, now=NOW
    )


def test_money_moves_between_lots_when_another_person_approves(given):
    with_two_lots(given)
    row = ask(given)
    decide(given, row)
    shares = dict(given.envelopes[2026].lots.values_list("category", "amount"))
    assert shares == {"fostering": Decimal("25000.00"), "residential": Decimal("25000.00")}


def test_what_is_committed_does_not_move_and_nobody_is_told_to_the_penny_what_one_agreement_costs(given):
    with_two_lots(given)
    with pytest.raises(Refused, match=r"Only about £30,000 of the share for fostering"):
        ask(given, "30000.01")  # £6,100 of it is one child's: told to the nearest £50,000
    row = ask(given, "23900.01")
    with pytest.raises(Refused, match="More of the share for fostering is committed by now") as refused:
        decide(given, row)
    assert "£" not in str(refused.value)
    actions.withdraw_virement(virement_id=row.pk, reason="Less will do.", by=given.commissioner, now=NOW)
    Post.objects.create(user=given.commissioner, role="team_manager", start_on=dt.date(2020, 1, 1))
    given.commissioner = type(given.commissioner).objects.get(pk=given.commissioner.pk)
    with pytest.raises(Refused, match=r"Only £23,900 of the share for fostering"):  # who sees children is told it
        ask(given, "23900.01")
    decide(given, ask(given, "23900"))


def test_whoever_asks_for_a_virement_does_not_approve_it(given, council):
    with_two_lots(given)
    both = accounts.person("commissioner", organisation=council)
    Post.objects.create(user=both, role=governance.FINANCE, start_on=dt.date(2020, 1, 1))
    given.commissioner = both
    row = ask(given)
    with pytest.raises(Refused, match="another person"):
        decide(given, row, by=both)
    with pytest.raises(IntegrityError, match="virement_two_people"), transaction.atomic():
        models.Virement.objects.filter(pk=row.pk).update(decided_by=both)
    with pytest.raises(NotAllowed):
        decide(given, row, by=given.officer)


def fund(given, funder="health", percent="40", start_on=FIRST, end_on=None, **fields):
    return actions.record_funding(
        **{
            "source": SOURCE,
            "funder": funder,
            "percent": Decimal(percent),
            "agreement": "ICB 2026/14",
            "start_on": start_on,
            "end_on": end_on,
            "review_on": dt.date(2026, 7, 1),
            "by": given.finance,
            "now": NOW,
        }
        | fields
    )


def test_the_funders_bear_no_more_than_the_whole(given):
    fund(given)
    with pytest.raises(Refused, match="more than the whole"):
        fund(given, "education", "60.01")
    fund(given, "education", "60")
    with pytest.raises(Refused, match=r"more than the whole|some of these days"):
        fund(given, start_on=dt.date(2026, 3, 1))
    with pytest.raises(Refused, match="social care bears the rest"):
        fund(given, "social_care", "1")


def test_what_each_funder_bears_sums_to_the_whole_in_every_column(given):
    fund(given)
    found = queries.outturn(year=2025, on=TODAY)
    for name in ("committed", "actual", "accrual"):
        assert sum(getattr(row, name) for row in found.funders) == getattr(found.total, name)
    assert found.total.accrual > 0


def test_a_closed_month_keeps_its_figures_and_is_opened_by_name_and_reason(given):
    closed = actions.close_month(month=dt.date(2026, 2, 1), by=given.finance, now=NOW)
    (figure,) = closed.figures.all()
    assert (figure.nights, figure.committed, figure.accrual) == (28, Decimal("2800"), Decimal("2800"))
    reprice(given, "770", dt.date(2026, 2, 2))
    figure.refresh_from_db()
    assert figure.committed == Decimal("2800")
    with pytest.raises(Refused, match="closed already"):
        actions.close_month(month=dt.date(2026, 2, 1), by=given.finance, now=NOW)
    with pytest.raises(Refused, match="Say why"):
        actions.reopen_month(month=dt.date(2026, 2, 1), reason=" ", by=given.finance, now=NOW)
    actions.reopen_month(month=dt.date(2026, 2, 1), reason="An uplift came late.", by=given.finance, now=NOW)
    again = actions.close_month(month=dt.date(2026, 2, 1), by=given.finance, now=NOW)
    assert sum(each.committed for each in again.figures.all()) == Decimal("3070")
    with pytest.raises(IntegrityError, match="month_reopened_by_name"), transaction.atomic():
        models.ClosedMonth.objects.filter(pk=again.pk).update(reopened_at=NOW)


def test_a_month_that_has_not_passed_is_not_closed(given):
    with pytest.raises(Refused, match="March 2026 has not passed"):
        actions.close_month(month=dt.date(2026, 3, 1), by=given.finance, now=NOW)


def test_joint_funding_to_be_looked_at_again_stands_on_the_directors_list_and_leads_to_its_nights(client, given):
    terms = {"funder": "health", "percent": Decimal(40), "agreement": "ICB 7", "start_on": FIRST, "end_on": None}
    on, source = localdate(), f"placements.agreement:{uuid4()}"
    models.Commitment.objects.update(source=source)
    actions.record_funding(source=source, **terms, review_on=on + dt.timedelta(days=20), by=given.finance, now=NOW)
    assert [row.agreement for row in queries.funding_to_review(on=on)] == ["ICB 7"]
    assert not queries.funding_to_review(on=on - dt.timedelta(days=11)).exists()
    client.force_login(given.finance)
    assert "Look again at what health bears: ICB 7" in client.get("/").content.decode()
    asked = {"year": 2025, "funder": "health"}
    assert "health bears its agreed share" in (page := client.get(reverse("budget:nights"), asked).content.decode())
    assert "A-TEST11" in page
    assert "A-TEST11" not in client.get(reverse("budget:nights"), asked | {"funder": "education"}).content.decode()
    assert "funder=health" in client.get(reverse("budget:outturn"), {"year": 2025}).content.decode()
