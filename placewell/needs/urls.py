"""Addresses of the needs room."""

from django.urls import path

from .views import buying, forecasts, offers, published, statements, sufficiency

app_name = "needs"
urlpatterns = [
    path("", forecasts.Runs.as_view(), name="runs"),
    path("sufficiency/", sufficiency.Sufficiency.as_view(), name="sufficiency"),
    path("forecasts/new/", forecasts.Ask.as_view(), name="ask"),
    path("forecasts/<uuid:run_id>/", forecasts.Run.as_view(), name="run"),
    path("forecasts/<uuid:run_id>/what-if/", forecasts.WhatIf.as_view(), name="what_if"),
    path("forecasts/<uuid:run_id>/checked/", forecasts.Checked.as_view(), name="checked"),
    path("forecasts/<uuid:run_id>/restart/", forecasts.Restart.as_view(), name="restart"),
    path("forecasts/<uuid:run_id>/publish/", published.PublishForecast.as_view(), name="publish_forecast"),
    path("buying/", buying.Choices.as_view(), name="choices"),
    path("buying/new/", buying.AskCapacity.as_view(), name="ask_capacity"),
    path("buying/offers/", offers.OptionLists.as_view(), name="options"),
    path("buying/offers/new/", offers.KeepOptions.as_view(), name="keep_options"),
    path("buying/offers/<uuid:options_id>/", offers.OptionList.as_view(), name="option_list"),
    path("buying/offers/<uuid:options_id>/change/", offers.KeepOptions.as_view(), name="change_options"),
    path("buying/<uuid:run_id>/", buying.Choice.as_view(), name="choice"),
    path("buying/<uuid:run_id>/restart/", buying.Restart.as_view(), name="restart_choice"),
    path("statements/", statements.Statements.as_view(), name="statements"),
    path("statements/new/", statements.Begin.as_view(), name="begin_statement"),
    path("statements/<uuid:statement_id>/", statements.Statement.as_view(), name="statement"),
    path("statements/<uuid:statement_id>/write/<slug:key>/", statements.Write.as_view(), name="write_section"),
    path("statements/<uuid:statement_id>/figures/", statements.PutFiguresIn.as_view(), name="put_figures_in"),
    path("statements/<uuid:statement_id>/publish/", statements.Publish.as_view(), name="publish_statement"),
    path("statements/<uuid:statement_id>/draft.pdf", statements.StatementDocument.as_view(), name="statement_document"),
    path("published/", published.Published.as_view(), name="published"),
    path("published/<uuid:publication_id>/", published.Publication.as_view(), name="publication"),
    path(
        "published/<uuid:publication_id>/document.pdf",
        published.PublicationDocument.as_view(),
        name="publication_document",
    ),
    path("published/<uuid:publication_id>/withdraw/", published.Withdraw.as_view(), name="withdraw"),
]
