"""Addresses of frameworks and contracts."""

from django.urls import path

from .views import contracts, frameworks

app_name = "contracts"
urlpatterns = [
    path("", contracts.Frameworks.as_view(), name="list"),
    path("set-up/<uuid:decision_id>/", frameworks.SetUp.as_view(), name="set_up"),
    path("set-up/outgoing/", frameworks.SetUpOutgoing.as_view(), name="set_up_outgoing"),
    path("<uuid:framework_id>/", contracts.Framework.as_view(), name="framework"),
    path("<uuid:framework_id>/award/", frameworks.Award.as_view(), name="award"),
    path("<uuid:framework_id>/end/", frameworks.EndFramework.as_view(), name="end_framework"),
    path("<uuid:framework_id>/lots/<uuid:lot_id>/add/", frameworks.AddContract.as_view(), name="add_contract"),
    path("contract/<uuid:contract_id>/", contracts.Contract.as_view(), name="contract"),
    path("contract/<uuid:contract_id>/rate/", contracts.SetRate.as_view(), name="set_rate"),
    path("contract/<uuid:contract_id>/suspend/", contracts.Suspend.as_view(), name="suspend"),
    path("contract/<uuid:contract_id>/resume/", contracts.Resume.as_view(), name="resume"),
    path("contract/<uuid:contract_id>/end/", contracts.End.as_view(), name="end"),
]
