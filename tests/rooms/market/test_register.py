"""The register comes in whole or not at all; grades that fall raise an alert; nothing is deleted."""

import datetime as dt

import pytest

from placewell.accounts.models import Organisation
from placewell.audit.models import Event
from placewell.gateways.given_files import GivenFile
from placewell.kernel.errors import BadInput, NotAllowed, Refused
from placewell.market import actions, queries, register, states
from placewell.market.models import GradeAlert, Inspection, Provider, RegisterImport, Registration
from tests.conftest import NOW
from tests.factories import market
from tests.rooms.children.test_returns import workbook

OLD = (
    "Web link,URN,Linked Education URN,Provision type,Registration date,Registration status,Name,Address 1,Postcode,"
    "Ofsted region,Local authority,Sector,Places,Organisation which owns the provider,Event type,Inspection date,"
    "Overall experiences and progress of children and young people"
)
NEW = OLD.replace("Inspection date", '"\nLatest full inspection date"').replace(",Overall", ',"\nOverall')
NEW = NEW.removesuffix("people") + 'people",Supported Accommodation outcome'
Y2019, Y2025 = dt.date(2019, 3, 31), dt.date(2025, 3, 31)


def row(urn="SC012345", *, owner="Elm Care Ltd", kind="Children's home", grade="Good", inspected="05/06/2018", places="4",
        status="Active", more=""):  # fmt: skip
    return (
        f"Page,{urn},,{kind},01/02/2015,{status},REDACTED,REDACTED,REDACTED,London,Havering,Private,{places},{owner},"
        f"Full inspection,{inspected},{grade}{more}"
    )


def old(*rows: str, name: str = "provider_at_march_2019.csv") -> GivenFile:
    return GivenFile(name, "\r\n".join(["Provider information,,", OLD, *rows, ""]).encode("cp1252"))


def new(*rows: str, name: str = "provider_at_march_2025.csv") -> GivenFile:
    top = ["As at 31 March 2025,,", '"One table, in A4",,', "Some cells are empty,,", NEW]
    return GivenFile(name, "\n".join([*top, *rows, ""]).encode("utf-8-sig"))


@pytest.fixture
def bring(person):
    commissioner = person("commissioner")

    def bring(*files, as_at=Y2019, **kwargs):
        return actions.import_register(files=files, as_at=as_at, by=commissioner, now=NOW, **kwargs)

    return bring


def test_the_layout_of_2019_is_read(bring):
    report = bring(old(row(owner="Café Care"), row("1027076", owner="Café Care", kind="Secure Training Centre")))
    home = Registration.objects.get(urn="SC012345")
    assert (home.provider.name, home.name, home.places, home.grade) == ("Café Care", "", 4, "good")
    assert (home.registered_on, home.inspected_on, home.as_at) == (dt.date(2015, 2, 1), dt.date(2018, 6, 5), Y2019)
    assert Registration.objects.get(urn="1027076").kind == "secure_home"
    assert Provider.objects.count() == Organisation.objects.filter(kind="provider").count() == 1
    assert report.counts["registrations new"] == 2
    assert Inspection.objects.count() == 2


def test_the_layout_of_2025_is_read_with_line_breaks_in_its_header(bring):
    supported = row("2724001", kind="Supported Accommodation", grade="", places="",
                    more=",Inconsistent quality of service delivery")  # fmt: skip
    bring(new(row(more=","), supported), as_at=Y2025)
    assert Registration.objects.get(urn="2724001").grade == "inconsistent_quality"
    assert Registration.objects.get(urn="2724001").places is None


def test_a_workbook_is_read_and_its_sheets_of_notes_left_out(bring):
    cells = [line.split(",") for line in (OLD, row(), row("SC000002"))]
    bring(GivenFile("register.xlsx", workbook(Cover=[["As at 31 March 2019"]], Providers=cells)))
    assert Registration.objects.count() == 2
    with pytest.raises(BadInput, match="this is not the register"):
        bring(GivenFile("notes.xlsx", workbook(Cover=[["As at 31 March 2019"]])))


