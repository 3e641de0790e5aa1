"""The sufficiency statement: written with its history, figured, published by somebody else, without small counts or a child."""

import datetime as dt
import json

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from placewell.budget.models import Forecast
from placewell.kernel.errors import NotAllowed, Refused
from placewell.needs import actions, models, published, queries, rules, sufficiency
from placewell.outcomes import actions as outcomes
from placewell.storage import context
from tests.conftest import NOW
from tests.factories import children

from .conftest import OPTIONS
from .test_sufficiency import lives


@pytest.fixture
def forecast(person, the_return, outcome):
    """A forecast that is done."""
    run = actions.ask_forecast(title="Spring", options=OPTIONS, files=the_return, by=person("analyst"), now=NOW)
    worker = person("worker")
    actions.begin_forecast(run_id=run.pk, digest="d" * 64, by=worker, now=NOW)
    actions.finish_forecast(run_id=run.pk, outcome=outcome, by=worker, now=NOW)
    return run


@pytest.fixture
def analyst(person):
    """Who writes."""
    return person("analyst")


@pytest.fixture
def statement(analyst):
    """A statement without a word."""
    period = {"start_on": dt.date(2026, 4, 1), "end_on": dt.date(2029, 4, 1)}
    return actions.begin_statement(title="Homes 2026", by=analyst, now=NOW, **period)


def write(statement, by, text="We will find homes near.", keys=None):
    for section in rules.sections():
        if keys is None or section.key in keys:
            newest = next(iter(queries.versions(statement_id=statement.pk, key=section.key)), None)
            seen = str(newest.pk) if newest else ""
            about = {"statement_id": statement.pk, "key": section.key, "seen_id": seen}
            actions.write_section(text=text, by=by, now=NOW, **about)


@pytest.fixture
def whole(statement, analyst, forecast):
    """A statement that could be published."""
    for _ in range(3):
        lives("K2", "LS1 4AP")
    for _ in range(7):
        lives("U6", "RM17 6SL")
    write(statement, analyst)
    actions.put_figures_in(statement_id=statement.pk, forecast_id=forecast.pk, by=analyst, now=NOW)
    return statement


def test_the_outcomes_follow_how_we_will_know_and_survive_newer_figures(whole, analyst, forecast, person, client):
    outcomes.hand_to_statement(statement_id=whole.pk, by=analyst, now=NOW)
    actions.put_figures_in(statement_id=whole.pk, forecast_id=forecast.pk, by=analyst, now=NOW)
    made = actions.publish_statement(statement_id=whole.pk, by=person("commissioner"), now=NOW)
    table = made.content["outcomes"]
    assert [row[0] for row in table["rows"]][:2] == ["Three or more placements in the year", "Long-term stability"]
    assert {len(row) for row in table["rows"]} == {len(table["head"])}
    told = {row[0]: row[-1] for row in table["rows"]}
    assert told["More than 20 miles from home"] == "c"  # three of ten, held back
    client.force_login(analyst)
    page = client.get(reverse("needs:statement", args=[whole.pk])).content.decode()
    assert page.index("How we will know") < page.index("Long-term stability")
    assert client.get(reverse("needs:publication_document", args=[made.pk])).content.startswith(b"%PDF")
    address = reverse("outcomes:into_statement", args=[whole.pk])
    assert client.post(address).status_code == 302
    client.force_login(person("auditor"))
    assert client.get(address).status_code == 403


def test_outcomes_wait_for_the_figures(statement, analyst):
    with pytest.raises(Refused, match="figures of a forecast"):
        outcomes.hand_to_statement(statement_id=statement.pk, by=analyst, now=NOW)


def test_what_was_written_is_kept_and_nobody_overwrites_unseen(statement, analyst, person):
    write(statement, analyst, "First", keys={"gap"})
    (first,) = queries.versions(statement_id=statement.pk, key="gap")
    about = {"statement_id": statement.pk, "key": "gap", "now": NOW}
    actions.write_section(text="Second", seen_id=str(first.pk), by=person("commissioner"), **about)
    with pytest.raises(Refused, match="has written this section since"):
        actions.write_section(text="Third", seen_id=str(first.pk), by=analyst, **about)
    assert {each.text for each in queries.versions(statement_id=statement.pk, key="gap")} == {"First", "Second"}
    with pytest.raises(DatabaseError), transaction.atomic():
        models.SectionText.objects.filter(pk=first.pk).update(text="Never said")


