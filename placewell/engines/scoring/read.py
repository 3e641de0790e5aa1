"""Read the format tender-score-1: every fault with its JSON path, or a Tender."""

from typing import Any

from placewell.kernel.errors import BadInput
from placewell.kernel.fields import Faults, each, exact, record, repeats, word

from .problem import FORMULAS, Bid, Tender

FORMAT = "tender-score-1"
MONEY = 1_000_000_000_000

BID = record({"id": word(), "price": exact(0, MONEY), "quality": exact(0, 100)})
TENDER = record(
    {
        "format": word(FORMAT), "id": word(), "formula": word(*FORMULAS), "weight_quality": exact(0, 1_000_000),
        "weight_price": exact(0, 1_000_000), "ceiling": exact(0, MONEY), "quality_min": exact(0, 100),
        "bids": each(BID),
    },
    {"note": lambda faults, where, value: value},
)  # fmt: skip


def read(raw: object) -> Tender:
    """Return the tender that *raw* (JSON from `kernel.fields.parsed`) describes; raises BadInput with every fault."""
    faults = Faults()
    found: dict[str, Any] = TENDER(faults, "", raw)
    if isinstance(raw, dict):
        faults.extend(repeats("bids", raw.get("bids")))
        if raw.get("formula") == "absolute_ceiling" and raw.get("ceiling") == 0:
            faults.add("ceiling", "must be above 0 under absolute_ceiling, which divides by it")
    if faults:
        raise BadInput(sorted(set(faults)))
    method = {name: value for name, value in found.items() if name not in ("format", "note", "bids")}
    return Tender(**method, bids=tuple(Bid(**bid) for bid in found["bids"]))
