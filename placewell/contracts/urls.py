"""Addresses of frameworks and contracts."""

from django.urls import path

from . import views

app_name = "contracts"
urlpatterns = [
    path("", views.Frameworks.as_view(), name="list"),
    path("<uuid:framework_id>/", views.Framework.as_view(), name="framework"),
    path("contract/<uuid:contract_id>/", views.Contract.as_view(), name="contract"),
    path("contract/<uuid:contract_id>/rate/", views.SetRate.as_view(), name="set_rate"),
    path("contract/<uuid:contract_id>/suspend/", views.Suspend.as_view(), name="suspend"),
    path("contract/<uuid:contract_id>/resume/", views.Resume.as_view(), name="resume"),
]
