"""The sample returns, whole: years of one council, a region, and the XML form."""

import pytest

from placewell.audit.models import Event
from placewell.children import actions
from placewell.children.models import CareReview, Child, Episode, QuarantinedRow, ReturnImport
from placewell.gateways import given_files
from tests.conftest import NOW
from tests.factories import accounts

pytestmark = pytest.mark.shared
SAMPLES = {
    "one year, every table": "*.csv",
    "five years of one council": "demand_model_2017_2021",
    "dates as ISO, several councils in one file": "demand_model_regional_v1",
    "the XML form": "fake_903.xml",
}


@pytest.mark.parametrize("name", SAMPLES, ids=str)
def test_a_sample_return_comes_in_whole_and_once(shared_data, person, name):
    files = given_files.from_paths(sorted((shared_data / "ssda903_fake").glob(SAMPLES[name])))
    analyst = person("analyst")
    preview = actions.import_return(files=files, by=analyst, now=NOW, dry_run=True)
    assert not Child.objects.exists()
    report = actions.import_return(files=files, by=analyst, now=NOW)
    assert report.counts == preview.counts
    assert Child.objects.count() == report.counts["children new"]
    assert Episode.objects.count() == report.counts["episodes new"] > 0
    assert CareReview.objects.count() == report.counts.get("reviews new", 0)
    assert QuarantinedRow.objects.count() == report.counts["rows quarantined"]
    rows = sum(report.read[name] for name in ("header", "episodes"))
    accounted = sum(count for name, count in report.counts.items() if name.startswith(("children", "episodes")))
    assert accounted <= rows
    again = actions.import_return(files=files, by=analyst, now=NOW)
    assert again.already_in
    assert ReturnImport.objects.count() == 1
    assert Event.objects.filter(what="children.return.imported").count() == 1


def test_a_sample_return_written_out_is_the_same_after_a_second_council_brought_it_in(shared_data, person, act_for):
    folder = shared_data / "ssda903_fake" / "demand_model_2017_2021"
    analyst = person("analyst")
    actions.import_return(files=given_files.from_paths([folder]), by=analyst, now=NOW)
    first = actions.export_return(year=2021, by=analyst, now=NOW)
    assert {table: count > 0 for table, count in first.counts.items()}["oc2"]
    other = accounts.council(name="Another Council")
    act_for(other)
    colleague = accounts.person("analyst", organisation=other)
    report = actions.import_return(files=first.files, by=colleague, now=NOW)
    assert report.quarantined == ()
    again = actions.export_return(year=2021, by=colleague, now=NOW)
    assert {file.name: file.data for file in again.files} == {file.name: file.data for file in first.files}
