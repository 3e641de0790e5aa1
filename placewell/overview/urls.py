"""Addresses of the overview pages."""

from django.urls import path

from . import algorithms, offers, reporting, views

app_name = "overview"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("cycle/", views.Cycle.as_view(), name="cycle"),
    path("cycle/report.pdf", views.QuarterlyReport.as_view(), name="quarterly"),
    path("reports/", reporting.Reports.as_view(), name="reports"),
    path("reports/census/", reporting.Census.as_view(), name="census"),
    path("reports/<slug:code>.csv", reporting.ReportOut.as_view(), name="report"),
    path("find/", views.Find.as_view(), name="find"),
    path("trace/<uuid:agreement_id>/", views.Trace.as_view(), name="trace"),
    path("authority/", views.Authority.as_view(), name="authority"),
    path("off-contract/", views.OffContract.as_view(), name="off_contract"),
    path("algorithms/", algorithms.Algorithms.as_view(), name="algorithms"),
    path("algorithms/<slug:slug>/", algorithms.Algorithm.as_view(), name="algorithm"),
    path("algorithms/<slug:slug>.json", algorithms.AlgorithmOut.as_view(), name="algorithm_out"),
    path("offers-of-tenders/", offers.TakeOffers.as_view(), name="offers_of_tenders"),
    path("trail/", views.Trail.as_view(), name="trail"),
    path("story/<uuid:child_id>/", views.Story.as_view(), name="story"),
]
