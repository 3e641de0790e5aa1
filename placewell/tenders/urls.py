"""Addresses of tenders."""

app_name = "tenders"
urlpatterns = []
