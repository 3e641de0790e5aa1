"""Addresses of what one is told."""

from django.urls import path, register_converter

from . import views


class RecordKind:
    """The code of a kind of record, such as market.home."""

    regex = r"[a-z]+\.[a-z]+"

    def to_python(self, value: str) -> str:
        """Return it as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Return it as it stands."""
        return value


register_converter(RecordKind, "record")
app_name = "notifications"
urlpatterns = [
    path("", views.Notifications.as_view(), name="list"),
    path("mark/", views.Mark.as_view(), name="mark"),
    path("mail/", views.Timings.as_view(), name="timings"),
    path("following/", views.Following.as_view(), name="following"),
    path("follow/<record:record>/<uuid:record_id>/", views.Follow.as_view(), name="follow"),
    path("<uuid:notification_id>/", views.Open.as_view(), name="open"),
]
