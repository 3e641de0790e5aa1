"""Steps of the tiers, decisions and answers about brothers and sisters, all at once: nobody waits for somebody who waits for them."""

import datetime as dt
import threading
from decimal import Decimal

from django.db import OperationalError, connections

from placewell.children.models import SiblingGroup
from placewell.kernel.errors import Refused
from placewell.kernel.states import WrongState
from placewell.placements import actions
from placewell.placements.actions import _locks, cascades
from placewell.placements.models import Invitation, Offer, Referral
from placewell.storage.context import Scope, acting
from tests.factories import accounts
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY, WHY

ROUNDS = 5


def family(council_, *, upto: str):
    """Return a world with two brothers and sisters who are sought together, and their referrals by key."""
    made = desk.world(council_, places=2)
    group = SiblingGroup.objects.create()
    children = [desk.a_child(siblings=group) for _ in range(2)]
    rows = [desk.referral(made, child=each, upto="draft") for each in children]
    ours = {"by": made.by["officer"], "now": NOW}
    given = {"sibling_ids": [children[1].pk], "together": True, "reason": ""}
    actions.plan_siblings(referral_id=rows[0].pk, **given, **ours)
    for row in rows:
        actions.ready_referral(referral_id=row.pk, **ours)
    if upto == "offered":
        actions.start_cascade(referral_id=rows[0].pk, **ours)
        offer_again(made)
        offer = Offer.objects.first()
        actions.recommend_offer(offer_id=offer.pk, recommendation=WHY, **ours)
    return made, sorted(row.pk for row in rows)


def offer_again(made):
    """Let the provider offer its home for both."""
    with acting(Scope.of_provider(made.provider.pk)):
        actions.make_offer_for_siblings(
            weekly_fees=dict.fromkeys(Invitation.objects.values_list("pk", flat=True), Decimal(910)),
            home_id=made.home.pk,
            earliest_on=TODAY,
            how_needs_are_met="Two rooms.",
            effect_on_residents="",
            by=made.by["staff"],
            now=NOW,
        )


def at_once(*acts) -> set[str]:
    """Run each act again and again in transactions of its own, all at once; return the names of what went wrong."""
    wrong, start = [], threading.Barrier(len(acts))

    def run(act):
        start.wait()
        for _ in range(ROUNDS):
            try:
                act()
            except (Refused, WrongState):
                pass
            except Exception as error:
                wrong.append(f"{type(error).__name__}: {error}")
        connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return set(wrong)


def council(made, act, **fields):
    def run():
        with acting(Scope.of_council(made.council.pk)):
            act(**fields)

    return run


def test_the_tiers_the_decision_and_the_answers_of_brothers_and_sisters_never_wait_in_a_ring(committed):
    council_ = accounts.council()
    with acting(Scope.of_council(council_.pk)):
        made, rows = family(council_, upto="offered")
        offers = list(Offer.objects.values_list("pk", flat=True))
        invitations = list(Invitation.objects.values_list("pk", flat=True))
    later = NOW + dt.timedelta(days=9)
    officer, manager = made.by["officer"], made.by["manager"]
    worker = accounts.person("worker", organisation=council_)

    def withdraw(offer_id):
        def run():
            with acting(Scope.of_provider(made.provider.pk)):
                actions.withdraw_offer(offer_id=offer_id, reason=WHY, by=made.by["staff"], now=NOW)

        return run

    def decline(pk):
        def run():
            with acting(Scope.of_provider(made.provider.pk)):
                actions.decline_invitation(invitation_id=pk, reason="need", note="", by=made.by["staff"], now=NOW)

        return run

    wrong = at_once(
        *(council(made, actions.accept_offer, offer_id=pk, reasons=WHY, by=manager, now=NOW) for pk in offers),
        council(made, actions.step_cascades, by=worker, now=later),
        *(council(made, actions.start_cascade, referral_id=pk, by=officer, now=NOW) for pk in reversed(rows)),
        *(council(made, actions.change_referral, referral_id=pk, summary="Chess.", by=officer, now=NOW) for pk in rows),
        withdraw(offers[1]),
        *(decline(pk) for pk in invitations),
    )
    assert wrong == set()
    with acting(Scope.of_council(council_.pk)):
        assert Referral.objects.filter(state="matched").count() in (0, 2)  # both or none


def test_with_each_own_referral_locked_first_two_clocks_wait_for_each_other(committed, monkeypatch):
    """The control: each clock takes its own child's referral, and then its brother's or sister's."""
    council_ = accounts.council()
    with acting(Scope.of_council(council_.pk)):
        made, rows = family(council_, upto="ready")
    both_hold_one = threading.Barrier(2, timeout=20)

    def own_first(referral_id):
        found = _locks.locked_referral(referral_id)
        both_hold_one.wait()
        return found

    monkeypatch.setattr(cascades, "_locked", own_first)
    officer = made.by["officer"]
    outcomes, start = [], threading.Barrier(2)

    def run(pk):
        start.wait()
        try:
            council(made, actions.start_cascade, referral_id=pk, by=officer, now=NOW)()
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        except OperationalError as error:
            outcomes.append("deadlock" if "deadlock" in str(error) else str(error))
        connections.close_all()

    threads = [threading.Thread(target=run, args=[pk]) for pk in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "deadlock" in outcomes


def test_two_clocks_of_brothers_and_sisters_start_one_after_the_other(committed):
    council_ = accounts.council()
    with acting(Scope.of_council(council_.pk)):
        made, rows = family(council_, upto="ready")
    officer = made.by["officer"]
    wrong = at_once(*(council(made, actions.start_cascade, referral_id=pk, by=officer, now=NOW) for pk in rows))
    assert wrong == set()
    with acting(Scope.of_council(council_.pk)):
        assert Invitation.objects.count() == 2
