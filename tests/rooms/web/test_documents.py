"""Documents: accessible PDF from data, never from pasted source."""

import datetime as dt
from decimal import Decimal

import pytest
import typst
from django.utils import timezone

from placewell.web import charts, documents

SOURCE = """#import "/web/documents/base.typ": data, facts, letter
#show: letter
#facts(data.facts)
"""


@pytest.fixture
def template(tmp_path, monkeypatch):
    """A folder with the base template and a document of our own in it."""
    base = documents.ROOT / "web" / "documents" / "base.typ"
    (tmp_path / "web" / "documents").mkdir(parents=True)
    (tmp_path / "web" / "documents" / "base.typ").write_text(base.read_text())
    (tmp_path / "letter.typ").write_text(SOURCE)
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    return tmp_path


def letter(**changes):
    facts = [("From", dt.date(2026, 3, 2)), ("Fee", Decimal("4200")), ("At", timezone.now())]
    return {"title": "Agreement", "council": "Thurrock", "facts": facts} | changes


def test_a_document_is_tagged_titled_and_in_english(template):
    made = documents.pdf("letter.typ", letter())
    assert made.startswith(b"%PDF-")
    for sign in (b"/StructTreeRoot", b"/Lang", b"pdfuaid"):
        assert sign in made


def test_a_document_without_a_title_is_refused(template):
    with pytest.raises(ValueError, match="title"):
        documents.pdf("letter.typ", letter(title=""))


def test_what_people_typed_is_text_and_never_source(template):
    hostile = '#read("/letter.typ") #panic("run") $x$ *bold* `raw` \\ "'
    assert documents.pdf("letter.typ", letter(facts=[("Name", hostile)])).startswith(b"%PDF-")


def test_a_picture_without_words_is_refused(template):
    (template / "letter.typ").write_text(SOURCE + "#image(bytes(data.svg))\n")
    picture = charts.sparkline(title="Rising", values=[1, 2])
    with pytest.raises(typst.TypstError, match="alt"):
        documents.pdf("letter.typ", letter(svg=picture))


def test_a_chart_of_the_pages_goes_into_a_document(template):
    (template / "letter.typ").write_text(SOURCE + '#image(bytes(data.svg), alt: "Committed by year")\n')
    picture = charts.bar_chart(
        title="Committed", description="One year.", labels=["2025/26"], series=[charts.Series("Fostering", [3.0])]
    )
    assert documents.pdf("letter.typ", letter(svg=picture)).startswith(b"%PDF-")
