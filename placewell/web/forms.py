"""Form fields that render themselves in the GOV.UK patterns: a plain Django form, `{{ form }}`, and it is right."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Renders forms and fields with the frame's own templates."""

    form_template_name = "web/fields/form.html"
    field_template_name = "web/fields/field.html"


# What validators say, in place of Django's "Ensure this value is …".
PLAIN = {
    "max_value": "Enter %(limit_value)s or less.",
    "min_value": "Enter %(limit_value)s or more.",
    "max_length": "Write at most %(limit_value)s characters: these are %(show_value)s.",
    "max_digits": "This is too large: look for a slip.",
    "max_whole_digits": "This is too large: look for a slip.",
    "max_decimal_places": "Give pounds and pence: at most %(max)s places after the point.",
}
MOST_CHARACTERS = 20_000  # of a text without a limit of its own: some six pages


class Form(forms.Form):
    """A form of the frame: no required marks in labels, errors where they belong and in a summary on top."""

    required_css_class = ""
    error_css_class = ""
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for name, field in self.fields.items():
            field.widget.dress(field) if hasattr(field.widget, "dress") else dress(field)
            if (
                not field.required
                and not isinstance(field, forms.BooleanField)
                and "(optional)" not in str(field.label or "")
            ):
                field.label = f"{field.label or name.replace('_', ' ').capitalize()} (optional)"
            field.error_messages = PLAIN | field.error_messages
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = missing(field)


def missing(field: forms.Field) -> str:
    """Return what to say when nothing was entered."""
    if isinstance(field, forms.FileField):
        return "Choose a file."
    if isinstance(field, forms.BooleanField):
        return "Tick the box to go on."
    if isinstance(field, (forms.ChoiceField, forms.ModelChoiceField)):
        return "Choose one."
    return "Enter a date." if isinstance(field, DateField) else "Enter an answer."


def dress(field: forms.Field) -> None:
    """Give a plain Django field the frame's classes."""
    widget = field.widget
    kind = {
        forms.Textarea: "govuk-textarea",
        forms.Select: "govuk-select",
        forms.SelectMultiple: "govuk-select",
        forms.ClearableFileInput: "govuk-file-upload",
        forms.FileInput: "govuk-file-upload",
    }.get(type(widget), "govuk-input")
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.CheckboxInput, forms.HiddenInput)):
        return
    if kind in widget.attrs.get("class", "").split():
        return
    widget.attrs["class"] = f"{kind} {widget.attrs.get('class', '')}".strip()
    if kind == "govuk-textarea" and getattr(field, "max_length", None):
        widget.attrs.pop("maxlength", None)  # a count that warns, not a wall that cuts what is pasted
        widget.attrs["class"] += " govuk-js-character-count"
    if isinstance(field, forms.IntegerField):
        widget.attrs |= {"inputmode": "numeric", "class": widget.attrs["class"] + " govuk-input--width-5"}
        if isinstance(widget, forms.NumberInput):
            widget.input_type = "text"
            widget.attrs.pop("min", None)
            widget.attrs.pop("max", None)
    if isinstance(field, MoneyField):
        widget.input_type = "text"
        widget.attrs |= {"inputmode": "decimal", "class": f"{widget.attrs['class']} govuk-input--width-10"}
        for name in ("step", "min", "max"):
            widget.attrs.pop(name, None)


class DateWidget(forms.MultiWidget):
    """Day, month and year in three boxes."""

    template_name = "web/fields/date.html"
    parts = (("day", 2), ("month", 2), ("year", 4))

    def __init__(self, attrs: dict | None = None) -> None:
        boxes = {
            name: forms.TextInput(
                {"class": f"govuk-input govuk-date-input__input govuk-input--width-{width}", "inputmode": "numeric"}
            )
            for name, width in self.parts
        }
        super().__init__(boxes, attrs)

    def dress(self, _field: forms.Field) -> None:
        """Nothing to add: the boxes are dressed."""

    def decompress(self, value: dt.date | None) -> list:
        """Return the three boxes for a date."""
        return [value.day, value.month, value.year] if value else [None, None, None]


class DateField(forms.MultiValueField):
    """A date in three boxes; the error says what is wrong with which."""

    widget = DateWidget

    def __init__(self, **kwargs: Any) -> None:
        boxes = tuple(forms.CharField(required=False) for _ in range(3))
        super().__init__(boxes, require_all_fields=False, **kwargs)

    def compress(self, values: list) -> dt.date | None:
        """Return the date that the boxes make.

        Raises:
            ValidationError: a box is empty, is no number, or there is no such day.
        """
        if not any(values or []):
            return None
        missing = [name for (name, _), value in zip(DateWidget.parts, values, strict=True) if not value]
        if missing:
            raise ValidationError(f"The date needs a {' and a '.join(missing)}.")
        try:
            return dt.date(int(values[2]), int(values[1]), int(values[0]))
        except ValueError:
            raise ValidationError("There is no such day: enter a real date, for example 27 3 2026.") from None


class MoneyField(forms.DecimalField):
    """Pounds with at most two places; a comma or a pound sign is no mistake."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": Decimal(0), "max_digits": 12, "decimal_places": 2, **kwargs})
        self.prefix = "£"

    def to_python(self, value: Any) -> Decimal | None:
        """Return the amount, read as people write it."""
        return super().to_python(value.replace(",", "").replace("£", "").strip() if isinstance(value, str) else value)


class TextArea(forms.CharField):
    """Several lines of text, with a count where there is a limit; never more than can be read."""

    def __init__(self, rows: int = 5, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": rows}), **kwargs)
        if self.max_length is None:
            self.validators.append(MaxLengthValidator(MOST_CHARACTERS))


class YesNoField(forms.TypedChoiceField):
    """Yes or no, with neither chosen beforehand."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[("yes", "Yes"), ("no", "No")],
            coerce=lambda value: value == "yes",
            empty_value=None,
            widget=forms.RadioSelect({"inline": True}),
            **kwargs,
        )


class PickField(forms.ChoiceField):
    """One of many: a search box where JavaScript runs, a plain list where it does not."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Select({"data-pick": "true"}), **kwargs)
