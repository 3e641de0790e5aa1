"""Pages on which bids are judged: assessors, scores of one's own, moderation, and the ranking."""

from django.urls import reverse
from django.utils.functional import cached_property

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.accounts.roles import ROLES
from placewell.web.views import ActionView, DetailPage

from .. import actions, forms, queries, states
from .tenders import OnTender


class Evaluation(DetailPage):
    """How far the evaluation is, and the ranking once quality is locked."""

    permission = Permission.SEE_TENDERS
    template_name = "tenders/evaluation.html"
    title = "Evaluation"

    def get_context_data(self, **kwargs):
        """Add assessors, bids, progress and rankings."""
        found = queries.procurement(procurement_id=self.kwargs["procurement_id"])
        is_locked = found.quality_locked_at is not None
        people = list(queries.assessors(procurement_id=found.pk))
        grounds = queries.exclusion_grounds()
        conditions = [each for each in found.questions.all() if each.part == states.Part.CONDITION]
        bids = [
            (bid, _checked(bid, conditions), [(each, grounds[each.ground].title) for each in bid.exclusions.all()])
            for bid in queries.judged(found)
        ]
        return super().get_context_data(
            caption=f"{found.reference} {found.title}",
            procurement=found,
            is_locked=is_locked,
            assessors=people,
            bids=bids,
            scores=_scores(queries.progress(found)),
            costs=queries.visit_costs(found, [bid for bid, _, _ in bids]),
            due=sum(each.may_score for each in people),
            open=queries.unsettled(found) if found.state == states.Procurement.OPENED and not is_locked else [],
            rankings=queries.rankings(found) if is_locked else [],
            low_prices=queries.low_prices(procurement_id=found.pk) if is_locked else [],
            ours=next((each for each in people if each.user_id == self.user.pk), None),
            may_read=queries.may_read(
                procurement_id=found.pk,
                user=self.user,
                runs=self.may(Permission.RUN_TENDER),
                checks=self.may(Permission.HOLD_OPENING_KEY),
            ),
            may_run=self.may(Permission.RUN_TENDER) and found.state == states.Procurement.OPENED,
            sees_record=self.may(Permission.SEE_OUTCOMES),
            **kwargs,
        )


def _checked(bid, conditions) -> list[tuple]:
    """Return each condition with its check of a bid, or None."""
    checks = {each.question_id: each for each in bid.checks.all()}
    return [(each, checks.get(each.pk)) for each in conditions]


def _scores(progress) -> dict:
    """Return how far each answer is, as a table: a row for each bid, a column for each question."""
    questions = {each.question.pk: each.question for each in progress}
    by_bid: dict = {}
    for each in progress:
        by_bid.setdefault(each.bid.pk, (each.bid, {}))[1][each.question.pk] = each
    ordered = sorted(questions.values(), key=lambda each: each.number)
    return {
        "questions": ordered,
        "rows": [(bid, [cells.get(each.pk) for each in ordered]) for bid, cells in by_bid.values()],
    }


class OnEvaluation(OnTender):
    """A form of the evaluation."""

    def get_success_url(self):
        """Go back to the evaluation."""
        return reverse("tenders:evaluation", args=[self.procurement.pk])


class AppointAssessor(OnEvaluation):
    """Appoint an assessor."""

    form_class = forms.Pick
    title, button, done = "Appoint an assessor", "Appoint", "The assessor is appointed, and declares interests first."

    def get_form_kwargs(self):
        """Offer those whose role allows it."""
        allowed = [code for code, role in ROLES.items() if Permission.ASSESS_BIDS in role.may]
        found = {
            person.pk: (str(person.pk), f"{person.name}, {ROLES[code].title}")
            for code in allowed
            for person in accounts.holders(role=code, council_id=self.user.organisation_id, on=self.today)
        }
        return super().get_form_kwargs() | {"people": sorted(found.values(), key=lambda pair: pair[1])}

    def act(self, data):
        """Appoint them."""
        actions.appoint_assessor(procurement_id=self.procurement.pk, user_id=data["person"], by=self.user, now=self.now)


class Declare(OnEvaluation):
    """Declare one's interests."""

    permission = Permission.ASSESS_BIDS
    form_class = forms.Declare
    title, button, done = "Declare your interests", "Declare", "Your declaration is kept."
    lede = "Before you are shown any bid. These providers may have bid: anyone on the market."

    def act(self, data):
        """Keep the declaration."""
        interest = data["interest"] if data["has_interest"] else ""
        actions.declare_interests(procurement_id=self.procurement.pk, interest=interest, by=self.user, now=self.now)


