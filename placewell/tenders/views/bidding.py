"""A bidder's own bid: its code, the draft, what is missing, submission and withdrawal."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import reverse

from placewell.kernel.errors import Refused
from placewell.web.templatetags.web import pounds

from .. import actions, forms, queries, rules, states
from .portal import CODE, OnOurs


def keep_code(response, procurement, code: str):
    """Let this browser keep a bid's code until it is closed; the server keeps it nowhere."""
    response.set_cookie(
        CODE.format(procurement.pk.hex),
        code,
        path="/tenders/",
        httponly=True,
        secure=settings.PRODUCTION,
        samesite="Strict",
    )
    return response


class Begin(OnOurs):
    """Begin a bid: its code is shown once, on the answer to this form."""

    form_class = forms.Empty
    title, button = "Begin a bid", "Begin"
    lede = (
        "You will be shown a code once. Your bid is encrypted with it, from the first word on: whoever has the code can work "
        "on the bid, and nobody else can read it, the council included. Keep it where your colleagues find it."
    )

    def form_valid(self, form):
        """Show the code, and lead to the draft."""
        try:
            code = actions.begin_bid(procurement_id=self.procurement.pk, by=self.user, now=self.now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        self.template_name = "tenders/code.html"
        page = self.render_to_response(
            self.get_context_data(
                form=form,
                title="The code of your bid",
                code=code,
                next_url=reverse("tenders:draft", args=[self.procurement.pk]),
                next_words="I have kept it: go to the bid",
            )
        )
        return keep_code(page, self.procurement, code)


class EnterCode(OnOurs):
    """Type the code of a bid that was begun."""

    form_class = forms.Code
    title, button = "Go on with a bid", "Go on"
    lede = (
        "Type the code that was shown when the bid was begun. Who has lost it begins a new bid: the later one counts."
    )

    def act(self, data):
        """Try the code."""
        self.code = data["code"]
        queries.draft_state(procurement_id=self.procurement.pk, code=self.code)

    def form_valid(self, form):
        """Keep the code in this browser."""
        response = super().form_valid(form)
        return keep_code(response, self.procurement, self.code) if response.status_code == 302 else response

    def get_success_url(self):
        """Lead to the draft."""
        return reverse("tenders:draft", args=[self.procurement.pk])

    @property
    def back_url(self):
        """Lead back to the tender."""
        return reverse("tenders:ours", args=[self.procurement.pk])


class OnDraft(OnOurs):
    """A page of a bid, opened by the code that this browser keeps."""

    def dispatch(self, request, *args, **kwargs):
        """Read the draft; where the code is not here, ask for it."""
        if request.user.is_authenticated and self.may(self.permission):
            pk = self.kwargs["procurement_id"]
            self.code = request.COOKIES.get(CODE.format(pk.hex), "")
            try:
                self.state, _ = queries.draft_state(procurement_id=pk, code=self.code)
            except Refused:
                return HttpResponseRedirect(reverse("tenders:code", args=[pk]))
        return super().dispatch(request, *args, **kwargs)

    @property
    def on(self) -> dict:
        """What every action on the draft is told."""
        return {"procurement_id": self.procurement.pk, "code": self.code, "by": self.user, "now": self.now}

    def get_success_url(self):
        """Go back to the draft."""
        return reverse("tenders:draft", args=[self.procurement.pk])


class Draft(OnDraft):
    """The bid as it stands: each part, and what is missing."""

    form_class = forms.Empty
    http_method_names = ["get", "head"]
    template_name = "tenders/draft.html"
    title = "Your bid"

    def get_context_data(self, **kwargs):
        """Add the parts of the bid."""
        method, draft = queries.method(self.procurement), queries.draft_of(self.state)
        chosen = [lot for lot in method.lots if lot.number in draft.lots]
        closes = self.procurement.tenders_by_at
        return super().get_context_data(
            procurement=self.procurement,
            is_open=self.procurement.state == states.Procurement.PUBLISHED and queries.moment() < closes,
            missing=rules.missing(method, draft),
            lots=chosen,
            questions=[
                _question(each, draft) for each in method.questions if each.lot is None or each.lot in draft.lots
            ],
            prices=[(lot, [_price(lot, at, line, draft) for at, line in enumerate(lot.lines)]) for lot in chosen],
            has_earlier=queries.our_bids(provider_id=self.user.organisation_id).exists(),
            has_papers=queries.papers(provider_id=self.user.organisation_id).filter(size__gt=0).exists(),
            standing=self.state["standing"],
            is_amended=self.state["standing"] == "submitted"
            and self.state.get("method", "") not in ("", queries.snapshot(method)[1]),
            receipts=self.state["receipts"],
            **kwargs,
        )


def _question(asked: rules.Asked, draft: rules.Draft) -> dict:
    said = draft.answers.get(rules.answer_key(asked.number, asked.lot), "").strip()
    files = [(at, each) for at, each in enumerate(draft.files) if each["question"] == asked.number]
    words = len(said.split())
    if asked.visits and said:
        homes = queries.home_costs(said, asked.visits)
        words, said = 0, f"{len(homes)} named" if homes else said
        if homes:
            said += f": visits there cost {rules.visit_words(homes, asked.visits.most)}"
    return {"asked": asked, "words": words, "said": said, "files": files, "is_file": asked.kind == "file"}


def _price(lot: rules.LotPlan, at: int, line: rules.Line, draft: rules.Draft) -> tuple[str, str]:
    fee = draft.prices.get(rules.price_key(lot.number, at), "")
    return f"Ages {line.age_from} to {line.age_to}, {line.need_level}", pounds(fee)


class _Receipted(OnDraft):
    """A form whose answer is a signed receipt."""

    form_class = forms.Empty

    def form_valid(self, form):
        """Show the receipt; one of refusal where the deadline has passed by the database's clock."""
        try:
            receipt = self.deliver()
        except Refused as refusal:
            for line in str(refusal).splitlines():
                form.add_error(None, line)
            return self.form_invalid(form)
        self.template_name = "tenders/receipt.html"
        title = self.done if receipt.is_accepted else "Refused: the deadline has passed"
        return self.render_to_response(
            self.get_context_data(form=form, title=title, receipt=receipt, procurement=self.procurement),
            status=200 if receipt.is_accepted else 422,
        )


class Submit(_Receipted):
    """Submit the bid as it stands."""

    title, button, done = "Submit your bid", "Submit it", "Your bid is in"
    lede = (
        "The bid is sealed: nobody can read, name or count it until two officers open it after the deadline. "
        "Until then you can replace or withdraw it."
    )

    def deliver(self):
        """Submit it."""
        return actions.submit_bid(**self.on)


class Withdraw(_Receipted):
    """Withdraw the bid."""

    title, button, is_warning, done = "Withdraw your bid", "Withdraw it", True, "Your bid is withdrawn"
    lede = "What you submitted is made empty and will not be opened. The draft stays, and can be submitted again."

    def deliver(self):
        """Withdraw it."""
        return actions.withdraw_bid(**self.on)
