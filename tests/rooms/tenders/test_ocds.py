"""What is published is valid OCDS with the extension, complete, and tells of no child; identifiers are issued elsewhere."""

import datetime as dt
import io
import json
from decimal import Decimal

import pytest

from placewell.cli import exports, send_notices
from placewell.gateways.notice_board import NoticeBoard, Taken
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.storage import context
from placewell.tenders import actions, models, ocds, queries, rules, states
from tests.conftest import NOW
from tests.factories import accounts, children, governance, tenders

from .ocds_fields import strange
from .test_award import approve, award, recommend

PUBLIC = context.Scope("public")


def notices(procurement):
    return list(queries.notices(procurement_id=procurement.pk))


def package(procurement):
    return ocds.release_package(notices(procurement))


def announce(tender, kind, **fields):
    given = {"procurement_id": tender.procurement.pk, "kind": kind, "text": "Homes near the borough."}
    return actions.announce_plan(**given | fields, by=tender.by, now=NOW)


@pytest.fixture
def whole(set_clock, council):
    """A tender of two lots, from its plan to contracts that changed and ended, one lot not awarded."""
    given = {"planned_value": Decimal(9_000_000), "planned_notice_on": dt.date(2026, 9, 1)}
    tender = tenders.plan(council, lot_count=2, procedure="select_list", **given)
    on = {"procurement_id": tender.procurement.pk, "by": tender.by, "now": NOW}
    for lot in tender.procurement.lots.all():
        actions.set_lot(
            lot_id=lot.pk,
            ceiling=Decimal(1000),
            lines=tenders.LINES,
            value=Decimal("4500000.50"),
            by=tender.by,
            now=NOW,
        )
    actions.set_timetable(steps=[(dt.date(2026, 4, 1), "Notice"), (dt.date(2026, 7, 1), "Contracts start")], **on)
    actions.publish_pipeline(year=2026, text="What we mean to buy.", by=tender.by, now=NOW)
    for kind in ("engagement", "planned"):
        announce(tender, kind)
    tenders.publish(tenders.give_keys(tender))
    actions.amend_dates(
        tenders_by_at=tender.procurement.tenders_by_at + dt.timedelta(hours=1),
        questions_by_at=tender.procurement.tenders_by_at,
        reason="Two bidders asked for more time.",
        **on,
    )
    tender.procurement.refresh_from_db()
    bids = tenders.opened(tender, set_clock, lots=(1, 2))
    tenders.judge(tender, bids, marks=(5, 3))
    approve(tender, recommend(tender, bids[:1]))
    first, second = tender.procurement.lots.order_by("number")
    award(tender, lot_id=first.pk)
    actions.decline_lot(lot_id=second.pk, reason="None is good enough", by=tender.by, now=NOW)
    made = actions.make_contracts(lot_id=first.pk, by=tender.by, now=NOW)
    tender.winner = made.winners.get()
    actions.announce_contract(winner_id=tender.winner.pk, kind="change", text="Ten more places", by=tender.by, now=NOW)
    models.Winner.objects.select_related("contract").get().contract.__class__.objects.update(state="ended")
    actions.announce_contract(
        winner_id=tender.winner.pk, kind="ending", text="Both sides agreed", by=tender.by, now=NOW
    )
    tender.bids = bids
    return tender


def test_every_step_is_a_valid_release_under_its_own_code(whole):
    found = package(whole.procurement)
    told = []
    for each in found["releases"]:
        assert ocds.faults(each) == []
        assert strange(each) == []
        places = [each["planning"], each["tender"], *each.get("awards", ()), *each.get("contracts", ())]
        (document,) = [one for place in places for one in place.get("documents", ())]
        told.append((document["noticeType"], *each["tag"]))
    assert told == [
        ("UK1", "planning"),
        ("UK2", "planningUpdate"),
        ("UK3", "planningUpdate"),
        ("UK4", "tender"),
        ("UK4", "tenderAmendment"),
        ("UK6", "award"),
        ("UK12", "tenderUpdate"),
        ("UK7", "contract"),
        ("UK10", "contractAmendment"),
        ("UK11", "contractTermination"),
    ]
    ids = [each["id"] for each in found["releases"]]
    assert len(set(ids)) == len(ids)


def test_a_field_that_no_reader_knows_is_found(whole):
    wrong = package(whole.procurement)["releases"][3]
    wrong["tender"]["lots"][0]["valeu"] = {"amount": 1, "currency": "GBP"}
    wrong["tender"]["value"]["pounds"] = 1
    assert ocds.faults(wrong) == []  # the schema allows it
    assert sorted(strange(wrong)) == [".tender.lots[0].valeu", ".tender.value.pounds"]


