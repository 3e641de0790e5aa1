"""Input for tenders, bids and their opening."""

from decimal import Decimal

from django import forms as plain
from django.core.exceptions import ValidationError
from django.utils import timezone

from placewell.contracts.states import NeedLevel
from placewell.storage.models import choices
from placewell.web import forms

from .. import models, rules, states
from .asking import Question, VisitCriterion
from .bidding import Answer, CheckReceipt, Clarify, Code, Lots, Prices
from .judging import AskPrice, Declare, Exclude, Heard, Mark, Recommend, RecommendDirect, Reopen, Verdict
from .tendering import (
    Announce,
    AnnounceContract,
    Connected,
    Engagement,
    Ocid,
    Paper,
    PickPaper,
    Pipeline,
    Profile,
    PublishDirect,
    Reuse,
    Timetable,
)

__all__ = [
    "AddLot",
    "Announce",
    "AnnounceContract",
    "Answer",
    "AnswerAll",
    "AskPrice",
    "CheckReceipt",
    "Clarify",
    "Code",
    "Connected",
    "Dates",
    "Declare",
    "Empty",
    "Engagement",
    "Exclude",
    "Heard",
    "LotTerms",
    "Lots",
    "Mark",
    "Method",
    "Ocid",
    "Paper",
    "Pick",
    "PickPaper",
    "Pipeline",
    "Plan",
    "Prices",
    "Profile",
    "Publish",
    "PublishDirect",
    "Question",
    "Reason",
    "Recommend",
    "RecommendDirect",
    "Reopen",
    "Reuse",
    "Timetable",
    "Upload",
    "Verdict",
    "VisitCriterion",
]


FORMULAS = [
    (states.Formula.ABSOLUTE_CEILING.value, "Absolute: points for how far a price is below the lot's highest price"),
    (states.Formula.RELATIVE_LOWEST.value, "Relative to the lowest: the lowest price divided by the bid's"),
    (
        states.Formula.RELATIVE_RANGE.value,
        "Relative to the range: between the highest price that is bid and the lowest",
    ),
    (states.Formula.AVERAGE.value, "Average: half the points at the average of the bids, more below it, fewer above"),
    (
        states.Formula.QUALITY_TO_PRICE.value,
        "Quality to price: each point of quality is worth a sum taken off the price",
    ),
]


def at(day, hour: int):
    """Return the moment on *day* at *hour* o'clock in England."""
    naive = timezone.datetime(day.year, day.month, day.day, hour)
    return timezone.make_aware(naive)


