"""A table that sorts, filters, pages and exports; every state of it is an address, so it works without JavaScript."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.views.generic import TemplateView

from .permitted import Permitted
from .tables_out import csv_response, xlsx_response

PAGE_SIZES = (25, 50, 100)
NOT_KEPT = ("format", "page", "clear")


@dataclass(frozen=True)
class Column:
    """One column of a table.

    *cell* is an attribute path ("home.name"), or a function of the row that returns what to show; *sort* the
    database field to order by; *out* a function of the row for exports, where *cell* gives marked-up text.
    """

    key: str
    title: str
    cell: str | Callable[[Any], Any] = ""
    numeric: bool = False
    sort: str = ""
    out: Callable[[Any], Any] | None = None

    def value(self, row: Any) -> Any:
        """Return what the column shows of *row*."""
        if callable(self.cell):
            return self.cell(row)
        for name in (self.cell or self.key).split("."):
            row = getattr(row, name, None)
            if callable(row):
                row = row()
        return "" if row is None else row

    def export(self, row: Any) -> Any:
        """Return what an export holds of *row*."""
        return self.out(row) if self.out else self.value(row)


class TableView(Permitted, TemplateView):
    """A table that sorts, filters and exports; its filters stand in the address and come back in the session."""

    template_name = "web/table_page.html"
    title = ""
    caption = ""
    lede = ""
    empty = "There is nothing here yet."
    columns: tuple[Column, ...] = ()
    filter_form: type | None = None
    exports = True
    file_name = "table"

    def rows(self, filters: dict) -> QuerySet | Iterable:
        """Return every row that *filters* (the form's cleaned data) leaves, unordered or in the usual order."""
        raise NotImplementedError

    def link(self, row: Any) -> str:
        """Return where the row's first cell leads, or nothing."""
        return ""

    def get(self, request, *args, **kwargs):
        """Show a page of the table, or export it whole."""
        self.keep_filters(request)
        wanted = request.GET.get("format")
        if wanted in ("csv", "xlsx") and self.exports:
            write = csv_response if wanted == "csv" else xlsx_response
            titles = [column.title for column in self.columns]
            body = ([column.export(row) for column in self.columns] for row in self.ordered())
            return write(self.file_name, titles, body)
        return super().get(request, *args, **kwargs)

    def keep_filters(self, request) -> None:
        """Keep what the address asks for in the session, and take it up again when the address asks for nothing."""
        kept = f"table:{request.path}"
        if "clear" in request.GET:
            request.session.pop(kept, None)
            request.GET = QueryDict()
        elif request.GET:
            lasting = request.GET.copy()
            for name in NOT_KEPT:
                lasting.pop(name, None)
            request.session[kept] = lasting.urlencode()
        elif kept in request.session:
            request.GET = QueryDict(request.session[kept])

    @cached_property
    def filters(self):
        """The filter form as the address fills it, or None."""
        if self.filter_form is None:
            return None
        form = self.filter_form(self.request.GET or None)
        for field in form.fields.values():  # every filter is optional: saying so on each is noise
            field.label = str(field.label or "").removesuffix(" (optional)")
        return form

    def bound_filters(self):
        """Return the filter form as the address fills it, or None."""
        return self.filters

    def ordered(self):
        """Return the rows that the filters leave, in the order that the address asks for."""
        form = self.bound_filters()
        filters = form.cleaned_data if form and form.is_bound and form.is_valid() else {}
        rows = self.rows(filters)
        wanted = self.request.GET.get("sort", "")
        column = next((c for c in self.columns if c.sort and c.key == wanted.lstrip("-")), None)
        if column is None:
            return rows
        down = wanted.startswith("-")
        if isinstance(rows, QuerySet):
            return rows.order_by(("-" if down else "") + column.sort, "pk")
        known, unknown = [], []
        for row in rows:
            value = Column(column.key, column.title, cell=column.sort.replace("__", ".")).value(row)
            (unknown if value in ("", None) else known).append((value, row))
        known.sort(key=lambda pair: pair[0], reverse=down)
        return [row for _, row in [*known, *unknown]]

    def get_context_data(self, **kwargs):
        """Add the page of rows, the headings with their sort links, and the filters."""
        rows = self.ordered()
        size = self.request.GET.get("size", "")
        size = int(size) if size.isdecimal() and int(size) in PAGE_SIZES else PAGE_SIZES[0]
        page = Paginator(rows if isinstance(rows, QuerySet) else list(rows), size).get_page(
            self.request.GET.get("page")
        )
        body = []
        for row in page.object_list:
            cells = [(column, column.value(row)) for column in self.columns]
            body.append((self.link(row), cells))
        return super().get_context_data(
            title=self.title,
            caption=self.caption,
            lede=self.lede,
            empty=self.empty,
            headings=[self.heading(column) for column in self.columns],
            body=body,
            page=page,
            filters=self.bound_filters(),
            addresses=self.addresses(page),
            sizes=[(choice, choice == size, self.address(size=choice, page=None)) for choice in PAGE_SIZES],
            table_id="table",
            exports=self.exports,
            **kwargs,
        )

    def heading(self, column: Column) -> dict:
        """Return a heading: its words, how the table is sorted by it, and the link that changes that."""
        wanted = self.request.GET.get("sort", "")
        now = "ascending" if wanted == column.key else "descending" if wanted == f"-{column.key}" else "none"
        to = f"-{column.key}" if now == "ascending" else column.key
        return {"column": column, "sorted": now, "link": self.address(sort=to, page=None) if column.sort else ""}

    def addresses(self, page) -> dict:
        """Return the links to the pages on either side and to the exports."""
        found = {kind: self.address(format=kind) for kind in ("csv", "xlsx")}
        if page.has_previous():
            found["previous"] = self.address(page=page.previous_page_number())
        if page.has_next():
            found["next"] = self.address(page=page.next_page_number())
        return found

    def address(self, **changes: Any) -> str:
        """Return this page's address with *changes* to its query."""
        query = self.request.GET.copy()
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = value
        return f"{self.request.path}?{query.urlencode()}"


def cell(template: str, **context: Any) -> str:
    """Return a component's markup for a table's cell."""
    return get_template(f"web/components/{template}.html").render(context)


def text(value: Any) -> str:
    """Return *value* escaped."""
    return conditional_escape(value)