def test_a_fault_in_a_release_is_found(whole):
    wrong = package(whole.procurement)["releases"][3]
    wrong["tender"]["status"] = "nearly"
    wrong["tender"]["lots"][0]["id"] = 7
    del wrong["initiationType"]
    assert len(ocds.faults(wrong)) == 3
    assert ocds.record_faults({"uri": "urn:x", "version": "1.1", "records": [{}]})


def test_a_plan_says_nothing_of_the_method_and_the_notice_says_all_of_it(whole):
    releases = package(whole.procurement)["releases"]
    plan, tender = releases[0], releases[3]
    assert "awardCriteria" not in plan["tender"]["lots"][0]
    assert models.Notice.objects.get(number=1).method == {}
    criteria = tender["tender"]["lots"][0]["awardCriteria"]["criteria"]
    assert [each["numbers"][0]["number"] for each in criteria] == [42, 28, 30]  # 60 and 40 per cent of 70, and price
    assert sum(each["numbers"][0]["number"] for each in criteria) == 100
    assert tender["tender"]["lots"][0]["value"] == {"amountGross": 4500000.5, "currency": "GBP"}
    assert [each["title"] for each in tender["tender"]["milestones"]] == ["Notice", "Contracts start"]
    assert tender["tender"]["aboveThreshold"] is True


def test_an_award_tells_winners_counts_and_of_a_large_procurement_who_lost(whole):
    release = package(whole.procurement)["releases"][5]
    winner, loser = (each.provider for each in whole.bids)
    (given,) = release["awards"]
    assert [each["name"] for each in given["suppliers"]] == [winner.name]
    assert release["bids"]["statistics"][0] | {"date": ""} == {
        "id": "1-bids", "measure": "finalStageBids", "value": 2, "relatedLot": "1", "date": "",
    }  # fmt: skip
    assert [each["tenderers"][0]["id"] for each in release["bids"]["details"]] == [
        f"GB-COH-{loser.company_number}" if loser.company_number else str(loser.pk)
    ]
    assert {role for each in release["parties"] for role in each["roles"]} == {"buyer", "supplier", "tenderer"}


def test_the_record_is_what_the_releases_come_to(whole):
    records = ocds.record_package([notices(whole.procurement)])
    assert ocds.record_faults(records) == []
    made = records["records"][0]["compiledRelease"]
    assert ocds.faults(made) == []
    assert strange(made) == []
    assert made["tag"] == ["compiled"]
    assert [(each["id"], each["status"]) for each in made["tender"]["lots"]] == [("1", "complete"), ("2", "complete")]
    assert made["contracts"][0]["status"] == "terminated"
    assert [each["noticeType"] for each in made["planning"]["documents"]] == ["UK1", "UK2", "UK3"]


def test_a_release_stays_as_it_was_published(whole):
    before = package(whole.procurement)["releases"]
    whole.procurement.title = "Renamed"
    whole.procurement.save()
    assert package(whole.procurement)["releases"] == before


def test_no_identifier_is_made_here_and_the_issued_one_is_kept_once(whole):
    assert {each["ocid"] for each in package(whole.procurement)["releases"]} == {f"not-issued:{whole.procurement.pk}"}
    on = {"by": whole.by, "now": NOW}
    for wrong in ("ocds-h6vhtk-", "ocds-abcdef-0525b3", "h6vhtk-0525b3", f"not-issued:{whole.procurement.pk}"):
        with pytest.raises(Refused, match="no identifier of Find a Tender"):
            actions.record_ocid(procurement_id=whole.procurement.pk, ocid=wrong, **on)
    actions.record_ocid(procurement_id=whole.procurement.pk, ocid="ocds-h6vhtk-0525b3", **on)
    assert {each["ocid"] for each in package(whole.procurement)["releases"]} == {"ocds-h6vhtk-0525b3"}
    with pytest.raises(Refused, match="keeps its identifier"):
        actions.record_ocid(procurement_id=whole.procurement.pk, ocid="ocds-h6vhtk-0525b4", **on)
    other = tenders.plan(whole.council)
    with pytest.raises(Refused, match="Another tender"):
        actions.record_ocid(procurement_id=other.procurement.pk, ocid="ocds-h6vhtk-0525b3", **on)
    with pytest.raises(NotAllowed):
        actions.record_ocid(
            procurement_id=other.procurement.pk, ocid="ocds-h6vhtk-0525b4", now=NOW,
            by=accounts.person("auditor", organisation=whole.council),
        )  # fmt: skip