class AddLot(forms.Form):
    """A lot more."""

    category = plain.ChoiceField(label="Kind of placement", widget=plain.RadioSelect)
    title = plain.CharField(label="Title", max_length=100, help_text="Homes for children of 16 and 17")

    def __init__(self, *args, categories=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = categories


class Reason(forms.Form):
    """Why."""

    reason = forms.TextArea(label="Why")


class Plan(forms.Form):
    """A procurement as it is planned."""

    reference = plain.CharField(label="Reference", max_length=40)
    title = plain.CharField(label="Title", max_length=200)
    description = forms.TextArea(label="What is bought", help_text="This is published in the notice.")
    legal_regime = plain.ChoiceField(
        label="Law",
        choices=models.REGIMES,
        widget=plain.RadioSelect,
        help_text="The Procurement Act for whatever was begun on or after 24 February 2025",
    )
    procedure = plain.ChoiceField(label="Procedure", choices=choices(states.Procedure), widget=plain.RadioSelect)
    lots = plain.MultipleChoiceField(label="Lots", widget=plain.CheckboxSelectMultiple)
    planned_value = forms.MoneyField(label="Whole value", help_text="All lots and all years, with VAT and extensions")
    planned_notice_on = forms.DateField(label="Notice planned for", required=False)
    start_on = forms.DateField(label="Contracts start")
    end_on = forms.DateField(label="Contracts end", help_text="The first day that they no longer cover")
    framework = plain.ChoiceField(
        label="Framework", required=False, help_text="Only for a mini-competition: the framework it is held under"
    )
    reopens_every_months = plain.IntegerField(
        label="Opened again every so many months",
        required=False,
        min_value=1,
        max_value=60,
        help_text="Only for a select list, an open framework or a dynamic market",
    )
    ground = plain.ChoiceField(
        label="Ground for a direct award",
        required=False,
        choices=[("", "Not a direct award"), *choices(states.Ground)],
        help_text="Procurement Act 2023, Schedule 5 and section 43",
    )
    ground_reasons = forms.TextArea(label="Why that ground applies", required=False)

    def __init__(self, *args, lots=(), frameworks=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lots"].choices = lots
        self.fields["framework"].choices = [("", "None"), *frameworks]

    def clean(self):
        """The days are in order."""
        data = super().clean()
        if data.get("start_on") and data.get("end_on") and data["end_on"] <= data["start_on"]:
            self.add_error("end_on", "This is not after the first day.")
        return data


class Method(forms.Form):
    """How bids are judged."""

    formula = plain.ChoiceField(
        label="Price formula",
        choices=FORMULAS,
        widget=plain.RadioSelect,
        help_text=rules.formula_warning(states.Formula.RELATIVE_LOWEST).replace(
            "Under this formula", "Under the relative and average formulas"
        ),
    )
    weight_quality = plain.DecimalField(label="Weight of quality (per cent)", min_value=0, max_value=100)
    quality_min = plain.DecimalField(label="Least quality (0 to 100)", min_value=0, max_value=100, initial=0)
    marks = forms.TextArea(
        label="Scale", help_text="One mark a line, with what earns it: 5 Excellent, with evidence for every part"
    )
    tie_order = plain.ChoiceField(
        label="What decides between equal scores",
        choices=[
            ("quality,price", "Higher quality, then lower price"),
            ("first_question,quality,price", "The first quality question, then quality, then price"),
            ("price,quality", "Lower price, then higher quality"),
        ],
        widget=plain.RadioSelect,
    )
    lots_per_bidder = plain.IntegerField(label="Most lots a bidder may bid for", required=False, min_value=1)
    standstill_days = plain.IntegerField(
        label="Standstill (working days)", required=False, min_value=8, help_text="Voluntary for these services"
    )

    def clean_marks(self):
        """Return [(mark, meaning)]."""
        marks = []
        for line in self.cleaned_data["marks"].splitlines():
            number, _, meaning = line.strip().partition(" ")
            if not line.strip():
                continue
            if not number.isdecimal() or not meaning.strip():
                raise ValidationError(f"“{line.strip()}” is not a mark and its meaning.")
            marks.append((int(number), meaning.strip()))
        return marks


class LotTerms(forms.Form):
    """The ceiling of a lot, and the prices that each bid gives."""

    value = forms.MoneyField(
        label="Expected value", required=False, help_text="Over the whole term, with VAT: published with the lot"
    )
    ceiling = forms.MoneyField(label="Highest price a week", required=False)
    lines = forms.TextArea(
        label="Prices to give",
        help_text="One a line: first age, last age, level of need, share in the price that is compared. 10 15 standard 3",
    )

    def clean_lines(self):
        """Return the lines."""
        levels, found = [each.value for each in NeedLevel], []
        for line in self.cleaned_data["lines"].splitlines():
            parts = line.split()
            if not parts:
                continue
            try:
                first, last, level, share = int(parts[0]), int(parts[1]), parts[2], Decimal(parts[3])
            except (IndexError, ValueError, ArithmeticError):
                raise ValidationError(f"“{line.strip()}” is not two ages, a level of need and a share.") from None
            if level not in levels or not 0 <= first <= last <= 17 or share <= 0:
                raise ValidationError(
                    f"“{line.strip()}”: ages are 0 to 17, levels are {', '.join(levels)}, shares above 0."
                )
            found.append(rules.Line(first, last, level, share))
        return found


class Dates(forms.Form):
    """When questions and bids close, by the clock in England."""

    questions_by = forms.DateField(label="Questions close", required=False, help_text="At noon")
    tenders_by = forms.DateField(label="Bids close")
    hour = plain.IntegerField(label="Hour at which bids close", min_value=0, max_value=23, initial=12)

    def clean(self):
        """Make the two moments."""
        data = super().clean()
        if data.get("tenders_by") and data.get("hour") is not None:
            data["tenders_by_at"] = at(data["tenders_by"], data["hour"])
            day = data.get("questions_by")
            data["questions_by_at"] = at(day, 12) if day else None
            if day and data["questions_by_at"] > data["tenders_by_at"]:
                self.add_error("questions_by", "Questions close before bids do.")
        return data


class Publish(Dates):
    """The dates of a notice, and what the law wants explained."""

    no_engagement_notice = forms.TextArea(
        label="Why no engagement notice went out",
        required=False,
        rows=3,
        help_text="Only where the market was asked without one (Procurement Act 2023, section 17). It is published.",
    )


class Upload(forms.Form):
    """A file."""

    file = plain.FileField(label="File", help_text="PDF, Word, Excel, PNG or JPEG")


class Pick(forms.Form):
    """An officer."""

    person = forms.PickField(label="Officer")

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Choose somebody"), *people]


class AnswerAll(forms.Form):
    """An answer to every bidder."""

    question = forms.TextArea(label="Question, as it is published")
    answer = forms.TextArea(label="Answer")


class Empty(forms.Form):
    """Nothing to fill in: the button is the answer."""
