"""Addresses of the outcomes room."""

from django.urls import path

from .views import children, council, facts

app_name = "outcomes"
urlpatterns = [
    path("", council.Council.as_view(), name="council"),
    path("figures.csv", council.CouncilOut.as_view(), name="council_out"),
    path("measures/<slug:code>/", council.Measure.as_view(), name="measure"),
    path("goals/", children.ToScore.as_view(), name="to_score"),
    path("goals/<uuid:goal_id>/", children.Goal.as_view(), name="goal"),
    path("goals/<uuid:goal_id>/change/", children.Amend.as_view(), name="amend_goal"),
    path("goals/<uuid:goal_id>/score/<slug:stage>/", children.Score.as_view(), name="score"),
    path("placements/<uuid:placement_id>/goals/new/", children.Agree.as_view(), name="agree_goal"),
    path("children/<uuid:child_id>/", children.Child.as_view(), name="child"),
    path("children/<uuid:child_id>/record/<slug:kind>/", facts.Record.as_view(), name="record"),
    path("facts/<uuid:fact_id>/", facts.Fact.as_view(), name="fact"),
]
