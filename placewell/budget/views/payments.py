"""Pay runs: drawn up, released by another person, and their file for the finance system."""

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.web.tables_out import csv_response, xlsx_response
from placewell.web.templatetags.web import moment, pounds, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries

PAY_FILE = ("Pay run", "Supplier", "Invoice", "Invoice date", "Cost centre", "Subjective code", "Agreement", "Amount")


class PayRuns(TableView):
    """Every pay run."""

    permission = Permission.SEE_BUDGET
    template_name = "budget/pay_runs.html"
    title = "Pay runs"
    empty = "No pay run was drawn up yet."
    file_name = "pay-runs"
    columns = (
        Column("reference", "Reference", sort="reference"),
        Column("line_count", "Lines", numeric=True, sort="line_count"),
        Column(
            "total", "Total", cell=lambda row: pounds(row.total), numeric=True, sort="total", out=lambda row: row.total
        ),
        Column("drawn_up", "Drawn up", cell=lambda row: f"{row.drawn_up_by.name}, {moment(row.drawn_up_at)}"),
        Column(
            "released",
            "Released",
            cell=lambda row: f"{row.released_by.name}, {moment(row.released_at)}" if row.released_by else "",
        ),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return the pay runs."""
        return queries.pay_runs()

    def link(self, row):
        """Lead to the pay run."""
        return reverse("budget:pay_run", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Say who may draw one up."""
        return super().get_context_data(may_draw=self.may(Permission.HANDLE_INVOICES), **kwargs)


class PayRun(DetailPage):
    """One pay run, by supplier and invoice; its file once it is released."""

    permission = Permission.SEE_BUDGET
    template_name = "budget/pay_run.html"
    caption = "Pay run"

    def get(self, request, *args, **kwargs):
        """Show the page, or hand out the file when the run is released."""
        run = queries.pay_run(pay_run_id=kwargs["pay_run_id"])
        wanted = request.GET.get("format")
        if wanted in ("csv", "xlsx") and run.state == "released":
            write = csv_response if wanted == "csv" else xlsx_response
            return write(f"pay-run-{run.reference}", PAY_FILE, queries.pay_file(run))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        """Add the run."""
        run = queries.pay_run(pay_run_id=self.kwargs["pay_run_id"])
        is_open = run.state == "drawn_up"
        others = run.drawn_up_by_id != self.user.pk
        return super().get_context_data(
            title=run.reference,
            run=run,
            state=tag(run.state),
            facts=[
                ("Total", pounds(run.total)),
                ("Lines", run.line_count),
                ("Drawn up by", f"{run.drawn_up_by.name}, {moment(run.drawn_up_at)}"),
                ("Released by", f"{run.released_by.name}, {moment(run.released_at)}" if run.released_by else "Not yet"),
            ],
            titles=PAY_FILE[1:-1],
            rows=[(row[1:-1], row[-1]) for row in queries.pay_file(run)[:200]],
            may_release=is_open and others and self.may(Permission.RELEASE_PAYMENT),
            may_cancel=is_open and self.may(Permission.HANDLE_INVOICES),
            **kwargs,
        )


class DrawUp(ActionView):
    """Put every agreed line into a pay run."""

    permission = Permission.HANDLE_INVOICES
    form_class = forms.Nothing
    title, button, done = "Draw up a pay run", "Draw it up", "The pay run waits for the Director of Finance."
    back_url = reverse_lazy("budget:pay_runs")

    @property
    def lede(self):
        """Say what goes into it."""
        count, total = queries.agreed_total()
        return (
            f"{count:,} agreed lines go into it: {pounds(total)}."
            if count
            else "No line is agreed and not yet in a pay run."
        )

    def act(self, data):
        """Draw it up."""
        self.run = actions.draw_up_pay_run(by=self.user, now=self.now)

    def get_success_url(self):
        """Go to it."""
        return reverse("budget:pay_run", args=[self.run.pk])


class _OnRun(ActionView):
    def get_success_url(self):
        """Go back to the pay run."""
        return reverse("budget:pay_run", args=[self.kwargs["pay_run_id"]])

    @property
    def back_url(self):
        """Lead back to the pay run."""
        return self.get_success_url()


class Release(_OnRun):
    """Release it."""

    permission = Permission.RELEASE_PAYMENT
    form_class = forms.Nothing
    title, button, done = (
        "Release the pay run",
        "Release",
        "The pay run is released: its file can go to the finance system.",
    )

    def act(self, data):
        """Release it."""
        actions.release_pay_run(pay_run_id=self.kwargs["pay_run_id"], by=self.user, now=self.now)


class Cancel(_OnRun):
    """Cancel it."""

    permission = Permission.HANDLE_INVOICES
    form_class = forms.Reason
    title, button, is_warning, done = (
        "Cancel the pay run",
        "Cancel it",
        True,
        "The pay run is cancelled; its lines are agreed.",
    )

    def act(self, data):
        """Cancel it."""
        actions.cancel_pay_run(pay_run_id=self.kwargs["pay_run_id"], **data, by=self.user, now=self.now)