def test_a_notice_that_names_a_child_is_refused(council):
    tender = tenders.plan(council)
    child = children.child()
    child.given_name, child.family_name = "Zuleika", "Brightwater"
    child.save()
    for text in (f"A home for {child.reference.lower()}.", "For zuleika  BRIGHTWATER, aged 12"):
        with pytest.raises(Refused, match="name or the reference of a child"):
            announce(tender, "planned", text=text)
    assert announce(tender, "planned", text="Bright water near Zuleika House").number == 1


def test_a_contract_for_one_childs_choice_is_published_nowhere(council):
    tender = tenders.plan(
        council, questions=(), procedure="direct_award", ground="user_choice", ground_reasons="The child asked to stay."
    )
    with pytest.raises(Refused, match="Nothing is published"):
        announce(tender, "planned")
    on = {"procurement_id": tender.procurement.pk, "by": tender.by, "now": NOW}
    actions.publish_tender(tenders_by_at=None, questions_by_at=None, **on)
    provider = tenders.bidder().organisation_id
    recommended = actions.recommend_direct_award(
        report="As the child wishes", winners={1: provider}, delegation_id=give(tender), **on
    )
    approve(tender, recommended)
    award(tender)
    actions.make_contracts(lot_id=tender.procurement.lots.get().pk, by=tender.by, now=NOW)
    assert notices(tender.procurement) == []
    assert queries.processes() == []
    for scope in (PUBLIC, tenders.bidder().scope):
        context.enter(scope)
        with pytest.raises(NotFound):
            queries.published(procurement_id=tender.procurement.pk)
        context.enter(context.Scope.of_council(council.pk))


def give(tender):
    return governance.delegation(of=tender.decision).pk


def test_a_direct_award_names_whom_it_is_meant_for_and_goes_to_nobody_else(council):
    tender = tenders.plan(council, questions=(), procedure="direct_award", ground="urgency", ground_reasons="A fire.")
    on = {"procurement_id": tender.procurement.pk, "by": tender.by, "now": NOW}
    dates = {"tenders_by_at": None, "questions_by_at": None}
    with pytest.raises(Refused, match="whom the contract is meant for"):
        actions.publish_tender(**dates, **on)
    first, other = (tenders.bidder().organisation_id for _ in range(2))
    actions.publish_tender(proposed_id=first, **dates, **on)
    (release,) = package(tender.procurement)["releases"]
    assert (release["awards"][0]["status"], release["tag"]) == ("pending", ["award"])
    assert release["awards"][0]["documents"][0]["noticeType"] == "UK5"
    with pytest.raises(Refused, match="named another provider"):
        actions.recommend_direct_award(report="r", winners={1: other}, delegation_id=give(tender), **on)


def test_an_award_that_is_undone_and_a_tender_that_is_cancelled_say_so(tender, set_clock):
    bids = tenders.opened(tender, set_clock)
    tenders.judge(tender, bids, marks=(5, 3))
    approve(tender, recommend(tender, bids))
    award(tender)
    actions.undo_award(lot_id=tender.procurement.lots.get().pk, reason="A challenge", by=tender.by, now=NOW)
    actions.cancel_tender(procurement_id=tender.procurement.pk, reason="Started anew", by=tender.by, now=NOW)
    *_, undone, cancelled = package(tender.procurement)["releases"]
    assert undone["awards"][0]["status"] == "cancelled"
    assert cancelled["tag"] == ["tenderCancellation"]
    assert cancelled["tender"]["status"] == "cancelled"
    assert cancelled["tender"]["documents"][0]["noticeType"] == "UK12"


def test_each_law_has_its_notices_and_the_old_one_knows_no_codes(council):
    tender = tenders.plan(council, legal_regime="pcr2015")
    with pytest.raises(Refused, match="know no such notice"):
        announce(tender, "engagement")
    announce(tender, "planned")
    (release,) = package(tender.procurement)["releases"]
    assert "noticeType" not in release["planning"]["documents"][0]
    assert release["tender"]["legalBasis"]["id"] == "32014L0024"
    codes = {each.code for each in queries.notice_forms().values() if each.regime == "pa2023"}
    assert codes == {f"UK{n}" for n in (1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13)}
    assert {kind for law, kind in queries.notice_forms() if law == "pa2023"} == set(states.Notice)