class Clear(OnEvaluation):
    """Decide whether an assessor with an interest may score."""

    form_class = forms.Verdict
    title, button, done = "May this assessor score?", "Decide", "The decision is kept."

    def find(self):
        """Return the tender of the assessor that the address names."""
        assessor = queries.assessor(assessor_id=self.kwargs["assessor_id"])
        self.lede = f"{assessor.user.name} declared: {assessor.interest}"
        return assessor.procurement_id

    def act(self, data):
        """Keep the decision."""
        actions.clear_interest(
            assessor_id=self.kwargs["assessor_id"],
            is_cleared=data["verdict"],
            reason=data["reason"],
            by=self.user,
            now=self.now,
        )


class Scoring(DetailPage):
    """What the signed-in assessor has scored and has still to score."""

    permission = Permission.ASSESS_BIDS
    template_name = "tenders/scoring.html"
    title = "Your scores"

    def get_context_data(self, **kwargs):
        """Add the answers with one's own scores."""
        found = queries.procurement(procurement_id=self.kwargs["procurement_id"])
        return super().get_context_data(
            caption=f"{found.reference} {found.title}",
            procurement=found,
            rows=queries.to_score(procurement=found, user=self.user),
            is_locked=found.quality_locked_at is not None,
            **kwargs,
        )


class _OnAnswer(ActionView):
    form_class = forms.Mark
    template_name = "tenders/score.html"

    def get_form_kwargs(self):
        """Offer the scale, and read the answer."""
        self.bid = queries.bid(bid_id=self.kwargs["bid_id"])
        found = queries.procurement(procurement_id=self.bid.procurement_id)
        self.procurement = found
        self.allow()
        self.question = queries.scored_question(procurement=found, bid=self.bid, question_id=self.kwargs["question_id"])
        self.caption = f"{found.reference}, {self.bid.provider.name}"
        marks = [(each.mark, f"{each.mark}: {each.meaning}") for each in found.marks.all()]
        return super().get_form_kwargs() | {"marks": marks}

    def allow(self):
        """Refuse whoever may not read the bid."""

    def get_context_data(self, **kwargs):
        """Add the question and the answer."""
        context = super().get_context_data(**kwargs)
        said = next((each.text for each in self.bid.answers.all() if each.question_id == self.question.pk), "")
        return context | {"question": self.question, "said": said, "others": self.others()}

    def others(self):
        """Return the scores that are shown beside the form."""
        return []

    @property
    def on(self) -> dict:
        """What the action is told."""
        return {"bid_id": self.bid.pk, "question_id": self.question.pk, "by": self.user, "now": self.now}

    @property
    def back_url(self):
        """Lead back to the list."""
        return self.get_success_url()


class Score(_OnAnswer):
    """Score one answer, alone."""

    permission = Permission.ASSESS_BIDS
    title, button = "Score this answer", "Save and go on"
    done = "Your score is kept."

    def allow(self):
        """Only an assessor whose interests are settled."""
        queries.require_assessor(procurement_id=self.procurement.pk, user=self.user)

    def get_initial(self):
        """Start with one's own score."""
        return queries.own_score(bid_id=self.kwargs["bid_id"], question_id=self.kwargs["question_id"], user=self.user)

    def act(self, data):
        """Keep the score."""
        actions.score_answer(**data, **self.on)

    def get_success_url(self):
        """Go on with the next answer that is still to be scored; back to the list when there is none."""
        left = [each[:2] for each in self._rows if each[2] is None] if self.request.method == "POST" else []
        after = [each for each in left if each[1].pk != self.question.pk or each[0].pk != self.bid.pk]
        if not after:
            return self.back_url
        bid, question = after[0]
        return reverse("tenders:score", args=[bid.pk, question.pk])

    @cached_property
    def _rows(self):
        return queries.to_score(procurement=self.procurement, user=self.user)

    @property
    def back_url(self):
        """Lead back to one's scores."""
        return reverse("tenders:scoring", args=[self.procurement.pk])


class Moderate(_OnAnswer):
    """Settle one score, with every assessor's beside it."""

    permission = Permission.RUN_TENDER
    title, button, done = "Settle the score", "Settle it", "The score is settled."
    lede = "Every assessor's score and reason is shown once all have scored this answer alone."

    def others(self):
        """Return every assessor's score, once all have scored."""
        return queries.scores(bid=self.bid, question=self.question)

    def act(self, data):
        """Keep the score."""
        actions.moderate_score(**data, **self.on)

    def get_success_url(self):
        """Go back to the evaluation."""
        return reverse("tenders:evaluation", args=[self.procurement.pk])


class Lock(OnEvaluation):
    """Lock quality."""

    form_class = forms.Empty
    title, button, done = "Lock the quality scores", "Lock them", "Quality is locked. Prices may be read now."
    lede = "Every score stands from here. Only now does anybody of the council see a price."

    def act(self, data):
        """Lock them."""
        actions.lock_quality(procurement_id=self.procurement.pk, by=self.user, now=self.now)
