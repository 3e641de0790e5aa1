"""Build the release of one notice from what is published: nothing of a child, no bid that is sealed, no officer's address."""

import datetime as dt
from decimal import Decimal

from .. import models, queries, rules, states
from .outcomes import Facts, awards, bids, contract
from .parties import Parties
from .values import day, moment, plain, value

CPV = {"scheme": "CPV", "id": "85311300", "description": "Welfare services provided for children and young people"}
LAW = {
    "pa2023": {"scheme": "UKPGA", "id": "2023/54", "uri": "https://www.legislation.gov.uk/ukpga/2023/54/contents"},
    "pcr2015": {"scheme": "CELEX", "id": "32014L0024"},
}
TENDER_STATUS = {
    states.Procurement.PLANNED: "planned",
    states.Procurement.PUBLISHED: "active",
    states.Procurement.OPENED: "active",
    states.Procurement.CONCLUDED: "complete",
    states.Procurement.CANCELLED: "cancelled",
}


def release(
    procurement: models.Procurement,
    form: rules.NoticeForm,
    *,
    number: int,
    text: str,
    method: rules.Method,
    at: dt.datetime,
    facts: Facts,
) -> dict:
    """Return the release of notice *number*, whole but for its OCID."""
    document = {
        "id": str(number),
        "documentType": form.document_type,
        "title": form.title,
        "description": text,
        "datePublished": moment(at),
        "language": "en",
        **({"noticeType": form.code} if form.code else {}),
    }
    parties = Parties(procurement)
    body: dict = {
        "id": f"{procurement.reference}-{number}",
        "date": moment(at),
        "tag": _tags(form, procurement, number),
        "initiationType": "tender",
        "language": "en",
        "buyer": parties.buyer(),
        "planning": _planning(procurement),
        "tender": _tender(procurement, form, method, facts),
    }
    _add_documents(body, form, document, procurement, facts, parties, at)
    if form.kind is states.Notice.AMENDMENT:
        body["tender"]["amendments"] = [_amendment(procurement, number, text, facts, at)]
    body["parties"] = parties.told()
    return {name: value for name, value in body.items() if value}


def _amendment(procurement: models.Procurement, number: int, text: str, facts: Facts, at: dt.datetime) -> dict:
    """Return what an amendment changes and why, and which release stood before it."""
    found = {
        "id": str(number),
        "date": moment(at),
        "rationale": text,
        "description": "\n".join(facts.changes),
        "releaseID": f"{procurement.reference}-{number}",
    }
    told = (states.Notice.TENDER, states.Notice.AMENDMENT)
    if before := procurement.notices.filter(kind__in=told, number__lt=number).order_by("-number").first():
        found["amendsReleaseID"] = before.release.get("id", "")
    return found


def _tags(form: rules.NoticeForm, procurement: models.Procurement, number: int) -> list[str]:
    if form.kind is states.Notice.TERMINATION and procurement.state != states.Procurement.CANCELLED:
        others = procurement.lots.exclude(award__state=states.LotAward.NOT_AWARDED).exists()
        return ["tenderUpdate" if others else form.tag]  # one lot of several is not awarded: the tender goes on
    if form.tag == "planning" and number > 1:
        return ["planningUpdate"]
    return [form.tag]


def _add_documents(body, form, document, procurement, facts: Facts, parties: "Parties", at: dt.datetime) -> None:
    """Put the notice, and what it is about, where the law's notice has its place."""
    if form.place in ("planning", "tender"):
        body[form.place].setdefault("documents", []).append(document)
    if form.place == "awards":
        body["awards"] = awards(procurement, facts.awards, parties, document)
        if told := bids(procurement, facts.awards, parties, at):
            body["bids"] = told
    if form.place == "contracts":
        body["contracts"] = [contract(lot, each, form, document, facts, at) for lot, each in facts.contracts]
        for _, each in facts.contracts:
            parties.supplier(each.provider)


def _planning(procurement: models.Procurement) -> dict:
    asked = list(procurement.engagements.all())
    return {
        "rationale": procurement.description,
        "budget": {"description": f"Decision {procurement.decision.number}", "amount": value(procurement.planned_value)},
        **({"noEngagementNoticeRationale": procurement.no_engagement_notice} if procurement.no_engagement_notice else {}),
        **(
            {
                "milestones": [
                    {"id": f"engagement-{at}", "type": "engagement", "title": each.how, "dueDate": day(each.held_on)}
                    for at, each in enumerate(asked, start=1)
                ]
            }
            if asked
            else {}
        ),
    }  # fmt: skip


