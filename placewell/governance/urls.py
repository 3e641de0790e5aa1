"""Addresses of decisions, approvals and the register."""

from django.urls import path

from . import views

app_name = "governance"
urlpatterns = [
    path("", views.Decisions.as_view(), name="decisions"),
    path("record/", views.RecordDecision.as_view(), name="record"),
    path("register/", views.Register.as_view(), name="register"),
    path("register.json", views.RegisterJson.as_view(), name="register_json"),
    path("register/<uuid:decision_id>/", views.Registered.as_view(), name="registered"),
    path("approvals/", views.Approvals.as_view(), name="approvals"),
    path("approvals/<uuid:approval_id>/", views.Approval.as_view(), name="approval"),
    path("approvals/<uuid:approval_id>/decide/", views.Decide.as_view(), name="decide"),
    path("approvals/<uuid:approval_id>/answer/<slug:role>/", views.Answer.as_view(), name="answer"),
    path("delegations/<uuid:delegation_id>/ask/", views.AskApproval.as_view(), name="ask"),
    path("<uuid:decision_id>/", views.Decision.as_view(), name="decision"),
    path("<uuid:decision_id>/notice.pdf", views.Notice.as_view(), name="notice"),
    path("<uuid:decision_id>/publish/", views.Publish.as_view(), name="publish"),
    path("<uuid:decision_id>/call-in/", views.CallIn.as_view(), name="call_in"),
    path("<uuid:decision_id>/resolve/", views.Resolve.as_view(), name="resolve"),
]