def test_it_is_not_published_before_it_is_whole_or_by_who_wrote(statement, analyst, person, forecast):
    commissioner = person("commissioner")
    about = {"statement_id": statement.pk, "now": NOW}
    with pytest.raises(NotAllowed):
        actions.publish_statement(by=analyst, **about)
    with pytest.raises(Refused, match="figures"):
        actions.publish_statement(by=commissioner, **about)
    actions.put_figures_in(forecast_id=forecast.pk, by=analyst, **about)
    with pytest.raises(Refused, match="Nothing is written yet in: What we want"):
        actions.publish_statement(by=commissioner, **about)
    write(statement, analyst)
    write(statement, commissioner, "I say.", keys={"money"})
    with pytest.raises(Refused, match="Another person"):
        actions.publish_statement(by=commissioner, **about)
    assert actions.publish_statement(by=person("director_of_childrens_services"), **about).number == 1


def test_the_database_holds_two_people(whole, analyst):
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Publication.objects.create(
            kind="statement", number=1, title="x", content={}, statement=whole, written_by=analyst,
            published_by=analyst, published_at=NOW,
        )  # fmt: skip


def test_no_child_is_named_in_it(whole, analyst, person):
    child = children.child(given_name="Zebedee", family_name="Quill")
    write(whole, analyst, f"As {child.given_name} {child.family_name} said.", keys={"voices"})
    with pytest.raises(Refused, match="Who was asked"):
        actions.publish_statement(statement_id=whole.pk, by=person("commissioner"), now=NOW)


def test_anybody_reads_it_as_page_and_document_and_no_small_count_is_in_it(whole, client, person, council):
    made = actions.publish_statement(statement_id=whole.pk, by=person("commissioner"), now=NOW)
    gap = made.content["gap"]
    (home,) = [row for row in gap["gap"]["rows"] if row[0] == "Children's homes"]
    assert home[1:5] == ["fewer than 5", "not shown", "not shown", "not shown"]
    assert not [cell for row in gap["areas"]["rows"] for cell in row[1:] if cell in {"1", "2", "3", "4"}]
    assert not [line for line in gap["sentences"] if line.startswith("Children's homes")]
    context.enter(context.PUBLIC_SCOPE)
    assert made.title in client.get(reverse("needs:published")).content.decode()
    body = client.get(reverse("needs:publication", args=[made.pk])).content.decode()
    assert "We will find homes near." in body
    assert "fewer than 5" in body
    file = client.get(reverse("needs:publication_document", args=[made.pk]))
    assert file["Content-Type"] == "application/pdf"
    assert b"pdfuaid" in file.content
    assert client.get(reverse("needs:statement", args=[whole.pk])).status_code == 302


