"""A statement or a published forecast as parts of a page, and as an accessible document."""

from django.http import HttpResponse
from django.utils.safestring import mark_safe

from placewell.web.documents import pdf
from placewell.web.templatetags.web import day

AFTER = {
    "children": "ages",
    "ahead": "forecast",
    "gap": "gap",
    "money": "money",
    "know": "outcomes",
}  # section → the figures that follow it
HELD_BACK = (
    "Counted as the official statistics do, on each day or in the twelve months up to it. c: fewer than five children, or "
    "what would tell of them; –: nothing was recorded."
)


def figures_of(figures: dict | None, key: str) -> list[dict]:
    """Return the figures that follow a section: pictures with their words, lines and tables, in order."""
    figures, wanted = figures or {}, AFTER.get(key, "")
    ahead, gap = figures.get("forecast"), figures.get("gap")
    if wanted == "forecast" and ahead:
        parts = [_picture(kind["title"], kind["sentence"], kind["picture"]) for kind in ahead["kinds"]]
        left = ahead["left_out"]
        note = (
            f"Not shown, since they are so few that children could be recognised: {', '.join(left).lower()}."
            if left
            else ""
        )
        return [*parts, ahead["table"], *([{"lines": [note]}] if note else []), *_record(ahead.get("record"))]
    if wanted == "money" and ahead:
        said = f"The envelope is {ahead['money']['envelope']} a year."
        return [_picture("Cost by year", said, ahead["money"]["picture"]), {"lines": ahead["verdicts"]}, ahead["spend"]]
    if wanted == "outcomes" and "outcomes" in figures:
        return [figures["outcomes"], {"lines": [HELD_BACK]}]
    if wanted == "ages" and gap:
        return [gap["ages"]]
    if wanted == "gap" and gap:
        words = " ".join(gap["sentences"])
        chart = [_picture("Children expected: with a place near, and without", "", gap["picture"], alt=words)]
        return [{"lines": gap["sentences"]}, *chart, gap["gap"], gap["areas"]]
    return []


def _record(kept: dict | None) -> list[dict]:
    """Return what was forecast before beside what came; nothing where it was published before that was kept, or none was."""
    if not kept or not kept["lines"]:
        return []
    pictures = [_picture(each["title"], each["title"], each["picture"]) for each in kept["pictures"]]
    return [{"lines": kept["lines"]}, *pictures, *([kept["table"]] if kept["table"]["rows"] else [])]


def _picture(title: str, words: str, svg: str, *, alt: str = "") -> dict:
    return {"title": title, "words": words, "alt": alt or words, "picture": mark_safe(svg)}  # noqa: S308 - drawn by web.charts, which escapes


def document(title: str, council: str, reference: str, content: dict) -> HttpResponse:
    """Return a statement or forecast as an accessible PDF."""
    start, end = content.get("period") or ("", "")
    data = {
        "title": title,
        "council": council,
        "reference": reference,
        "period": f"{day(start)} to {day(end)}" if start else "",
        "sections": [
            {
                "title": name,
                "paragraphs": [one.strip() for one in text.replace("\r", "").split("\n\n") if one.strip()],
                "figures": [
                    {**{"lines": [], "picture": "", "rows": [], "title": "", "words": "", "alt": ""}, **each}
                    for each in figures_of(content, key)
                ],
            }
            for key, name, text in content["sections"]
        ],
    }
    for section in data["sections"]:
        for each in section["figures"]:
            each["picture"] = str(each["picture"])
    response = HttpResponse(pdf("needs/documents/statement.typ", data), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="sufficiency.pdf"'
    return response
