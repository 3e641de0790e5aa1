"""Addresses of the market."""

from django.urls import path

from .views import by_hand, homes, register

app_name = "market"
urlpatterns = [
    path("", homes.Homes.as_view(), name="homes"),
    path("homes/<uuid:home_id>/", homes.Home.as_view(), name="home"),
    path("homes/<uuid:home_id>/change/", homes.ChangeHome.as_view(), name="change_home"),
    path("homes/<uuid:home_id>/void/", homes.RecordVoid.as_view(), name="void"),
    path("homes/<uuid:home_id>/void/<uuid:occupancy_id>/end/", homes.EndVoid.as_view(), name="end_void"),
    path("vacancies/", homes.Vacancies.as_view(), name="vacancies"),
    path("providers/", register.Providers.as_view(), name="providers"),
    path("providers/add/", by_hand.AddProvider.as_view(), name="add_provider"),
    path("providers/<uuid:provider_id>/registrations/add/", by_hand.AddRegistration.as_view(), name="add_registration"),
    path("providers/<uuid:provider_id>/", register.Provider.as_view(), name="provider"),
    path("registrations/", register.Registrations.as_view(), name="registrations"),
    path("registrations/<uuid:registration_id>/", register.Registration.as_view(), name="registration"),
    path("registrations/<uuid:registration_id>/homes/add/", homes.AddHome.as_view(), name="add_home"),
    path("alerts/", register.Alerts.as_view(), name="alerts"),
    path("alerts/<uuid:alert_id>/", register.Answer.as_view(), name="answer"),
    path("register/", register.Imports.as_view(), name="imports"),
    path("register/upload/", register.Upload.as_view(), name="upload"),
    path("register/preview/", register.Preview.as_view(), name="preview"),
]
