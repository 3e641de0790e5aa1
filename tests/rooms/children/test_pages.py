"""The pages of children's records, as each reader meets them."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from placewell.audit.models import Event
from placewell.children import actions, queries
from placewell.children.models import Child, Need
from tests.conftest import NOW
from tests.factories import children
from tests.rooms.children.test_returns import ADA, ENDED, EPISODES, HEADER, MOVED


@pytest.fixture
def sign_in(client, person):
    def sign_in(role, **fields):
        user = person(role, **fields)
        client.force_login(user)
        return user

    return sign_in


def page(client, name, *args, **query):
    return client.get(reverse(f"children:{name}", args=args), query)


PERMITTED = {
    "list": "placements_officer social_worker team_manager analyst reviewing_officer director_of_childrens_services",
    "register": "social_worker team_manager",
    "returns": "analyst",
    "write_return": "analyst",
    "upload": "analyst",
}
ROLES = {
    "placements_officer",
    "social_worker",
    "team_manager",
    "commissioner",
    "analyst",
    "reviewing_officer",
    "director_of_childrens_services",
    "director_of_finance",
    "portfolio_holder",
    "democratic_services",
    "auditor",
    "system_administrator",
}


@pytest.mark.parametrize("name", PERMITTED)
@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_page_opens_for_those_who_may(client, sign_in, name, role):
    sign_in(role)
    assert page(client, name).status_code == (200 if role in PERMITTED[name].split() else 403)


def test_nobody_reads_without_signing_in(client, council):
    child = children.child()
    for address in (reverse("children:list"), reverse("children:child", args=[child.pk])):
        assert client.get(address).status_code == 302


def test_the_list_asks_a_fixed_number_of_questions(client, sign_in, django_assert_max_num_queries):
    sign_in("team_manager")
    for _ in range(12):
        children.episode(of=children.child())
    with django_assert_max_num_queries(16):
        shown = page(client, "list").content.decode()
    assert shown.count("Foster, other carer") == 12
    assert shown.count('govuk-table__cell--numeric">1') == 12  # each is eleven or older


def test_a_record_tells_the_child_and_is_noted_as_read(client, sign_in):
    sign_in("team_manager")
    child = children.child(given_name="Ada", ethnicity="WBRI")
    children.episode(of=child)
    Need.objects.create(child=child, code="autism", since=NOW.date())
    shown = page(client, "child", child.pk).content.decode()
    for words in ("Ada", "White British", "Full care order", "Autism", child.reference):
        assert words in shown
    assert Event.objects.filter(what="children.record.seen").count() == 1


@pytest.mark.parametrize(
    "role", ["placements_officer", "director_of_childrens_services", "analyst", "reviewing_officer"]
)
def test_a_restricted_record_is_on_no_page_search_or_file(client, sign_in, person, role):
    child = children.child(given_name="Zebedee", family_name="Secret")
    sister = children.child(family_name="Open")
    actions.restrict_child(child_id=child.pk, is_restricted=True, reason="x", by=person("team_manager"), now=NOW)
    sign_in(role)
    for query in (
        {},
        {"words": "Zebedee"},
        {"words": child.reference},
        {"format": "csv"},
        {"format": "csv", "words": "Secret"},
    ):
        answer = page(client, "list", in_care="all", **query)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"Secret" not in body
        assert str(child.pk).encode() not in body
        assert query or b"Open" in body
    for name in ("child", "needs", "change", "allocate", "restrict"):
        assert page(client, name, child.pk).status_code in (403, 404)
    assert page(client, "child", child.pk).status_code == 404
    assert page(client, "child", sister.pk).status_code == 200


def test_another_workers_child_is_not_there(client, sign_in):
    sign_in("social_worker")
    assert page(client, "child", children.child().pk).status_code == 404


def test_a_worker_opens_a_record_and_sets_needs(client, sign_in):
    sign_in("social_worker")
    data = {
        "given_name": "Ada", "family_name": "Made-Up", "born_on_day": "6", "born_on_month": "5", "born_on_year": "2014", "sex": "F",
    }  # fmt: skip
    answer = client.post(reverse("children:register"), data)
    child = Child.objects.get()
    assert answer.url == reverse("children:child", args=[child.pk])
    assert page(client, "needs", child.pk).status_code == 200
    client.post(reverse("children:needs", args=[child.pk]), {"skill": ["autism"], "poses": ["poses_missing"]})
    assert set(child.needs.values_list("code", flat=True)) == {"autism", "poses_missing"}
    assert page(client, "change", child.pk).status_code == 200
    client.post(reverse("children:change", args=[child.pk]), {"given_name": "Grace", "family_name": "Made-Up"})
    child.refresh_from_db()
    assert child.given_name == "Grace"


def test_a_manager_allocates_and_restricts(client, sign_in, person):
    worker, officer = person("social_worker"), person("placements_officer")
    manager = sign_in("team_manager")
    child = children.child()
    client.post(reverse("children:allocate", args=[child.pk]), {"worker": str(worker.pk)})
    child.refresh_from_db()
    assert child.social_worker == worker
    assert page(client, "restrict", child.pk).status_code == 200
    answer = client.post(
        reverse("children:restrict", args=[child.pk]),
        {"is_restricted": "yes", "people": [str(officer.pk)], "reason": "Safety"},
    )
    assert answer.status_code == 302
    child.refresh_from_db()
    assert child.is_restricted
    assert set(child.accesses.values_list("user", flat=True)) == {manager.pk, officer.pk}


def test_a_refusal_shows_on_the_form_and_nothing_is_lost(client, sign_in):
    sign_in("social_worker")
    data = {
        "given_name": "Ada", "family_name": "Made-Up", "born_on_day": "6", "born_on_month": "5", "born_on_year": "2099", "sex": "F",
    }  # fmt: skip
    answer = client.post(reverse("children:register"), data)
    assert answer.status_code == 422
    assert b"after today" in answer.content
    assert b'value="Made-Up"' in answer.content


def files(*episodes):
    return [
        SimpleUploadedFile("header.csv", f"{HEADER}\n{ADA}\n".encode()),
        SimpleUploadedFile("episodes.csv", "\n".join([EPISODES, *episodes, ""]).encode()),
    ]


def test_a_return_is_previewed_then_brought_in_once(client, sign_in, settings, tmp_path):
    settings.HOME = tmp_path
    sign_in("analyst")
    answer = client.post(reverse("children:upload"), {"uploads": files(ENDED, MOVED, MOVED.replace("C2", "C9"))})
    assert answer.url == reverse("children:preview")
    assert not Child.objects.exists()
    shown = page(client, "preview").content.decode()
    assert "Episodes new" in shown
    assert "is not a code of LS" in shown
    assert client.post(reverse("children:preview")).url == reverse("children:returns")
    assert Child.objects.count() == 1
    assert list((tmp_path / "held").iterdir()) == []
    assert client.post(reverse("children:preview")).status_code == 422
    assert page(client, "preview").status_code == 302
    listed = page(client, "returns").content.decode()
    assert "Returns" in listed
    where = reverse("children:quarantined", args=[Child.objects.first() and _import().pk])
    assert b"C9" in client.get(where).content


def _import():
    from placewell.children.models import ReturnImport

    return ReturnImport.objects.get()


def test_a_file_that_cannot_be_read_is_told_on_the_form(client, sign_in, settings, tmp_path):
    settings.HOME = tmp_path
    sign_in("analyst")
    bad = SimpleUploadedFile("episodes.csv", b"PK\x03\x04 no zip")
    answer = client.post(reverse("children:upload"), {"uploads": [bad]})
    assert answer.status_code == 422
    assert b"the archive is damaged" in answer.content
    assert not (tmp_path / "held").exists()
    assert client.post(reverse("children:upload"), {}).status_code == 422


def test_files_that_wait_too_long_are_gone(client, sign_in, settings, tmp_path):
    import os

    settings.HOME = tmp_path
    sign_in("analyst")
    client.post(reverse("children:upload"), {"uploads": files(ENDED)})
    (waiting,) = (tmp_path / "held").iterdir()
    assert waiting.stat().st_mode & 0o077 == 0
    os.utime(waiting, (0, 0))
    answer = client.post(reverse("children:preview"))
    assert answer.status_code == 422
    assert b"no longer kept" in answer.content
    assert not Child.objects.exists()


def test_the_page_hands_over_a_zip_and_refuses_others(client, sign_in):
    sign_in("analyst")
    children.episode(of=children.child(return_id="1"))
    page = client.get(reverse("children:write_return"))
    assert b"31 March" in page.content
    year = queries.collections(on=timezone.localdate())[-1]
    answer = client.post(reverse("children:write_return"), {"year": year})
    assert answer["Content-Disposition"] == f'attachment; filename="ssda903_{year}.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert f"ssda903_{year}_header.csv" in archive.namelist()
    assert Event.objects.filter(what="children.return.exported").count() == 1
    assert client.post(reverse("children:write_return"), {"year": 1999}).status_code == 422
    sign_in("team_manager")
    assert client.get(reverse("children:write_return")).status_code == 403
    assert client.post(reverse("children:write_return"), {"year": year}).status_code == 403
    assert Event.objects.filter(what="children.return.exported").count() == 1
