"""The made-up council watches its providers: targets, a visit to a home, a notice with its reply, a proposal, returns."""

import datetime as dt
from decimal import Decimal

from placewell.contracts import queries as contracts
from placewell.kernel.periods import months_after
from placewell.market import queries as market
from placewell.outcomes import actions, queries
from placewell.outcomes.rules import returns
from placewell.storage.context import Scope, acting

from . import people

DAY = dt.timedelta(days=1)
# Measure, target, slightly below until, below until; in the measure's own unit.
TARGETS = (
    ("referrals_answered", "95", "90", "75"),
    ("response_hours", "8", "10", "16"),
    ("offers_kept", "95", "90", "80"),
    ("vacancies_right", "95", "90", "80"),
    ("unplanned_endings", "1.1", "1.3", "1.6"),
    ("goals_reached", "0.9", "0.75", "0.6"),
    ("invoices_right", "98", "95", "85"),
    ("actions_in_time", "95", "85", "70"),
    ("returns_in_time", "100", "90", "75"),
)


def add(cast: people.Cast, lots: dict, *, on: dt.date) -> None:
    """Add what a commissioner would find on the day *on*."""
    now = dt.datetime(on.year, on.month, on.day, 8, tzinfo=dt.UTC)
    _targets(cast, lots["residential"].framework)
    own, other = (
        contracts.contracts().filter(provider=provider_id).first()
        for provider_id in (cast.by["homes"].organisation_id, _another(cast, lots["residential"]))
    )
    _visit(cast, own.provider_id, on)
    _notice(cast, own.provider_id, on, now)
    _proposal(cast, other.provider_id, on, now)
    _event(cast, on, now)
    _returns(cast, on, now)
    actions.share_figures(provider_id=own.provider_id, by=cast.by["commissioner"], now=now)


def _another(cast: people.Cast, lot):
    """Return a provider of the lot who is not the persona's: the last in rank, so that the search is the same."""
    rows = contracts.contracts().filter(lot=lot).exclude(provider=cast.by["homes"].organisation_id)
    return rows.order_by("-tier", "-rank").first().provider_id


def _targets(cast: people.Cast, framework) -> None:
    for kpi, *steps in TARGETS:
        target, slightly, below = (Decimal(each) for each in steps)
        actions.set_target(
            framework_id=framework.pk,
            kpi=kpi,
            target=target,
            slightly=slightly,
            below=below,
            from_on=framework.start_on,
            reason="Schedule 4 of the framework; published with the contract details notice.",
            by=cast.by["commissioner"],
            now=dt.datetime.combine(framework.start_on - DAY, dt.time(9), dt.UTC),
        )


def _home(cast: people.Cast, provider_id):
    return market.homes(for_user=cast.by["commissioner"]).filter(provider=provider_id).first()


def _visit(cast: people.Cast, provider_id, on: dt.date) -> None:
    """Record a visit of the spring whose finding was put right, and one of last month with two things still open."""
    home, by = _home(cast, provider_id), cast.by["placements"]
    for back, found, things in (
        (140, "The garden fence had a gap of a metre.", [("Close the gap in the fence.", on - 120 * DAY, None)]),
        (
            24,
            "The home is warm and the children were at ease. Two of six staff files held no reference.",
            [
                ("Put a reference into every staff file.", on + 6 * DAY, None),
                ("Tell the provider how to ask for training places.", on - 2 * DAY, by),
            ],
        ),
    ):
        at = dt.datetime.combine(on - back * DAY, dt.time(15), dt.UTC)
        made = actions.record_home_visit(
            home_id=home.pk,
            made_on=at.date(),
            is_unannounced=back == 24,
            found=found,
            good="Meals are cooked with the children." if back == 24 else "",
            improvements=things,
            by=by,
            now=at,
        )
        if back == 140:
            fence = made.improvements.get()
            done = {"improvement_id": fence.pk, "is_done": True, "note": "Seen on a photograph of the new panel."}
            actions.see_done(**done, by=by, now=at + 15 * DAY)