def test_one_owner_however_it_is_written(bring):
    bring(old(row(owner="Elm Care Ltd"), row("SC000002", owner="ELM CARE  LIMITED.")))
    assert Provider.objects.count() == 1


def test_the_same_file_twice_changes_nothing(bring):
    bring(old(row()))
    before = list(Registration.objects.values())
    assert bring(old(row())).already_in
    assert list(Registration.objects.values()) == before
    assert RegisterImport.objects.count() == 1


def test_a_preview_changes_nothing_and_says_the_same(bring):
    preview = bring(old(row()), dry_run=True)
    assert not Provider.objects.exists()
    assert bring(old(row())).counts == preview.counts


def test_a_later_register_updates_keeps_history_and_tells_of_a_fallen_grade(bring):
    bring(old(row(grade="Outstanding"), row("SC000002")))
    later = [row(grade="Inadequate", inspected="01/02/2025", more=","), row("SC000002", places="6", more=",")]
    report = bring(new(*later), as_at=Y2025)
    assert report.fallen == (("SC012345", "outstanding", "inadequate"),)
    assert report.counts["registrations changed"] == 2
    alert = GradeAlert.objects.get()
    assert (alert.before, alert.after, alert.registration.urn) == ("outstanding", "inadequate", "SC012345")
    home = Registration.objects.get(urn="SC012345")
    history = queries.inspections(registration_id=home.pk).values_list("grade", flat=True)
    assert list(history) == ["inadequate", "outstanding"]
    assert Registration.objects.get(urn="SC000002").places == 6


@pytest.mark.parametrize(
    ("before", "after", "fell"),
    [
        ("good", "good", False),
        ("good", "outstanding", False),
        ("good", "requires_improvement", True),
        ("requires_improvement", "adequate", False),
        ("adequate", "inadequate", True),
        ("consistently_strong", "serious_weaknesses", True),
        ("not_yet_inspected", "inadequate", False),
        ("good", "not_yet_inspected", False),
        ("good", "serious_weaknesses", False),
    ],
)
def test_a_grade_falls_on_its_own_scale_only(before, after, fell):
    assert states.grade_fell(states.Grade(before), states.Grade(after)) is fell


def test_a_vanished_registration_is_closed_with_the_date_and_opens_again(bring):
    bring(old(row(), row("SC000002")))
    report = bring(new(row(more=",")), as_at=Y2025)
    assert report.vanished == ("SC000002",)
    gone = Registration.objects.get(urn="SC000002")
    assert (gone.status, gone.closed_on) == ("closed", Y2025)
    bring(new(row(more=","), row("SC000002", more=",")), as_at=dt.date(2025, 9, 30))
    gone.refresh_from_db()
    assert (gone.status, gone.closed_on) == ("active", None)


def test_a_part_of_the_register_closes_nothing(bring):
    bring(old(*[row(f"SC{number:06}") for number in range(1, 41)]))
    with pytest.raises(BadInput, match="part of the register"):
        bring(new(row("SC000001", more=",")), as_at=Y2025)
    bring(new(row("SC000001", more=",")), as_at=Y2025, is_part=True)
    assert not Registration.objects.filter(status="closed").exists()


def test_an_older_register_does_not_undo_a_newer_one(bring):
    bring(new(row(grade="Good", inspected="01/02/2025", more=",")), as_at=Y2025)
    report = bring(old(row(grade="Inadequate")))
    assert report.counts["registrations held from a later register"] == 1
    assert Registration.objects.get().grade == "good"


def test_homes_follow_their_registration_to_its_new_owner(bring):
    home = market.home()
    urn = home.registration.urn
    bring(new(row(urn, owner="New Owner", more=",")), as_at=Y2025)
    home.refresh_from_db()
    assert home.provider.name == "New Owner"
    assert {place.provider_id for place in home.places.all()} == {home.provider_id}


