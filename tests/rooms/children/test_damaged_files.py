"""Damaged files are taken or refused with a message, and nothing in between; the long run is in `bench/fuzz_files.py`."""

import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from bench import fuzz_files
from placewell.children import queries
from placewell.children.models import Child, ReturnImport
from placewell.market.models import RegisterImport, Registration
from tests.rooms.children.test_pages import sign_in

__all__ = ["sign_in"]


def test_each_of_many_damaged_files_is_taken_or_refused():
    ended, _longest = fuzz_files.run(400, seed=2026, codes=queries.codes())
    assert sum(ended.values()) == 400
    assert {what for _kind, what in ended} >= {"taken", "refused", "taken, rows set aside"}
    assert len({kind for kind, _what in ended}) == 9


def test_a_crash_would_be_seen(monkeypatch):
    monkeypatch.setattr(fuzz_files.ssda903, "read", lambda files: 1 // 0)
    with pytest.raises(AssertionError, match="crashed"):
        fuzz_files.run(20, seed=1, codes=queries.codes())


def test_the_pages_answer_damaged_files_and_write_nothing_before_the_second_step(client, sign_in, settings, tmp_path):
    settings.HOME = tmp_path
    sign_in("analyst")
    answers = set()
    for kind, files in fuzz_files.cases(40, seed=7):
        if kind.startswith("register"):
            continue
        given = [SimpleUploadedFile(file.name, file.data) for file in files]
        answers.add(client.post(reverse("children:upload"), {"uploads": given}).status_code)
        assert client.get(reverse("children:preview")).status_code in (200, 302)
    assert answers == {302, 422}
    sign_in("commissioner")
    chance = random.Random(3)
    for _ in range(15):
        given = SimpleUploadedFile("march_2025.csv", fuzz_files.damaged(fuzz_files.NEW, chance))
        data = {"uploads": [given], "as_at_day": "31", "as_at_month": "3", "as_at_year": "2025"}
        assert client.post(reverse("market:upload"), data).status_code in (302, 422)
    assert not Child.objects.exists()
    assert not ReturnImport.objects.exists()
    assert not Registration.objects.exists()
    assert not RegisterImport.objects.exists()