def test_what_the_law_wants_first_is_published_or_explained_first(council):
    tender = tenders.give_keys(tenders.plan(council, procedure="dynamic_market"))
    actions.record_engagement(
        procurement_id=tender.procurement.pk, held_on=dt.date(2026, 2, 1), how="A meeting", learned="Rents rise",
        by=tender.by, now=NOW,
    )  # fmt: skip
    with pytest.raises(Refused, match=r"(?s)UK2.*UK13"):
        tenders.publish(tender)
    announce(tender, "intention")
    on = {"procurement_id": tender.procurement.pk, "by": tender.by, "now": NOW}
    at = queries.moment() + dt.timedelta(hours=1)
    actions.publish_tender(tenders_by_at=at, questions_by_at=None, no_engagement_notice="It was urgent.", **on)
    intention, notice = package(tender.procurement)["releases"]
    assert intention["tender"]["documents"][0]["noticeType"] == "UK13"
    assert notice["planning"]["noEngagementNoticeRationale"] == "It was urgent."
    assert notice["tender"]["techniques"]["hasDynamicPurchasingSystem"] is True


def test_a_plan_is_read_by_anybody_while_its_tender_is_not(client, council):
    tender = tenders.plan(council, planned_notice_on=dt.date(2026, 9, 1))
    pk = tender.procurement.pk
    announce(tender, "planned")
    for page in ("/tenders/notices/plans/", f"/tenders/notices/{pk}/1/", f"/tenders/notices/{pk}/1/ocds.json"):
        assert client.get(page).status_code == 200
    assert "1 September 2026" in client.get("/tenders/notices/plans/").content.decode()
    assert client.get(f"/tenders/notices/{pk}/").status_code == 404
    records = client.get(f"/tenders/notices/{pk}/ocds.json").json()
    assert ocds.record_faults(records) == []


def test_the_export_is_one_package_for_each_procurement_and_one_of_records(whole, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(exports.django_ready, "start", lambda: None)
    arguments = exports.argparse.Namespace(what="ocds", out=tmp_path / "out", council="", json=False)
    assert exports.run(arguments) == 0
    assert "10 releases of 1 procurements, all valid" in capsys.readouterr().out
    files = {path.name: json.loads(path.read_text()) for path in (tmp_path / "out").iterdir()}
    assert set(files) == {f"{whole.procurement.reference}.json", "records.json"}
    text = json.dumps(files)
    for person in (whole.by, *whole.holders):
        assert person.name not in text
        assert person.email not in text


class Board:
    """A notice board in memory: it issues an identifier for each process, and can be made to fail."""

    def __init__(self):
        self.taken, self.fails_after = [], None

    def send(self, package):
        if self.fails_after == len(self.taken):
            raise Refused("The notice board did not answer as it should.")
        (release,) = package["releases"]
        known = release["ocid"] if ocds.is_ocid(release["ocid"]) else f"ocds-h6vhtk-{100 + len(self.taken)}"
        self.taken.append((release["id"], known))
        return Taken(known, f"{len(self.taken):06}-2026")


def test_each_notice_is_sent_once_and_a_failure_loses_nothing(whole):
    board = Board()
    board.fails_after = 4
    with pytest.raises(Refused):
        send_notices.send(board, email=whole.by.email)
    board.fails_after = None
    assert send_notices.send(board, email=whole.by.email) == 6
    assert send_notices.send(board, email=whole.by.email) == 0
    assert [name for name, _ in board.taken] == [each["id"] for each in package(whole.procurement)["releases"]]
    assert {ocid for _, ocid in board.taken} == {"ocds-h6vhtk-100"}
    whole.procurement.refresh_from_db()
    assert whole.procurement.ocid == "ocds-h6vhtk-100"


def test_the_gateway_says_what_went_wrong():
    def answers(body):
        return lambda _request, timeout: io.BytesIO(body)

    assert NoticeBoard("https://board", "k", answers(b'{"ocid": "o", "id": 7}')).send({}) == Taken("o", "7")
    for body in (b"<html>", b"{}", b"[]"):
        with pytest.raises(Refused, match="did not answer as it should"):
            NoticeBoard("https://board", "k", answers(body)).send({})
    with pytest.raises(Refused, match="https"):
        NoticeBoard("http://board", "k")


def test_a_market_of_many_shapes_publishes_only_valid_releases(council):
    for procedure in ("open", "select_list", "open_framework", "dynamic_market"):
        for regime in ("pa2023", "pcr2015"):
            tender = tenders.give_keys(
                tenders.plan(council, procedure=procedure, legal_regime=regime, reopens_every_months=12)
            )
            if procedure == "dynamic_market" and regime == "pa2023":
                announce(tender, "intention")
            tenders.publish(tender)
            actions.cancel_tender(procurement_id=tender.procurement.pk, reason="A trial", by=tender.by, now=NOW)
            for each in package(tender.procurement)["releases"]:
                assert ocds.faults(each) == []
    assert rules.is_silent("direct_award", "user_choice")
    assert not rules.is_silent("direct_award", "urgency")
