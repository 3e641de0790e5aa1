"""Addresses of the outcomes room."""

from django.urls import path

from .views import concerns, council, measures, monitoring, own, providers

app_name = "outcomes"
PROVIDERS = [
    path("providers/", providers.Providers.as_view(), name="providers"),
    path("providers/<uuid:provider_id>/", providers.Provider.as_view(), name="provider"),
    path("providers/<uuid:provider_id>/record/", providers.Record.as_view(), name="record"),
    path("providers/<uuid:provider_id>/concern/", concerns.Raise.as_view(), name="raise"),
    path("providers/<uuid:provider_id>/concern/<slug:kpi>/", concerns.RaiseFromKpi.as_view(), name="raise_from_kpi"),
    path("waiting/", providers.Waiting.as_view(), name="waiting"),
    path("targets/", providers.Targets.as_view(), name="targets"),
    path("targets/set/", providers.SetTarget.as_view(), name="set_target"),
    path("alerts/<uuid:alert_id>/concern/", concerns.RaiseFromAlert.as_view(), name="raise_from_alert"),
    path("concerns/", concerns.Concerns.as_view(), name="concerns"),
    path("concerns/<uuid:concern_id>/", concerns.Concern.as_view(), name="concern"),
    path("concerns/<uuid:concern_id>/weigh/", concerns.Weigh.as_view(), name="weigh"),
    path("concerns/<uuid:concern_id>/close/", concerns.Close.as_view(), name="close"),
    path("concerns/<uuid:concern_id>/reopen/", concerns.Reopen.as_view(), name="reopen"),
    path("concerns/<uuid:concern_id>/note/", concerns.Note.as_view(), name="note"),
    path("concerns/<uuid:concern_id>/notice/", concerns.Notice.as_view(), name="notice"),
    path("concerns/<uuid:concern_id>/suspend/", concerns.Suspend.as_view(), name="suspend"),
    path("concerns/<uuid:concern_id>/tier/", concerns.Tier.as_view(), name="tier"),
    path("concerns/<uuid:concern_id>/end-contract/", concerns.Terminate.as_view(), name="terminate"),
    path("measures/<uuid:measure_id>/", measures.Measure.as_view(), name="measure"),
    path("measures/<uuid:measure_id>/decide/", measures.Decide.as_view(), name="decide"),
    path("measures/<uuid:measure_id>/lift/", measures.Lift.as_view(), name="lift"),
    path("measures/<uuid:measure_id>/judge/", measures.Judge.as_view(), name="judge"),
    path("measures/<uuid:measure_id>/extend/", measures.Extend.as_view(), name="extend"),
    path("measures/<uuid:measure_id>/withdraw/", measures.Withdraw.as_view(), name="withdraw"),
    path("home-visits/", monitoring.HomeVisits.as_view(), name="home_visits"),
    path("home-visits/<uuid:visit_id>/", monitoring.HomeVisit.as_view(), name="home_visit"),
    path("homes/<uuid:home_id>/visit/", monitoring.RecordHomeVisit.as_view(), name="record_home_visit"),
    path("improvements/<uuid:improvement_id>/", monitoring.SeeDone.as_view(), name="see_done"),
    path("returns/", monitoring.Returns.as_view(), name="returns"),
    path("returns/ask/", monitoring.AskReturns.as_view(), name="ask_returns"),
    path("returns/<uuid:return_id>/", monitoring.Return.as_view(), name="return"),
    path("returns/<uuid:return_id>/answer/", monitoring.AnswerReturn.as_view(), name="answer_return"),
    path("own/", own.Own.as_view(), name="own"),
    path("own/letters/<uuid:measure_id>/", own.OwnMeasure.as_view(), name="own_measure"),
    path("own/letters/<uuid:measure_id>/reply/", own.Reply.as_view(), name="reply"),
    path("own/improvements/<uuid:improvement_id>/", own.SayDone.as_view(), name="say_done"),
    path("own/returns/<uuid:return_id>/", own.SendReturn.as_view(), name="send_return"),
    path("own/event/", own.Event.as_view(), name="event"),
]
urlpatterns = [
    path("", council.Council.as_view(), name="council"),
    *PROVIDERS,
]
