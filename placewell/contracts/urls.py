"""Addresses of frameworks and contracts."""

from django.urls import path

from .views import blocks, changes, contracts, frameworks, holdings, leaving, register

app_name = "contracts"
urlpatterns = [
    path("", contracts.Frameworks.as_view(), name="list"),
    path("set-up/<uuid:decision_id>/", frameworks.SetUp.as_view(), name="set_up"),
    path("set-up/outgoing/", frameworks.SetUpOutgoing.as_view(), name="set_up_outgoing"),
    path("register/", register.ContractRegister.as_view(), name="register"),
    path("register.json", register.ContractRegisterJson.as_view(), name="register_json"),
    path("blocks/", blocks.Blocks.as_view(), name="blocks"),
    path("blocks/<uuid:block_id>/", blocks.Block.as_view(), name="block"),
    path("blocks/<uuid:block_id>/decide/", blocks.DecideBlock.as_view(), name="decide_block"),
    path("blocks/<uuid:block_id>/end/", blocks.EndBlock.as_view(), name="end_block"),
    path("blocks/end/<uuid:ending_id>/decide/", blocks.DecideBlockEnd.as_view(), name="decide_block_end"),
    path("documents/", holdings.Documents.as_view(), name="documents"),
    path("documents/<uuid:document_id>/file/", holdings.DocumentFile.as_view(), name="document_file"),
    path("challenges/", holdings.Challenges.as_view(), name="challenges"),
    path("challenges/add/", holdings.ReceiveChallenge.as_view(), name="receive_challenge"),
    path("challenges/<uuid:challenge_id>/", holdings.Challenge.as_view(), name="challenge"),
    path("challenges/<uuid:challenge_id>/close/", holdings.CloseChallenge.as_view(), name="close_challenge"),
    path("changes/<uuid:change_id>/", changes.Change.as_view(), name="change"),
    path("changes/<uuid:change_id>/decide/", changes.DecideChange.as_view(), name="decide_change"),
    path("uplifts/<uuid:uplift_id>/", changes.Uplift.as_view(), name="uplift"),
    path("uplifts/<uuid:uplift_id>/decide/", changes.DecideUplift.as_view(), name="decide_uplift"),
    path("leaving/<uuid:call_off_id>/plan/", leaving.Plan.as_view(), name="plan_leaving"),
    path("leaving/steps/<uuid:step_id>/tell/", leaving.Tell.as_view(), name="tell_leaving"),
    path("leaving/steps/<uuid:step_id>/settle/", leaving.Settle.as_view(), name="settle_leaving"),
    path("<uuid:framework_id>/leaving/", leaving.Leaving.as_view(), name="leaving"),
    path("<uuid:framework_id>/extend/", changes.Extend.as_view(), name="extend"),
    path("<uuid:framework_id>/uplift/", changes.ProposeUplift.as_view(), name="propose_uplift"),
    path("<uuid:framework_id>/re-open/", changes.PlanRound.as_view(), name="plan_round"),
    path("<uuid:framework_id>/", contracts.Framework.as_view(), name="framework"),
    path("<uuid:framework_id>/award/", frameworks.Award.as_view(), name="award"),
    path("<uuid:framework_id>/end/", frameworks.EndFramework.as_view(), name="end_framework"),
    path("<uuid:framework_id>/lots/<uuid:lot_id>/add/", frameworks.AddContract.as_view(), name="add_contract"),
    path("contract/<uuid:contract_id>/", contracts.Contract.as_view(), name="contract"),
    path("contract/<uuid:contract_id>/rate/", contracts.SetRate.as_view(), name="set_rate"),
    path("contract/<uuid:contract_id>/change/", changes.ProposeChange.as_view(), name="propose_change"),
    path("contract/<uuid:contract_id>/block/", blocks.ProposeBlock.as_view(), name="propose_block"),
    path("contract/<uuid:contract_id>/document/", holdings.FileDocument.as_view(), name="file_document"),
    path("contract/<uuid:contract_id>/suspend/", contracts.Suspend.as_view(), name="suspend"),
    path("contract/<uuid:contract_id>/resume/", contracts.Resume.as_view(), name="resume"),
    path("contract/<uuid:contract_id>/end/", contracts.End.as_view(), name="end"),
]
