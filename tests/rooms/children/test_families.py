"""Brothers and sisters: joined, families that become one, parted again."""

import pytest
from django.urls import reverse

from placewell.children import actions, queries
from placewell.children.models import SiblingGroup
from placewell.kernel.errors import NotAllowed, Refused
from tests.conftest import NOW, TODAY
from tests.factories import children


@pytest.fixture
def manager(person):
    return person("team_manager")


def family(child, by) -> set:
    return set(queries.siblings(child_id=child.pk, for_user=by, on=TODAY))


def join(one, other, by):
    return actions.join_siblings(child_id=one.pk, sibling_id=other.pk, by=by, now=NOW)


def test_two_families_become_one(manager):
    a, b, c, d = (children.child() for _ in range(4))
    join(a, b, manager)
    join(c, d, manager)
    join(a, c, manager)
    assert family(d, manager) == {a, b, c}
    assert SiblingGroup.objects.count() == 1


def test_a_child_is_parted_and_the_others_stay_together(manager):
    a, b, c = (children.child() for _ in range(3))
    join(a, b, manager)
    join(c, b, manager)
    actions.part_siblings(child_id=a.pk, reason="Another family of that name.", by=manager, now=NOW)
    assert family(a, manager) == set()
    assert family(b, manager) == {c}


def test_nonsense_is_refused(manager, person):
    a, b = children.child(), children.child()
    with pytest.raises(Refused, match="another child"):
        join(a, a, manager)
    join(a, b, manager)
    with pytest.raises(Refused, match="already"):
        join(b, a, manager)
    actions.part_siblings(child_id=a.pk, reason="Wrong.", by=manager, now=NOW)
    with pytest.raises(Refused, match="No brother"):
        actions.part_siblings(child_id=a.pk, reason="Wrong.", by=manager, now=NOW)
    with pytest.raises(NotAllowed):
        join(a, b, person("auditor"))


def test_it_is_done_on_the_childs_page(client, manager):
    a, b = children.child(family_name="Okoro"), children.child(family_name="Okoro")
    client.force_login(manager)
    page, add = reverse("children:child", args=[a.pk]), reverse("children:join_siblings", args=[a.pk])
    assert add in client.get(page).content.decode()
    assert client.post(add, {"sibling": str(b.pk)}).status_code == 302
    assert b.reference in client.get(page).content.decode()
    part = reverse("children:part_siblings", args=[a.pk])
    assert client.post(part, {"reason": "A mistake."}).status_code == 302
    assert b.reference not in client.get(page).content.decode()
