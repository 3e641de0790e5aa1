"""Addresses of the budget."""

from django.urls import path

from .views import agreements, demand, envelopes, invoices, months, outturn, payments, position, prices, retainers

app_name = "budget"
_ON_REQUEST, _ON_LINE, _ON_RUN = "demand/<uuid:request_id>/", "invoices/<uuid:line_id>/", "pay-runs/<uuid:pay_run_id>/"
_ON_RETAINER = "agreements/<uuid:agreement_id>/retainers/<uuid:retainer_id>/"
urlpatterns = [
    path("", position.Position.as_view(), name="position"),
    path("commitments/", position.Commitments.as_view(), name="commitments"),
    path("envelope/<uuid:decision_id>/", position.SetEnvelope.as_view(), name="set_envelope"),
    path("outturn/", outturn.Outturn.as_view(), name="outturn"),
    path("outturn.pdf", outturn.OutturnReport.as_view(), name="outturn_report"),
    path("nights/", outturn.Nights.as_view(), name="nights"),
    path("lots/", envelopes.Lots.as_view(), name="lots"),
    path("lots/<uuid:envelope_id>/share/", envelopes.SetShare.as_view(), name="set_share"),
    path("lots/<uuid:envelope_id>/virement/", envelopes.AskVirement.as_view(), name="ask_virement"),
    path("virements/", envelopes.Virements.as_view(), name="virements"),
    path("virements/<uuid:virement_id>/", envelopes.DecideVirement.as_view(), name="decide_virement"),
    path("months/", months.Months.as_view(), name="months"),
    path("months/close/", months.CloseMonth.as_view(), name="close_month"),
    path("months/<str:month>/reopen/", months.ReopenMonth.as_view(), name="reopen_month"),
    path("funding/", agreements.Funding.as_view(), name="funding"),
    path("agreements/<uuid:agreement_id>/", agreements.Agreement.as_view(), name="agreement"),
    path("agreements/<uuid:agreement_id>/funding/", agreements.RecordFunding.as_view(), name="record_funding"),
    path("agreements/<uuid:agreement_id>/discount/", prices.GiveDiscount.as_view(), name="give_discount"),
    path("agreements/<uuid:agreement_id>/<slug:kind>/end/", prices.EndDiscount.as_view(), name="end_discount"),
    path("agreements/<uuid:agreement_id>/retainer/", retainers.PayRetainer.as_view(), name="pay_retainer"),
    path(_ON_RETAINER, retainers.EndRetainer.as_view(), name="end_retainer"),
    path(f"{_ON_RETAINER}undo/", retainers.UndoRetainer.as_view(), name="undo_retainer"),
    path("volume/", prices.Volume.as_view(), name="volume"),
    path("volume/add/", prices.AddVolumeTerm.as_view(), name="add_volume_term"),
    path("volume/<uuid:provider_id>/<int:year>/take/", prices.TakeRebate.as_view(), name="take_rebate"),
    path("demand/", demand.Demand.as_view(), name="demand"),
    path("demand/waiting/", demand.Held.as_view(), name="held"),
    path("demand/policy/", demand.Policy.as_view(), name="demand_policy"),
    path(_ON_REQUEST, demand.Request.as_view(), name="request"),
    path(f"{_ON_REQUEST}tried/", demand.Tried.as_view(), name="request_tried"),
    path("invoices/", invoices.Lines.as_view(), name="invoices"),
    path("invoices/files/", invoices.Files.as_view(), name="invoice_files"),
    path("invoices/receive/", invoices.Receive.as_view(), name="receive"),
    path("invoices/send/", invoices.Send.as_view(), name="send_invoices"),
    path("invoices/sent/", invoices.Sent.as_view(), name="sent_invoices"),
    path(_ON_LINE, invoices.Line.as_view(), name="invoice_line"),
    path(f"{_ON_LINE}accept/", invoices.Accept.as_view(), name="accept_line"),
    path(f"{_ON_LINE}query/", invoices.Query.as_view(), name="query_line"),
    path(f"{_ON_LINE}hand-over/", invoices.HandOver.as_view(), name="hand_over_line"),
    path(f"{_ON_LINE}hold/", invoices.Hold.as_view(), name="hold_line"),
    path(f"{_ON_LINE}reject/", invoices.Reject.as_view(), name="reject_line"),
    path(f"{_ON_LINE}match/", invoices.MatchAgain.as_view(), name="match_line"),
    path("pay-runs/", payments.PayRuns.as_view(), name="pay_runs"),
    path("pay-runs/draw-up/", payments.DrawUp.as_view(), name="draw_up"),
    path(_ON_RUN, payments.PayRun.as_view(), name="pay_run"),
    path(f"{_ON_RUN}release/", payments.Release.as_view(), name="release"),
    path(f"{_ON_RUN}cancel/", payments.Cancel.as_view(), name="cancel_run"),
]