def test_what_was_published_stays_and_can_be_taken_back(whole, client, person):
    commissioner = person("commissioner")
    made = actions.publish_statement(statement_id=whole.pk, by=commissioner, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        models.Publication.objects.filter(pk=made.pk).update(content={})
    with pytest.raises(DatabaseError), transaction.atomic():
        models.Publication.objects.filter(pk=made.pk).delete()
    actions.withdraw_publication(publication_id=made.pk, reason="A wrong table", by=commissioner, now=NOW)
    context.enter(context.PUBLIC_SCOPE)
    assert client.get(reverse("needs:publication", args=[made.pk])).status_code == 404


def test_the_next_statement_begins_with_the_words_of_the_last(whole, analyst):
    later = actions.begin_statement(
        title="Next", start_on=dt.date(2029, 4, 1), end_on=dt.date(2032, 4, 1), by=analyst, now=NOW
    )
    assert all(each.text.text == "We will find homes near." for each in queries.written(statement_id=later.pk))


def test_publishing_a_forecast_makes_it_the_councils_and_the_budget_takes_it(forecast, analyst, person, client):
    commissioner = person("commissioner")
    made = actions.publish_forecast(run_id=forecast.pk, by=commissioner, now=NOW)
    taken = Forecast.objects.get()
    assert (taken.label, len(taken.months)) == ("Spring", 36)
    assert queries.councils_forecast().pk == forecast.pk
    run = queries.forecast(run_id=forecast.pk)
    hidden = queries.hidden(run)
    shown = {kind["title"] for kind in made.content["kinds"]}
    assert "All children" in shown
    assert not shown & {rules.SHORT[state] for state in hidden}
    with pytest.raises(Refused, match="published already"):
        actions.publish_forecast(run_id=forecast.pk, by=commissioner, now=NOW)
    client.force_login(analyst)
    assert "the council's forecast" in client.get(reverse("needs:run", args=[forecast.pk])).content.decode().replace(
        "&#x27;", "'"
    )


def test_the_months_of_a_forecast_add_up_to_its_years(outcome):
    first = [sum(row[2] for row in outcome.result["months"][year : year + 12]) for year in (0, 12, 24)]
    years = [float(row[6]) for row in outcome.result["spend"] if row[0] == "baseline" and row[2] == "TOTAL"]
    assert first == pytest.approx(years, rel=0.04)


@pytest.mark.parametrize(
    ("days", "hidden"),
    [
        ([[50, 40, 20, 10, 9]], set()),
        ([[50, 40, 20, 3, 9]], {"SUP", "OTH"}),  # one alone would be betrayed by the total
        ([[50, 40, 20, 10, 9], [50, 40, 2, 3, 9]], {"RES", "SUP"}),
        ([[50, 40, 20, 0, 9]], set()),
        ([[3, 0, 0, 0, 0]], {"IH"}),
    ],
)
def test_kinds_that_would_tell_of_a_child_are_left_out(days, hidden):
    assert rules.hidden_kinds(days) == hidden


def test_readers_who_may_not_see_children_are_not_told_of_few(client, person, forecast):
    run = models.ForecastRun.objects.get(pk=forecast.pk)
    run.result["history"][-1] = (run.result["history"][-1][0], [50, 40, 20, 3, 2])
    models.ForecastRun.objects.filter(pk=run.pk).update(result=run.result)
    address = reverse("needs:run", args=[run.pk])
    client.force_login(person("commissioner"))
    assert '<h2 class="govuk-heading-m">Supported</h2>' not in client.get(address).content.decode()
    file = b"".join(client.get(address, {"table": "census"}).streaming_content).decode()
    assert ",SUP," not in file
    assert ",RES," in file
    client.force_login(person("analyst"))
    assert '<h2 class="govuk-heading-m">Supported</h2>' in client.get(address).content.decode()


def test_the_statements_page_shows_what_is_missing(client, analyst, statement):
    client.force_login(analyst)
    body = client.get(reverse("needs:statement", args=[statement.pk])).content.decode()
    assert f"{len(rules.sections())} sections are still to be written" in body
    address = reverse("needs:write_section", args=[statement.pk, "gap"])
    client.post(address, {"text": "Too few.", "seen": ""})
    assert client.post(address, {"text": "Too many.", "seen": ""}).status_code == 422
    assert client.get(reverse("needs:statement_document", args=[statement.pk]))["Content-Type"] == "application/pdf"


def test_gaps_are_counted_by_the_homes_that_children_of_an_age_want(council):
    for _ in range(6):
        lives("U6", "LS1 4AP", born_on=dt.date(2012, 5, 6))
    found = sufficiency.sufficiency(area_code="E06000034", forecast=None, on=NOW.date())
    assert [(each.kind, each.short) for each in found.summaries] == [("fostering_teen", 6)]
    told = published.gaps(found)
    assert told["gap"]["rows"][0][:2] == ["Foster homes, 10 to 17", "6"]
    assert json.dumps(told)
