"""Write an answer in the format tender-score-result-1."""

from fractions import Fraction
from typing import Any

from .solve import Result


def ratio(value: Fraction) -> str:
    """Return an exact fraction as text, numerator/denominator in lowest terms."""
    return f"{value.numerator}/{value.denominator}"


def as_json(result: Result) -> dict[str, Any]:
    """Return the answer as plain lists and dictionaries, ready for JSON."""
    return {
        "format": "tender-score-result-1",
        "id": result.tender.id,
        "formula": result.tender.formula,
        "ranking": [
            {"id": entry.bid.id, "score": ratio(entry.score), "approx": float(round(entry.score, 6))}
            for entry in result.ranking
        ],
        "dropped": [{"id": key, "why": why} for key, why in result.dropped],
        "reversals": [{"without": key, "winner": winner} for key, winner in result.reversals],
    }