def _tender(procurement: models.Procurement, form: rules.NoticeForm, method: rules.Method, facts: Facts) -> dict:
    terms = queries.procedures()[procurement.procedure]
    told = form.kind not in states.BEFORE_THE_NOTICE
    found = {
        "id": procurement.reference,
        "title": procurement.title,
        "description": procurement.description,
        "status": TENDER_STATUS[states.Procurement(procurement.state)] if told else "planned",
        "procurementMethod": terms.method,
        "procurementMethodDetails": terms.title,
        "legalBasis": LAW[procurement.legal_regime],
        "specialRegime": ["lightTouch"],
        "mainProcurementCategory": "services",
        "aboveThreshold": procurement.planned_value >= queries.threshold(on=procurement.start_on),
        "value": value(procurement.planned_value),
        "lots": [_lot(procurement, each, method, told, facts) for each in method.lots]
        + _withdrawn(procurement, method),
        "items": [
            {"id": str(each.number), "additionalClassifications": [CPV], "relatedLot": str(each.number)}
            for each in method.lots
        ],
        "techniques": _techniques(procurement, terms),
        "hasRecurrence": terms.reopens,
    }
    if procurement.planned_notice_on and not told:
        found["communication"] = {"futureNoticeDate": day(procurement.planned_notice_on)}
    if procurement.ground:
        found["procurementMethodRationale"] = procurement.ground_reasons
        ground = procurement.get_ground_display()
        found["procurementMethodRationaleClassifications"] = [{"id": procurement.ground, "description": ground}]
    if method.timetable:
        found["milestones"] = [
            {"id": str(at), "title": title, "dueDate": day(on)}
            for at, (on, title) in enumerate(method.timetable, start=1)
        ]
    if procurement.tenders_by_at and told:
        found["tenderPeriod"] = {"endDate": moment(procurement.tenders_by_at)}
        found["submissionMethod"] = ["electronicSubmission"]
        found["submissionTerms"] = {"electronicSubmissionPolicy": "required", "languages": ["en"]}
    if procurement.questions_by_at and told:
        found["enquiryPeriod"] = {"endDate": moment(procurement.questions_by_at)}
    if facts.ends and form.kind is states.Notice.TERMINATION:
        found["statusDetails"] = facts.ends
    if procurement.reopens_every_months:
        every = procurement.reopens_every_months
        found["recurrence"] = {"description": f"Opened again every {every} months; those on it need not apply again."}
    return found


def _withdrawn(procurement: models.Procurement, method: rules.Method) -> list[dict]:
    """Return the lots that an amendment took out."""
    live = {each.number for each in method.lots}
    gone = [each for each in procurement.lots.all() if each.number not in live]
    return [{"id": str(each.number), "title": each.title, "status": "cancelled"} for each in gone]


def _techniques(procurement: models.Procurement, terms: rules.ProcedureTerms) -> dict:
    is_market = procurement.procedure == states.Procedure.DYNAMIC_MARKET
    found: dict = {"hasFrameworkAgreement": terms.framework, "hasDynamicPurchasingSystem": is_market}
    if terms.framework:
        is_open = procurement.procedure == states.Procedure.OPEN_FRAMEWORK
        found["frameworkAgreement"] = {
            "method": "withoutReopeningCompetition",
            "period": {"startDate": day(procurement.start_on), "endDate": day(procurement.end_on)},
            "isOpenFrameworkScheme": is_open,
            "type": "open" if is_open else "closed",
            **({"openFrameworkSchemeEndDate": day(procurement.end_on)} if is_open else {}),
        }
    if is_market:
        found["dynamicPurchasingSystem"] = {"type": "open", "status": "pending"}
    return found


def _lot(procurement, plan: rules.LotPlan, method: rules.Method, told: bool, facts: Facts) -> dict:
    lost = {each.lot.number for each in facts.awards if each.state == states.LotAward.NOT_AWARDED}
    status = "planned"
    if told:
        status = "unsuccessful" if plan.number in lost else TENDER_STATUS[states.Procurement(procurement.state)]
    found: dict = {
        "id": str(plan.number),
        "title": plan.title,
        "status": status,
        "contractPeriod": {"startDate": day(procurement.start_on), "endDate": day(procurement.end_on)},
    }
    if plan.value is not None:
        found["value"] = value(plan.value)
    asked = [each for each in method.questions if each.lot in (None, plan.number)] if told else []
    if criteria := [_criterion(each, method) for each in asked if each.part is states.Part.QUALITY]:
        price = {"type": "price", "name": "Price", "numbers": [_number(method.weight_price)]}
        found["awardCriteria"] = {
            "criteria": [*criteria, price],
            "weightingDescription": f"Price formula: {method.formula.replace('_', ' ')}. "
            f"Equal scores: {', then '.join(each.replace('_', ' ') for each in method.tie_order)}.",
        }
    if conditions := [each for each in asked if each.part is states.Part.CONDITION]:
        criteria = [{"type": "suitability", "description": f"{each.number}. {each.text}"} for each in conditions]
        found["selectionCriteria"] = {"criteria": criteria}
    return found


def _criterion(asked: rules.Asked, method: rules.Method) -> dict:
    share = asked.weight * method.weight_quality / 100
    found: dict = {"type": "quality", "name": f"{asked.number}. {asked.text}"[:400], "numbers": [_number(share)]}
    if asked.guidance:
        found["description"] = asked.guidance
    if asked.pass_mark is not None:
        found["numbers"].append({"number": asked.pass_mark, "threshold": "minimumScore"})
    return found


def _number(per_cent: Decimal) -> dict:
    return {"number": plain(per_cent), "weight": "percentageExact"}
