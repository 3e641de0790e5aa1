"""Addresses of the placements desk and the provider's side."""

from django.urls import path

from .views import choices, desk, disclosures, messages, portal, stays, writing

app_name = "placements"
urlpatterns = [
    path("", stays.Placements.as_view(), name="list"),
    path("<uuid:placement_id>/", stays.Placement.as_view(), name="placement"),
    path("<uuid:placement_id>/end/", stays.EndPlacement.as_view(), name="end"),
    path("referrals/", desk.Referrals.as_view(), name="referrals"),
    path("referrals/new/<uuid:child_id>/", writing.WriteReferral.as_view(), name="write"),
    path("referrals/copy/<uuid:child_id>/", writing.CopyReferral.as_view(), name="copy"),
    path("referrals/<uuid:referral_id>/", desk.Referral.as_view(), name="referral"),
    path("referrals/<uuid:referral_id>/change/", writing.ChangeReferral.as_view(), name="change"),
    path("referrals/<uuid:referral_id>/change/<str:step>/", writing.ChangeReferral.as_view(), name="change_step"),
    path("referrals/<uuid:referral_id>/check/", writing.Ready.as_view(), name="ready"),
    path("referrals/<uuid:referral_id>/siblings/", desk.Siblings.as_view(), name="siblings"),
    path("referrals/<uuid:referral_id>/emergency/", choices.ApproveEmergency.as_view(), name="emergency"),
    path("referrals/<uuid:referral_id>/search/", desk.Search.as_view(), name="search"),
    path("referrals/<uuid:referral_id>/release/", desk.Send.as_view(), name="send"),
    path("referrals/<uuid:referral_id>/close/", desk.Close.as_view(), name="close"),
    path("offers/<uuid:offer_id>/recommend/", choices.Recommend.as_view(), name="recommend"),
    path("offers/<uuid:offer_id>/choose/", choices.Accept.as_view(), name="accept"),
    path("offers/<uuid:offer_id>/decline/", choices.Decline.as_view(), name="decline"),
    path("offers/<uuid:offer_id>/agreement/", choices.DrawUp.as_view(), name="draw_up"),
    path("offers/<uuid:offer_id>/withdraw/", portal.Withdraw.as_view(), name="withdraw"),
    path("consents/<uuid:consent_id>/", choices.DecideConsent.as_view(), name="consent"),
    path("consents/<uuid:consent_id>/complete/", choices.CompleteConsent.as_view(), name="complete_consent"),
    path("invitations/<uuid:invitation_id>/message/", messages.Send.as_view(), name="message"),
    path("questions/<uuid:message_id>/answer/", messages.Answer.as_view(), name="answer"),
    path("agreements/", portal.Agreements.as_view(), name="agreements"),
    path("agreements/<uuid:agreement_id>/", stays.Agreement.as_view(), name="agreement"),
    path("agreements/<uuid:agreement_id>/agreement.pdf", stays.AgreementPdf.as_view(), name="agreement_pdf"),
    path("agreements/<uuid:agreement_id>/sign/", stays.SignForCouncil.as_view(), name="sign_council"),
    path("agreements/<uuid:agreement_id>/countersign/", stays.SignForProvider.as_view(), name="sign_provider"),
    path("agreements/<uuid:agreement_id>/start/", stays.Start.as_view(), name="start"),
    path("agreements/<uuid:agreement_id>/who-may-know/", disclosures.Disclose.as_view(), name="disclose"),
    path("agreements/<uuid:agreement_id>/who-the-child-is/", disclosures.WhoTheChildIs.as_view(), name="child"),
    path("disclosures/<uuid:released_id>/close/", disclosures.CloseDisclosure.as_view(), name="close_disclosure"),
    path("sent-to-us/", portal.Invitations.as_view(), name="invitations"),
    path("sent-to-us/<uuid:invitation_id>/", portal.Invitation.as_view(), name="invitation"),
    path("sent-to-us/<uuid:invitation_id>/offer/", portal.Offer.as_view(), name="make_offer"),
    path("sent-to-us/<uuid:invitation_id>/decline/", portal.Decline.as_view(), name="decline_invitation"),
    path("sent-to-us/<uuid:invitation_id>/ask/", messages.Ask.as_view(), name="ask"),
]
