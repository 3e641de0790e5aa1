"""Addresses of children's records."""

from django.urls import path

from .views import episodes, records, returns

app_name = "children"
urlpatterns = [
    path("", records.Children.as_view(), name="list"),
    path("register/", records.Register.as_view(), name="register"),
    path("returns/", returns.Returns.as_view(), name="returns"),
    path("returns/upload/", returns.Upload.as_view(), name="upload"),
    path("returns/write/", returns.Write.as_view(), name="write_return"),
    path("returns/preview/", returns.Preview.as_view(), name="preview"),
    path("returns/<uuid:import_id>/", returns.Quarantined.as_view(), name="quarantined"),
    path("<uuid:child_id>/", records.Child.as_view(), name="child"),
    path("<uuid:child_id>/change/", records.Change.as_view(), name="change"),
    path("<uuid:child_id>/allocate/", records.Allocate.as_view(), name="allocate"),
    path("<uuid:child_id>/restrict/", records.Restrict.as_view(), name="restrict"),
    path("<uuid:child_id>/start/", episodes.Start.as_view(), name="start_episode"),
    path("<uuid:child_id>/move/", episodes.Move.as_view(), name="move_episode"),
    path("<uuid:child_id>/end/", episodes.End.as_view(), name="end_episode"),
    path("<uuid:child_id>/needs/", records.Needs.as_view(), name="needs"),
]
