"""The decision notice: what was decided, by whom and why, and until when it may be called in. Nothing exempt is in it."""

from django.http import HttpResponse

from placewell.accounts.roles import title_of
from placewell.web.documents import pdf
from placewell.web.templatetags.web import day, words

from .. import queries, states
from .scheme import ceiling, offices, scope


def notice_response(found) -> HttpResponse:
    """Return the notice of a decision as a document."""
    response = HttpResponse(pdf("governance/documents/notice.typ", notice(found)), content_type="application/pdf")
    name = "".join(letter if letter.isalnum() else "-" for letter in found.number)
    response["Content-Disposition"] = f'inline; filename="decision-{name}.pdf"'
    return response


def notice(found) -> dict:
    """Return what the notice of a decision says."""
    return {
        "title": f"Decision notice {found.number}: {found.title}",
        "council": str(found.council),
        "reference": found.number,
        "facts": _facts(found),
        "parts": [
            ["Decision", found.text],
            *([f"Resolution {each.number}", each.text] for each in found.resolutions.all()),
            ["Reasons", found.reasons],
            ["Alternatives considered and rejected", found.alternatives],
            ["Conflicts of interest declared", found.conflicts or "None declared."],
            ["Dispensations granted", found.dispensations or "None."],
            ["Who may act under it", _delegated(found)],
            ["Reports considered", _reports(found)],
            ["Call-in", _call_in(found)],
        ],
    }


def _facts(found) -> list[list[str]]:
    in_force = queries.in_force_from(found)
    planned = found.planned
    rows = [
        ["Taken by", found.body],
        ["Kind", f"{words(found.maker)} decision{', key' if found.is_key else ', not key'}"],
        ["Date of the decision", day(found.taken_on)],
        ["Agenda item", found.item or "None"],
        ["Published", day(found.published_on) or "Not yet"],
        ["State", words(found.state)],
    ]
    if planned:
        rows.append(
            ["Notice on the forward plan", f"{day(planned.notified_on)}, {planned.get_route_display().lower()}"]
        )
    if found.state in (states.Decision.PUBLISHED, states.Decision.MADE):
        rows.append(["In force from", day(in_force) or "Once published"])
    if found.annual_amount:
        rows.append(["Envelope", f"£{found.annual_amount:,.0f} a year for {found.years} years"])
    return rows


def _delegated(found) -> str:
    lines = []
    for each in found.delegations.all():
        with_whom = offices(each)
        lines.append(
            f"{each.get_act_display()}: the {title_of(each.role)}{', ' if with_whom else ''}{with_whom}. "
            f"{ceiling(each)}. {scope(each)}{f', until {day(each.end_on)}' if each.end_on else ''}."
        )
    return "\n\n".join(lines) or "Nobody: it delegates nothing."


def _reports(found) -> str:
    lines = []
    for each in found.reports.all():
        if each.published_on:
            numbers = ", ".join(str(number) for number in each.exempt_paragraphs)
            kept = (
                f" Part of it is not for publication (Local Government Act 1972 Sch 12A, paragraph {numbers})."
                if numbers
                else ""
            )
            lines.append(f"{each.title}, {each.author}.{kept}")
    return "\n\n".join(lines) or "None published."


def _call_in(found) -> str:
    if found.urgency_reason:
        return (
            f"Exempt from call-in as urgent: {found.urgency_reason} {found.urgency_consent_by} consented on "
            f"{day(found.urgency_consent_on)}."
        )
    if not found.is_subject_to_call_in:
        return "Not subject to call-in."
    who = f"{found.call_in_members} members" if found.call_in_members > 1 else "A member"
    window = f"{who}, or the chair of scrutiny, may call it in within {found.call_in_working_days} clear working days of publication. "
    told = [window + (f"{found.call_in_by}." if found.call_in_by else "")]
    for each in found.call_ins.all():
        told.append(f"Called in on {day(each.received_at)}: {each.grounds}")
        told += [text for text in (each.advice, each.outcome) if text]
    return "\n\n".join(told)