def _notice(cast: people.Cast, provider_id, on: dt.date, now: dt.datetime) -> None:
    """Warn the persona's provider a fortnight ago; it replied and says that one thing is done."""
    at, by = now - 14 * DAY, cast.by["commissioner"]
    concern = actions.raise_concern(
        provider_id=provider_id,
        home_id=_home(cast, provider_id).pk,
        kind="visit_finding",
        severity="serious",
        happened_on=on - 24 * DAY,
        what="Staff were taken on before their references had come.",
        by=cast.by["placements"],
        now=at,
    )
    notice = actions.warn(
        concern_id=concern.pk,
        words="References must be in before anybody works in the home. Please put this right and tell us how you make sure "
        "that it does not happen again.",
        due_on=on + 16 * DAY,
        improvements=[
            ("Send the references of all who started this year.", on - DAY),
            ("Have the manager sign off each new start.", on + 16 * DAY),
        ],
        by=by,
        now=at,
    )
    things = list(notice.improvements.order_by("due_on"))
    staff = cast.by["homes"]
    with acting(Scope.of_provider(staff.organisation_id, person=staff.pk)):
        words = "We agree. The references had been asked for and were late; nobody starts without them now."
        actions.reply(measure_id=notice.pk, words=words, by=staff, now=at + 2 * DAY)
        actions.say_done(improvement_id=things[0].pk, words="Sent by secure mail.", by=staff, now=now - 2 * DAY)


def _proposal(cast: people.Cast, provider_id, on: dt.date, now: dt.datetime) -> None:
    """Propose to stop placements with another provider, whose days to reply have passed: the director is to decide."""
    at = now - 9 * DAY
    home = _home(cast, provider_id)
    concern = actions.raise_concern(
        provider_id=provider_id,
        home_id=home.pk if home else None,
        kind="allegation",
        severity="children_at_risk",
        happened_on=at.date() - DAY,
        what="An allegation was made against a member of staff, who went on working for three days.",
        by=cast.by["manager"],
        now=at,
    )
    actions.propose_suspension(
        concern_id=concern.pk,
        words="We propose that no more children are placed with you until we have seen how allegations are handled.",
        due_on=on + 30 * DAY,
        by=cast.by["commissioner"],
        now=at,
    )


def _event(cast: people.Cast, on: dt.date, now: dt.datetime) -> None:
    """Let the persona's provider report an event."""
    staff = cast.by["homes"]
    with acting(Scope.of_provider(staff.organisation_id, person=staff.pk)):
        home = market.homes(for_user=staff).first()
        actions.report_event(
            council_id=cast.council.pk,
            home_id=home.pk,
            happened_on=on - DAY,
            what="The police were called after a window was broken. Nobody was hurt; all were spoken with the same evening.",
            by=staff,
            now=now,
        )


def _returns(cast: people.Cast, on: dt.date, now: dt.datetime) -> None:
    """Ask for the last quarter; the fostering agency has answered."""
    quarter = months_after(returns.quarter(on), -3)
    asked = max(returns.quarter_end(quarter), on - 30 * DAY)
    at = dt.datetime.combine(asked, dt.time(9), dt.UTC)
    actions.ask_returns(quarter=quarter, due_on=max(asked, on - 4 * DAY), by=cast.by["commissioner"], now=at)
    staff = cast.by["provider"]
    figures = dict.fromkeys(returns.FIGURES, 0) | {"staff": 14, "qualified": 12, "leavers": 1, "independent_visits": 3}
    with acting(Scope.of_provider(staff.organisation_id, person=staff.pk)):
        row = queries.provider_returns(provider_id=staff.organisation_id).first()
        if row is not None:
            words = "The nights are those of our own register; two carers' households are counted by another branch."
            actions.send_return(return_id=row.pk, figures=figures, explained=words, by=staff, now=now)
