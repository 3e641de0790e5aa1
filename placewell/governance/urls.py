"""Addresses of decisions, approvals and the register."""

from django.urls import path

from .views import approvals, decisions, plans, register, scheme

app_name = "governance"
urlpatterns = [
    path("", decisions.Decisions.as_view(), name="decisions"),
    path("record/", decisions.RecordDecision.as_view(), name="record"),
    path("register/", register.Register.as_view(), name="register"),
    path("register.json", register.RegisterJson.as_view(), name="register_json"),
    path("register/<uuid:decision_id>/", register.Registered.as_view(), name="registered"),
    path("register/<uuid:decision_id>/notice.pdf", register.RegisteredNotice.as_view(), name="registered_notice"),
    path("forward-plan/", plans.ForwardPlan.as_view(), name="forward_plan"),
    path("forward-plan.json", plans.ForwardPlanJson.as_view(), name="forward_plan_json"),
    path("forward-plan/add/", plans.PlanDecision.as_view(), name="plan"),
    path("forward-plan/<uuid:planned_id>/", plans.Planned.as_view(), name="planned"),
    path("forward-plan/<uuid:planned_id>/notice/", plans.GiveNotice.as_view(), name="give_notice"),
    path("forward-plan/<uuid:planned_id>/private/", plans.PrivateNotice.as_view(), name="private_notice"),
    path("forward-plan/<uuid:planned_id>/withdraw/", plans.Withdraw.as_view(), name="withdraw_notice"),
    path("forward-plan/<uuid:planned_id>/report/", plans.WriteReport.as_view(), name="write_report"),
    path(
        "forward-plan/<uuid:planned_id>/reports/<uuid:report_id>/publish/",
        plans.PublishReport.as_view(),
        name="publish_report",
    ),
    path("scheme/", scheme.Scheme.as_view(), name="scheme"),
    path("scheme/limits/", scheme.Limits.as_view(), name="limits"),
    path("scheme/limits/set/", scheme.SetLimit.as_view(), name="set_limit"),
    path("scheme/<uuid:delegation_id>/", scheme.Delegation.as_view(), name="delegation"),
    path("scheme/<uuid:delegation_id>/pass-on/", scheme.SubDelegate.as_view(), name="sub_delegate"),
    path("scheme/<uuid:delegation_id>/end/", scheme.EndDelegation.as_view(), name="end_delegation"),
    path("approvals/to-record/", approvals.Unrecorded.as_view(), name="unrecorded"),
    path("approvals/<uuid:approval_id>/record/", approvals.RecordOfficerDecision.as_view(), name="record_officer"),
    path("approvals/", approvals.Approvals.as_view(), name="approvals"),
    path("approvals/<uuid:approval_id>/", approvals.Approval.as_view(), name="approval"),
    path("approvals/<uuid:approval_id>/decide/", approvals.Decide.as_view(), name="decide"),
    path("approvals/<uuid:approval_id>/withdraw/", approvals.Withdraw.as_view(), name="withdraw"),
    path("approvals/<uuid:approval_id>/answer/<slug:role>/", approvals.Answer.as_view(), name="answer"),
    path("delegations/<uuid:delegation_id>/ask/", approvals.AskApproval.as_view(), name="ask"),
    path("<uuid:decision_id>/", decisions.Decision.as_view(), name="decision"),
    path("<uuid:decision_id>/notice.pdf", decisions.Notice.as_view(), name="notice"),
    path("<uuid:decision_id>/publish/", decisions.Publish.as_view(), name="publish"),
    path("<uuid:decision_id>/call-in/", decisions.CallIn.as_view(), name="call_in"),
    path("<uuid:decision_id>/report/", decisions.WriteReport.as_view(), name="report"),
    path("<uuid:decision_id>/refer/", decisions.Refer.as_view(), name="refer"),
    path("<uuid:decision_id>/resolve/", decisions.Resolve.as_view(), name="resolve"),
    path("<uuid:decision_id>/set-aside/", decisions.SetAside.as_view(), name="set_aside"),
]
