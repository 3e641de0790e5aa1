"""Addresses of tenders."""

from django.urls import path

from .views import answering, bidding, opening, planning, portal, publishing, tenders

app_name = "tenders"
one, bid = "<uuid:procurement_id>/", "bid/<uuid:procurement_id>/"
urlpatterns = [
    path("", tenders.Tenders.as_view(), name="list"),
    path("notices/", portal.Notices.as_view(), name="notices"),
    path("notices/<uuid:procurement_id>/", portal.Notice.as_view(), name="notice"),
    path("receipt/", portal.CheckReceipt.as_view(), name="check_receipt"),
    path("document/<uuid:document_id>/", portal.Document.as_view(), name="document"),
    path("plan/<uuid:decision_id>/", planning.Plan.as_view(), name="plan"),
    path(one, tenders.Tender.as_view(), name="tender"),
    path(one + "method/", planning.Method.as_view(), name="method"),
    path(one + "question/", planning.AddQuestion.as_view(), name="add_question"),
    path(one + "document/", planning.AddDocument.as_view(), name="add_document"),
    path(one + "holder/", opening.Appoint.as_view(), name="appoint"),
    path(one + "key/", opening.MakeKey.as_view(), name="make_key"),
    path(one + "key/confirm/", opening.ConfirmKey.as_view(), name="confirm_key"),
    path(one + "publish/", publishing.Publish.as_view(), name="publish"),
    path(one + "dates/", publishing.AmendDates.as_view(), name="amend_dates"),
    path(one + "cancel/", publishing.Cancel.as_view(), name="cancel"),
    path(one + "open/", opening.Open.as_view(), name="open"),
    path(one + "opening/", opening.Opening.as_view(), name="opening"),
    path(one + "bids/", opening.Bids.as_view(), name="bids"),
    path("lot/<uuid:lot_id>/", planning.SetLot.as_view(), name="lot"),
    path("question/<uuid:question_id>/remove/", planning.RemoveQuestion.as_view(), name="remove_question"),
    path("question/<uuid:question_id>/amend/", publishing.AmendQuestion.as_view(), name="amend_question"),
    path("answer/<uuid:clarification_id>/", publishing.Answer.as_view(), name="answer"),
    path("opened/<uuid:bid_id>/", opening.Bid.as_view(), name="opened"),
    path("opened/<uuid:bid_id>/<uuid:file_id>/", opening.File.as_view(), name="bid_file"),
    path("portal/", portal.Portal.as_view(), name="portal"),
    path(bid, portal.Ours.as_view(), name="ours"),
    path(bid + "follow/", portal.Follow.as_view(), name="follow"),
    path(bid + "ask/", portal.Ask.as_view(), name="ask"),
    path(bid + "begin/", bidding.Begin.as_view(), name="begin"),
    path(bid + "code/", bidding.EnterCode.as_view(), name="code"),
    path(bid + "draft/", bidding.Draft.as_view(), name="draft"),
    path(bid + "draft/lots/", answering.Lots.as_view(), name="draft_lots"),
    path(bid + "draft/question/<int:number>/", answering.Answer.as_view(), name="draft_answer"),
    path(bid + "draft/prices/<int:lot>/", answering.Prices.as_view(), name="draft_prices"),
    path(bid + "draft/file/<int:number>/", answering.Attach.as_view(), name="attach"),
    path(bid + "draft/file/<int:number>/<int:place>/remove/", answering.Detach.as_view(), name="detach"),
    path(bid + "submit/", bidding.Submit.as_view(), name="submit"),
    path(bid + "withdraw/", bidding.Withdraw.as_view(), name="withdraw"),
]
