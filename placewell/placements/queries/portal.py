"""What a provider reads of its own referral: what happened, and why."""

from placewell.audit import queries as audit

from .. import models
from .desk import messages

TITLES = {
    ("invitation", "offered"): "A home was offered",
    ("invitation", "declined"): "You could not offer a home",
    ("invitation", "sent"): "The referral is open to you again",
    ("invitation", "closed"): "The referral was closed",
    ("offer", "recommended"): "Your home was recommended to whoever decides",
    ("offer", "accepted"): "Your home was chosen",
    ("offer", "declined"): "Your offer was declined",
    ("offer", "withdrawn"): "You took the offer back",
    ("offer", "lapsed"): "Your offer lapsed",
}
KINDS = {
    "question": "You asked",
    "answer": "The council answered",
    "message": "The council wrote",
    "change": "The referral changed",
}
# Why the council recommended or chose a home is told when an agreement is made, not step by step.
UNTOLD = ("recommended", "accepted")


def what_happened(row: models.Invitation) -> list[dict]:
    """Return what happened to a referral that was sent to one provider, oldest first, each with why."""
    entries = [(row.sent_at, "The referral was sent to you", "")]
    for change in audit.history(subjects=[row, *row.offers.all()]):
        kind = change.subject.split(":")[0].split(".")[-1]
        if title := TITLES.get((kind, change.to_state)):
            why = "" if change.to_state in UNTOLD else change.reason
            entries.append((change.at, title, why.replace("_", " ") if change.to_state == "declined" else why))
    entries += [(each.at, KINDS[each.kind], each.words) for each in messages(invitation_ids=[row.pk])]
    return [{"at": at, "title": title, "text": text} for at, title, text in sorted(entries)]
