"""Awards, bids and contracts, as a release tells of them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .. import models, queries, rules, states
from .parties import Parties
from .values import day, moment, value

# Above this value (pounds, with VAT) an award notice names those who did not win: Procurement Regulations 2024 reg 27.
NAMES_LOSERS = Decimal(5_000_000)


@dataclass(frozen=True)
class Facts:
    """What a notice is about, beside its procurement: lots that were settled, contracts (award's lot number, contract)."""

    awards: Sequence[models.LotAward] = ()
    contracts: Sequence[tuple[int, Any]] = ()
    changes: Sequence[str] = ()  # what an amendment changes, in words
    ends: str = ""  # why a contract or the procurement ended


def awards(procurement, settled: Iterable[models.LotAward], parties: Parties, document: dict) -> list[dict]:
    """Return the awards of the lots that were settled; of a direct award that is not given yet, whom it is meant for."""
    if not settled and procurement.proposed_id:  # the transparency notice of a direct award: not given yet
        suppliers = [parties.supplier(procurement.proposed)]
        lots = [str(lot.number) for lot in procurement.lots.all()]
        common = {"status": "pending", "relatedLots": lots, "suppliers": suppliers, "documents": [document]}
        return [{"id": "1", "title": procurement.title, "value": value(procurement.planned_value), **common}]
    found = []
    for each in settled:
        undone = each.state == states.LotAward.UNDONE
        told: dict = {
            "id": str(each.lot.number),
            "title": each.lot.title,
            "status": "cancelled" if undone else "active",
            "date": moment(each.at),
            "relatedLots": [str(each.lot.number)],
            "suppliers": [parties.supplier(one.provider) for one in each.winners.all()],
            "mainProcurementCategory": "services",
            "contractPeriod": {"startDate": day(procurement.start_on), "endDate": day(procurement.end_on)},
            "documents": [document],
        }
        if each.lot.value is not None:
            told["value"] = value(each.lot.value)
            told["aboveThreshold"] = each.lot.value >= queries.threshold(on=procurement.start_on)
        if each.standstill_ends_on:
            told["standstillPeriod"] = {"endDate": day(each.standstill_ends_on)}
        if procurement.procedure != states.Procedure.DIRECT_AWARD and not undone:
            told["assessmentSummariesDateSent"] = moment(each.at)
        found.append(told)
    return found


def bids(procurement, settled: Iterable[models.LotAward], parties: Parties, at: dt.datetime) -> dict:
    """Return how many bids each awarded lot had; of a large procurement also who bid and did not win."""
    found = list(queries.bids(procurement_id=procurement.pk)) if settled else []
    statistics, details = [], []
    for each in settled:
        made = [bid for bid in found if each.lot.number in bid.lots]
        lot = str(each.lot.number)
        if made:
            statistics.append(
                {"id": f"{lot}-bids", "measure": "finalStageBids", "value": len(made), "relatedLot": lot, "date": moment(at)}
            )  # fmt: skip
    if procurement.planned_value > NAMES_LOSERS:
        won = {one.provider_id for each in settled for one in each.winners.all()}
        details = [
            {"id": f"{procurement.reference}-{at}", "status": "valid", "tenderers": [parties.tenderer(bid.provider)]}
            for at, bid in enumerate(found, start=1)
            if bid.provider_id not in won
        ]
    told = {"statistics": statistics, "details": details}
    return {name: value for name, value in told.items() if value}


def contract(lot: int, made, form: rules.NoticeForm, document: dict, facts: Facts, at: dt.datetime) -> dict:
    """Return one contract: made, changed or ended, as the notice says."""
    ended = form.kind is states.Notice.ENDING
    found = {
        "id": made.reference,
        "awardID": str(lot),
        "title": f"Lot {lot}: {made.provider.name}",
        "status": "terminated" if ended else "active",
        "period": {"startDate": day(made.start_on), "endDate": day(made.end_on)},
        "documents": [document],
    }
    if form.kind is states.Notice.CONTRACT:
        found["dateSigned"] = moment(at)
    if form.kind is states.Notice.CHANGE:
        found["amendments"] = [{"id": document["id"], "date": moment(at), "description": document["description"]}]
    if ended:
        found["terminationRationaleClassifications"] = [{"description": facts.ends}]
    return found
