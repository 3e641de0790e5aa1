"""Sixteen at once: fifty frameworks get fifty awards, one approval awards one framework, one request is decided once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from placewell.audit.models import Event
from placewell.contracts import actions, models
from placewell.contracts.actions import frameworks as awarding_actions
from placewell.governance import actions as governance_actions
from placewell.governance.models import Approval, Decision
from placewell.governance.queries import deciding
from placewell.kernel.errors import Refused
from placewell.storage import context
from tests.conftest import NOW, empty_tables
from tests.factories import accounts, contracts, governance

AT_ONCE, FRAMEWORKS = 16, 50


@pytest.fixture
def offices(committed):
    """A committed council with one person for each office, and the scope of its transactions."""
    council = accounts.council()
    with context.acting(scope := context.Scope.of_council(council.pk)):
        return governance.offices(council), scope


def at_once(scope: context.Scope, attempts: list[Callable[[], object]]) -> int:
    """Return how many of *attempts* were not refused."""
    start = threading.Barrier(min(AT_ONCE, len(attempts)))

    def run(number: int) -> bool:
        if number < start.parties:
            start.wait()
        try:
            with context.acting(scope):
                attempts[number]()
            return True
        except Refused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(run, range(len(attempts))))


def awards(people, delegation, count: int) -> list[Approval]:
    by = {"asked_by": people["commissioner"], "decided_by": people[governance.DIRECTOR]}
    return [governance.approval(of=delegation, asked_at=NOW, **by) for _ in range(count)]


def awarding(people, framework, approval) -> Callable[[], object]:
    return lambda: actions.award_framework(
        framework_id=framework.pk, approval_id=approval.pk, by=people["commissioner"], now=NOW
    )


@pytest.mark.slow
def test_fifty_awards_at_once_are_fifty_awards(offices):
    people, scope = offices
    with context.acting(scope):
        delegation = governance.delegation(of=governance.decision())
        made = [contracts.framework(of=delegation.decision) for _ in range(FRAMEWORKS)]
        pairs = list(zip(made, awards(people, delegation, FRAMEWORKS), strict=True))
    assert at_once(scope, [awarding(people, *pair) for pair in pairs]) == FRAMEWORKS
    with context.acting(scope):
        rows = models.Framework.objects.filter(state="awarded").values_list("pk", "award")
        assert set(rows) == {(framework.pk, approval.pk) for framework, approval in pairs}
        assert Event.objects.filter(what="contracts.framework.awarded").count() == FRAMEWORKS


@pytest.mark.slow
def test_one_approval_for_which_sixteen_frameworks_race_awards_one(offices):
    people, scope = offices
    with context.acting(scope):
        delegation = governance.delegation(of=governance.decision())
        made = [contracts.framework(of=delegation.decision) for _ in range(AT_ONCE)]
        (approval,) = awards(people, delegation, 1)
    assert at_once(scope, [awarding(people, framework, approval) for framework in made]) == 1
    with context.acting(scope):
        assert models.Framework.objects.filter(state="awarded", award=approval).count() == 1


@pytest.mark.slow
def test_with_the_guards_off_one_approval_awards_several(offices, monkeypatch):
    """Without the decision's lock and the constraint the same race gets through, so it is one."""
    people, scope = offices
    with context.acting(scope):
        delegation = governance.delegation(of=governance.decision())
        made = [contracts.framework(of=delegation.decision) for _ in range(AT_ONCE)]
        (approval,) = awards(people, delegation, 1)
    monkeypatch.setattr(deciding, "locked_decision", lambda *, decision_id: Decision.objects.get(pk=decision_id))
    change = awarding_actions.change_state

    def dawdle_and_change(**step):
        time.sleep(0.05)  # between the look and the award: without it a quick machine seldom shows the race
        change(**step)

    monkeypatch.setattr(awarding_actions, "change_state", dawdle_and_change)
    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table contracts_framework drop constraint framework_award_once")
    try:
        assert at_once(scope, [awarding(people, framework, approval) for framework in made]) > 1
    finally:
        empty_tables()
        with connections["owner"].cursor() as cursor:
            cursor.execute("alter table contracts_framework add constraint framework_award_once unique (award_id)")


@pytest.mark.slow
def test_one_request_decided_by_many_at_once_is_decided_once(offices):
    people, scope = offices
    director = people[governance.DIRECTOR]
    with context.acting(scope):
        delegation = governance.delegation(of=governance.decision(), consultees=())
        asked = governance.approval(of=delegation, asked_by=people["commissioner"], asked_at=NOW)

    def deciding(approve: bool) -> Callable[[], object]:
        return lambda: governance_actions.decide_approval(
            approval_id=asked.pk, approve=approve, reasons="Seen", by=director, now=NOW
        )

    assert at_once(scope, [deciding(number % 2 == 0) for number in range(AT_ONCE)]) == 1
    with context.acting(scope):
        assert Event.objects.filter(subject__endswith=str(asked.pk)).count() == 1