BAD = {
    "no number": (row("home"), "urn"),
    "no such kind": (row(kind="Castle"), "kind"),
    "no such grade": (row(grade="Splendid"), "grade"),
    "no such status": (row(status="Asleep"), "status"),
    "a date that cannot be": (row(inspected="31/02/2018"), "inspected_on"),
    "places in words": (row(places="four"), "places"),
    "a formula": (row(owner="=HYPERLINK(1)"), "owner"),
    "half a line": ("Page,SC012345,,Children's home", ""),
}


@pytest.mark.parametrize("name", BAD, ids=str)
def test_a_bad_row_is_left_out_with_its_reason(bring, name):
    bad, field = BAD[name]
    report = bring(old(row("SC999999"), bad))
    assert [(fault.row, fault.field) for fault in report.left_out] == [(4, field)]
    assert Registration.objects.get().urn == "SC999999"


def test_a_number_twice_is_left_out_the_second_time(bring):
    assert [fault.row for fault in bring(old(row(), row(places="9"))).left_out] == [4]
    assert Registration.objects.get().places == 4


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (OLD.replace("Registration status", "Status").encode(), "column “registration status” is missing"),
        (b"a,b\n1,2\n", "not the register"),
        (b"", "empty"),
        (b"PK\x03\x04 not really", "damaged"),
        (bytes(range(256)) * 9, "not text"),
        (OLD.encode(), "no registration"),
    ],
)
def test_a_file_that_is_not_the_register_changes_nothing(bring, data, message):
    bring(old(row()))
    with pytest.raises(BadInput, match=message):
        bring(GivenFile("register.csv", data), as_at=Y2025)
    assert Registration.objects.get().status == "active"


@pytest.mark.parametrize("role", ["placements_officer", "social_worker", "analyst", "provider_staff"])
def test_others_bring_in_no_register(person, role):
    with pytest.raises(NotAllowed):
        actions.import_register(files=[old(row())], as_at=Y2019, by=person(role), now=NOW)


def test_a_register_of_tomorrow_is_refused(bring):
    with pytest.raises(BadInput, match="to come"):
        bring(old(row()), as_at=NOW.date() + dt.timedelta(days=1))


def test_somebody_answers_an_alert_once(bring, person):
    bring(old(row(grade="Good")))
    bring(new(row(grade="Inadequate", inspected="01/02/2025", more=",")), as_at=Y2025)
    officer = person("placements_officer")
    alert = queries.alerts().get()
    with pytest.raises(Refused, match="what was done"):
        actions.answer_alert(alert_id=alert.pk, note=" ", by=officer, now=NOW)
    actions.answer_alert(alert_id=alert.pk, note="Both children visited", by=officer, now=NOW)
    assert not queries.alerts().exists()
    with pytest.raises(Refused, match="already"):
        actions.answer_alert(alert_id=alert.pk, note="Again", by=officer, now=NOW)
    assert Event.objects.filter(what="market.alert.answered").count() == 1


@pytest.mark.shared
def test_the_published_registers_come_in_whole(shared_data, bring):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from placewell.gateways import given_files

    for year, rows in ((2019, 2864), (2025, 5600)):
        files = given_files.from_paths([shared_data / "ofsted_providers" / f"provider_at_march_{year}.csv"])
        with CaptureQueriesContext(connection) as asked:
            report = bring(*files, as_at=dt.date(year, 3, 31))
        assert report.counts["rows"] == rows
        assert report.left_out == ()
        assert len(asked) < 100
    assert Registration.objects.filter(status="closed").count() == report.counts["registrations vanished"]
    assert GradeAlert.objects.count() == report.counts["grades fallen"] > 0
    again = bring(*[GivenFile("again.csv", files[0].data + b"\n")], as_at=dt.date(2025, 3, 31))
    assert again.counts["registrations unchanged"] == 5600
    assert again.counts["registrations changed"] == again.counts["registrations vanished"] == 0


def test_owners_are_told_apart_by_their_words():
    assert register.same_owner("Elm Care Ltd") == register.same_owner("ELM  CARE LIMITED.")
    assert register.same_owner("Elm Care") != register.same_owner("Elm Homes")
