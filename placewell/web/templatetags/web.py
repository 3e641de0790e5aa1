"""Tags and filters of every template: money, days, states, tables, lists, charts."""

import datetime as dt
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from placewell.kernel.money import pounds as in_pounds
from placewell.web.forms import dress

register = template.Library()
KM_A_MILE = 1.609344

COLOURS = {
    "green": "in_force upheld approved accepted active started released awarded good outstanding signed met live yes matched submitted "
    "agreed paid applied settled",
    "blue": "made published requested sent offered recommended planned council_signed ready received in_pay_run drawn_up notified taken",
    "yellow": "called_in referred at_council open proposed suspended requires_improvement waiting void reserved not_known overdue "
    "emergency urgent queried held",
    "red": "refused declined set_aside inadequate closed_by_regulator not_met withdrawn lapsed cancelled rejected late no_place_free",
    "grey": "draft closed ended not_started not_yet_inspected no",
}
COLOUR_OF = {state: colour for colour, states in COLOURS.items() for state in states.split()}


@register.filter
def pounds(amount) -> str:
    """Return £1,234.50; nothing for nothing."""
    return "" if amount in (None, "") else in_pounds(Decimal(amount))


@register.filter
def unsigned(amount: Decimal) -> Decimal:
    """Return an amount without its sign, where the words say whether it is a credit."""
    return abs(amount)


@register.filter
def pence(amount: int) -> str:
    """Return pence as pounds: 1234 is £12.34."""
    return in_pounds(Decimal(amount) / 100)


@register.filter
def day(value: dt.date | str | None) -> str:
    """Return 7 February 2018, from a date or its ISO form."""
    if isinstance(value, str):
        value = dt.date.fromisoformat(value) if value else None
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date()
    return f"{value.day} {value:%B %Y}" if value else ""


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Return 7 February 2018 at 3:05pm."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return f"{day(local)} at {local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


@register.filter
def words(value) -> str:
    """Return a code as words: requires_improvement is "Requires improvement"."""
    text = str(getattr(value, "value", value) or "").replace("_", " ")
    return text[:1].upper() + text[1:]


@register.filter
def tag(state) -> SafeString:
    """Return a state as a coloured tag; the words say it, the colour only helps."""
    code = str(getattr(state, "value", state) or "")
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', COLOUR_OF.get(code, "grey"), words(code))


@register.filter
def plural(number, forms: str) -> str:
    """Return "1 child", "2 children" for the forms "child,children"."""
    one, _, many = forms.partition(",")
    return f"{number:,} {one if number == 1 else many}"


@register.filter
def percent(share) -> str:
    """Return a share from 0 to 1 as a whole percentage."""
    return f"{round(100 * float(share))}%"


@register.filter
def decimal(value, places: int) -> str:
    """Return an exact fraction or a number with *places* decimal places."""
    return f"{float(value):,.{places}f}"


@register.filter
def hours(minutes) -> str:
    """Return minutes as hours and minutes: 95 is "1 h 35 min"."""
    whole, rest = divmod(round(minutes or 0), 60)
    return f"{whole:,} h {rest} min" if whole else f"{rest} min"


@register.filter
def km_in_miles(km) -> str:
    """Return kilometres as miles, as people drive them: 16.1 is "10 miles"."""
    return plural(round(float(km or 0) / KM_A_MILE), "mile,miles")


@register.filter
def clock(minute: int) -> str:
    """Return a minute of the day as people read it: 930 is 3:30pm."""
    hour, rest = divmod(int(minute), 60)
    return f"{hour % 12 or 12}:{rest:02d}{'am' if hour < 12 else 'pm'}"


@register.filter
def miles(value) -> str:
    """Return a distance in miles, one place."""
    return "" if value is None else f"{float(value):.1f} miles"


@register.inclusion_tag("web/fields/errors.html")
def error_summary(form) -> dict:
    """Show what is wrong with a form above all else of its page; the form does not show it again."""
    if form:
        form.has_summary = True
    return {"form": form}


@register.inclusion_tag("web/components/summary_list.html")
def summary_list(rows) -> dict:
    """Show pairs of words and values."""
    return {"rows": [row for row in rows if row]}


@register.inclusion_tag("web/components/timeline.html")
def timeline(entries) -> dict:
    """Show what happened when, oldest first: each entry has `at`, `title`, and may have `by` and `text`."""
    return {"entries": entries}


@register.inclusion_tag("web/components/back_link.html")
def back_link(url: str, label: str = "Back") -> dict:
    """Show the link back."""
    return {"url": url, "label": label}


@register.simple_tag
def button_link(url: str, label: str, kind: str = "") -> SafeString:
    """Show a link as a button; *kind* may be secondary or warning."""
    extra = f" govuk-button--{kind}" if kind else ""
    return format_html(
        '<a href="{}" role="button" draggable="false" class="govuk-button{}" data-module="govuk-button">{}</a>',
        url,
        extra,
        label,
    )


@register.simple_tag
def chart(svg, caption: str = "") -> SafeString:
    """Show a chart drawn by `web.charts`, on narrow screens scrolled rather than shrunk."""
    words = format_html('<figcaption class="govuk-heading-s">{}</figcaption>', caption) if caption else ""
    return format_html(
        '<figure class="pw-chart">{}<div class="pw-chart__frame" tabindex="0">{}</div></figure>', words, svg
    )


@register.filter
def shown(value):
    """Return a table's value as people read it: days, moments, yes and no; anything else as it is."""
    if isinstance(value, dt.datetime):
        return moment(value)
    if isinstance(value, dt.date):
        return day(value)
    return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else value


@register.simple_block_tag
def details(content, summary: str) -> SafeString:
    """Show *content* only to those who open it."""
    return format_html(
        '<details class="govuk-details"><summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text">{}</span></summary>'
        '<div class="govuk-details__text">{}</div></details>',
        summary,
        content,
    )


@register.filter
def dressed(form):
    """Return a form that is not the frame's own (a sign-in form), its fields in the frame's clothes."""
    for field in form.fields.values():
        dress(field)
        field.widget.attrs.pop("placeholder", None)
    return form


@register.filter
def answer(value) -> str:
    """Return what a list shows of *value*: nothing known is said so, yes and no are words, nought is nought."""
    if value is None or value == "":
        return "Not recorded"
    return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else value


@register.filter
def first_id(field) -> str:
    """Return the id of the first thing to fill in of a bound field, for links from the error summary."""
    several = widget_kind(field) in ("radios", "checkboxes", "date")
    return f"{field.auto_id}_0" if several else field.auto_id


@register.filter
def widget_kind(field) -> str:
    """Return how a bound field is laid out: input, textarea, radios, checkboxes, checkbox, date or hidden."""
    name = type(field.field.widget).__name__
    kinds = {
        "RadioSelect": "radios",
        "CheckboxSelectMultiple": "checkboxes",
        "CheckboxInput": "checkbox",
        "DateWidget": "date",
        "HiddenInput": "hidden",
        "Textarea": "textarea",
    }
    return kinds.get(name, "input")
