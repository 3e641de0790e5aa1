"""Addresses of the visits room."""

import datetime as dt

from django.urls import path, register_converter

from .views import absent, days, due, made, planned, plans, standards


class _Day:
    """A day in an address: 2026-11-28."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        """Return the day; no such day is no such page."""
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:
        """Return the day as an address holds it."""
        return value.isoformat()


register_converter(_Day, "day")

app_name = "visits"
urlpatterns = [
    path("", due.Due.as_view(), name="due"),
    path("offline.js", made.Offline.as_view(), name="offline"),
    path("rules/", standards.Rules.as_view(), name="rules"),
    path("rules/standard/", standards.Standard.as_view(), name="standard"),
    path("rules/unannounced/", standards.UnannouncedShare.as_view(), name="unannounced_share"),
    path("children/<uuid:child_id>/", due.Child.as_view(), name="child"),
    path("children/<uuid:child_id>/record/", made.Record.as_view(), name="record"),
    path("children/<uuid:child_id>/how-often/", due.Arrange.as_view(), name="arrange"),
    path("children/<uuid:child_id>/asked-for/", due.Ask.as_view(), name="ask"),
    path("children/<uuid:child_id>/assessed/", due.Assessed.as_view(), name="assessed"),
    path("children/<uuid:child_id>/missing/", absent.Missing.as_view(), name="missing"),
    path("children/<uuid:child_id>/back/", absent.Back.as_view(), name="back"),
    path("children/<uuid:child_id>/interview/<day:went_on>/", absent.Interview.as_view(), name="interview"),
    path("children/<uuid:child_id>/reviewed/", due.Reviewed.as_view(), name="reviewed"),
    path("children/<uuid:child_id>/times/", due.ChildTimes.as_view(), name="times"),
    path("children/<uuid:child_id>/weekly/", due.WeeklyTime.as_view(), name="weekly"),
    path("children/<uuid:child_id>/weekly/<uuid:time_id>/end/", due.EndWeeklyTime.as_view(), name="end_weekly"),
    path("made/", made.Made.as_view(), name="made"),
    path("made/<uuid:visit_id>/", made.Visit.as_view(), name="visit"),
    path("made/<uuid:visit_id>/sign-off/", made.SignOff.as_view(), name="sign_off"),
    path("made/<uuid:visit_id>/done/<uuid:action_id>/", made.ActionDone.as_view(), name="action_done"),
    path("mileage/", made.Mileage.as_view(), name="mileage"),
    path("out/", made.Out.as_view(), name="out"),
    path("out/go/", made.GoOut.as_view(), name="go_out"),
    path("out/back/", made.ComeBack.as_view(), name="come_back"),
    path("plans/", plans.Plans.as_view(), name="plans"),
    path("plans/new/", plans.AskPlan.as_view(), name="ask_plan"),
    path("plans/<uuid:plan_id>/", plans.Plan.as_view(), name="plan"),
    path("plans/<uuid:plan_id>/use/", plans.UsePlan.as_view(), name="use_plan"),
    path("plans/<uuid:plan_id>/drop/", plans.DropPlan.as_view(), name="drop_plan"),
    path("plans/<uuid:plan_id>/<uuid:worker_id>/<day:on>/", plans.DaySheet.as_view(), name="day_sheet"),
    path("planned/<uuid:planned_id>/confirm/", planned.Confirm.as_view(), name="confirm"),
    path("planned/<uuid:planned_id>/move/", planned.Move.as_view(), name="move"),
    path("planned/<uuid:planned_id>/why/", planned.Why.as_view(), name="why"),
    path("away/", days.Away.as_view(), name="away"),
    path("away/<uuid:away_id>/end/", days.EndAway.as_view(), name="end_away"),
    path("hours/<uuid:worker_id>/", days.Week.as_view(), name="week"),
    path("base/", days.Base.as_view(), name="base"),
    path("calendar/make/", days.MakeFeed.as_view(), name="make_feed"),
    path("calendar/end/", days.RevokeFeed.as_view(), name="revoke_feed"),
    path("calendar/<str:key>.ics", days.Calendar.as_view(), name="calendar"),
    path("network/", days.Network.as_view(), name="network"),
]
