"""Addresses of decisions, approvals and the register."""

from django.urls import path

from .views import approvals, decisions, exemptions, register

app_name = "governance"
urlpatterns = [
    path("", decisions.Decisions.as_view(), name="decisions"),
    path("record/", decisions.RecordDecision.as_view(), name="record"),
    path("register/", register.Register.as_view(), name="register"),
    path("register.json", register.RegisterJson.as_view(), name="register_json"),
    path("register/<uuid:decision_id>/", register.Registered.as_view(), name="registered"),
    path("approvals/", approvals.Approvals.as_view(), name="approvals"),
    path("approvals/<uuid:approval_id>/", approvals.Approval.as_view(), name="approval"),
    path("approvals/<uuid:approval_id>/decide/", approvals.Decide.as_view(), name="decide"),
    path("approvals/<uuid:approval_id>/withdraw/", approvals.Withdraw.as_view(), name="withdraw"),
    path("approvals/<uuid:approval_id>/answer/<slug:role>/", approvals.Answer.as_view(), name="answer"),
    path("delegations/<uuid:delegation_id>/ask/", approvals.AskApproval.as_view(), name="ask"),
    path("exemptions/", exemptions.Exemptions.as_view(), name="exemptions"),
    path("exemptions/lacking/", exemptions.Lacking.as_view(), name="lacking"),
    path("exemptions/<uuid:exemption_id>/", exemptions.Exemption.as_view(), name="exemption"),
    path("exemptions/<uuid:exemption_id>/comment/<slug:kind>/", exemptions.Comment.as_view(), name="exemption_comment"),
    path("exemptions/<uuid:exemption_id>/ask/", exemptions.Ask.as_view(), name="exemption_ask"),
    path("exemptions/<uuid:exemption_id>/end/", exemptions.End.as_view(), name="exemption_end"),
    path("exemptions/<uuid:exemption_id>/publish/", exemptions.Publish.as_view(), name="exemption_publish"),
    path("register/exemptions/", exemptions.PublishedExemptions.as_view(), name="published_exemptions"),
    path("<uuid:decision_id>/", decisions.Decision.as_view(), name="decision"),
    path("<uuid:decision_id>/notice.pdf", decisions.Notice.as_view(), name="notice"),
    path("<uuid:decision_id>/publish/", decisions.Publish.as_view(), name="publish"),
    path("<uuid:decision_id>/call-in/", decisions.CallIn.as_view(), name="call_in"),
    path("<uuid:decision_id>/resolve/", decisions.Resolve.as_view(), name="resolve"),
    path("<uuid:decision_id>/set-aside/", decisions.SetAside.as_view(), name="set_aside"),
]
