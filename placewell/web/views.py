"""The pages that rooms build on: one that shows, one that acts, and (from `tables`) one that lists."""

from collections.abc import Mapping
from types import MappingProxyType

from django.contrib import messages
from django.views.generic import FormView, TemplateView

from placewell.kernel.errors import BadInput, NotAllowed, NotFound, Refused

from .forms import Form
from .permitted import Permitted
from .tables import Column, TableView, cell

__all__ = ["ActionView", "Column", "DetailPage", "Permitted", "TableView", "cell"]


class DetailPage(Permitted, TemplateView):
    """A page that shows what queries return."""

    template_name = "web/detail_page.html"
    title = ""
    caption = ""

    def get_context_data(self, **kwargs):
        """Add the page's title and caption."""
        return super().get_context_data(**{"title": self.title, "caption": self.caption, **kwargs})


class ActionView(Permitted, FormView):
    """A form that runs one action.

    Subclasses set *form_class*, *permission*, *title*, *button*, *done* and *success_url*, and implement `act`.
    A `Refused` shows on the form and nothing is lost; `NotAllowed` and `NotFound` are pages.
    """

    form_class: type = Form
    template_name = "web/form_page.html"
    title = ""
    caption = ""
    lede = ""
    button = "Save"
    is_warning = False
    back_url = ""
    done = ""
    fields: Mapping[str, str] = MappingProxyType({})  # what a fault calls a field → the form's field

    def act(self, data: dict) -> None:
        """Run the action with the form's cleaned *data*."""
        raise NotImplementedError

    def form_valid(self, form):
        """Run the action; show a refusal on the form."""
        try:
            self.act(form.cleaned_data)
        except (NotAllowed, NotFound):
            raise
        except BadInput as refusal:
            for fault in refusal.faults:
                where = self.fields.get(fault.where, fault.where)
                known = where in form.fields
                form.add_error(where if known else None, fault.what if known else str(fault))
            return self.form_invalid(form)
        except Refused as refusal:
            for line in str(refusal).splitlines() or ["That was not possible."]:
                form.add_error(None, line)
            return self.form_invalid(form)
        if self.done:
            messages.success(self.request, self.done)
        return super().form_valid(form)

    def form_invalid(self, form):
        """Show the form again, with a status that says it was refused."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs):
        """Add the page's words."""
        names = ("title", "caption", "lede", "button", "is_warning", "back_url")
        context = super().get_context_data(**kwargs)  # makes the form, which may settle the words
        return {name: getattr(self, name) for name in names} | context
