"""A child's outcomes: goals, scores, facts, and what the official measures say of the child."""

from functools import cached_property

from django.urls import reverse
from django.utils import timezone

from placewell.accounts.permissions import Permission
from placewell.children import queries as children
from placewell.children.actions import note_record_seen
from placewell.kernel.errors import NotFound
from placewell.placements import queries as placements
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, rules, states

WHAT = {"agree": "Goals to agree", "six_months": "Score at six months", "end": "Score at the end"}


class OneChild:
    """A page about one child whom the reader may see."""

    @cached_property
    def child(self):
        """The child."""
        return children.child(child_id=self.child_id, for_user=self.user, on=self.today)

    @property
    def child_id(self):
        """Whose page it is."""
        return self.kwargs["child_id"]

    def get_success_url(self):
        """Go back to the child's outcomes."""
        return reverse("outcomes:child", args=[self.child_id])

    @property
    def caption(self):
        """Name the child."""
        return self.child.name

    @property
    def back_url(self):
        """Lead back to the child's outcomes."""
        return self.get_success_url()


class Child(OneChild, DetailPage):
    """One child's outcomes."""

    permission = Permission.SEE_OUTCOMES
    template_name = "outcomes/child.html"
    caption = "Goals and outcomes"

    def get_context_data(self, **kwargs):
        """Add the goals of each placement, the measures, and the facts; the reading is recorded."""
        child = self.child
        note_record_seen(child_id=child.pk, by=self.user, now=self.now, why="outcomes")
        goals = queries.goals_of(child_id=child.pk)
        facts = queries.facts_of(child_id=child.pk)
        kinds = rules.fact_kinds().values()
        measures = queries.of_child(child_id=child.pk, of=self.user.organisation, on=self.today)
        may_score = self.may(Permission.SCORE_GOAL)
        return super().get_context_data(
            title=child.name,
            child=child,
            stays=[
                (stay, [(goal, list(self.stages(goal, stay, may_score))) for goal in goals.get(stay.pk, ())])
                for stay in reversed(placements.placements_of(child_id=child.pk))
            ],
            areas=_by_area(measures),
            kinds=[(kind, facts.get(kind.code, ())[:6]) for kind in kinds],
            may_agree=self.may(Permission.AGREE_GOAL),
            may_record=self.may(Permission.RECORD_OUTCOME),
            **kwargs,
        )

    def stages(self, goal, stay, may_score):
        """Yield each stage, its score, and whether it can be scored or put right today; a dropped goal keeps its scores."""
        for stage in states.Stage:
            score, since = goal.score(stage), queries.scored_from(stay, stage)
            is_open = may_score and not goal.words.is_dropped and since is not None and since <= self.today
            words = states.SCORE_WORDS[states.Score(score.score)] if score else ""
            yield stage, score, words, since, is_open


def _by_area(measures):
    found = {}
    for each in measures:
        found.setdefault(each.measure.area, []).append(each)
    return found.items()


class Agree(OneChild, ActionView):
    """Write down a goal of a placement."""

    permission = Permission.AGREE_GOAL
    form_class = forms.AgreeGoal
    title, button, done = "A goal of this placement", "Save the goal", "The goal is written down."

    @cached_property
    def placement(self):
        """The placement."""
        return placements.placement(placement_id=self.kwargs["placement_id"], for_user=self.user, on=self.today)

    @property
    def child_id(self):
        """Whose placement it is."""
        return self.placement.child_id

    @property
    def lede(self):
        """Name the home."""
        return f"In {self.placement.home.reference}, since {self.placement.start_on:%-d %B %Y}."

    def get_initial(self):
        """Offer today."""
        return {"agreed_on": self.today}

    def act(self, data):
        """Agree it."""
        area = states.Area(data.pop("area"))
        goal = actions.AgreedGoal(**data)
        actions.agree_goal(placement_id=self.placement.pk, area=area, goal=goal, by=self.user, now=self.now)


class OneGoal(OneChild):
    """A page about one goal."""

    @cached_property
    def told(self):
        """The goal."""
        return queries.goal(goal_id=self.kwargs["goal_id"], for_user=self.user, on=self.today)

    @property
    def child_id(self):
        """Whose goal it is."""
        return self.told.goal.child_id


class Goal(OneGoal, DetailPage):
    """Every version of a goal and of its scores."""

    permission = Permission.SEE_OUTCOMES
    template_name = "outcomes/goal.html"

    def get_context_data(self, **kwargs):
        """Add the versions."""
        told = self.told
        scores = [
            (states.Stage(stage), row, states.SCORE_WORDS[states.Score(row.score)])
            for stage, rows in told.scores.items()
            for row in rows
        ]
        return super().get_context_data(
            title=f"Goal {told.goal.number}: {told.goal.get_area_display().lower()}",
            told=told,
            versions=[told.words, *told.before],
            scores=scores,
            **kwargs,
        )


class Amend(OneGoal, ActionView):
    """Write a new version of a goal."""

    permission = Permission.AGREE_GOAL
    form_class = forms.AmendGoal
    title, button, done = "Change this goal", "Save the new version", "Saved. What was agreed before stays to be read."

    def get_initial(self):
        """Offer what holds."""
        now = self.told.words
        names = ("what", "own_words", "why_no_words", "known_by", "agreed_with")
        return {name: getattr(now, name) for name in names} | {"agreed_on": self.today}

    def act(self, data):
        """Amend it."""
        given = {"reason": data.pop("reason"), "is_dropped": data.pop("is_dropped")}
        goal = actions.AgreedGoal(**data)
        actions.amend_goal(goal_id=self.told.pk, goal=goal, **given, by=self.user, now=self.now)


class Score(OneGoal, ActionView):
    """Score a goal, or put its score right."""

    permission = Permission.SCORE_GOAL
    button, done = "Save the score", "The score is saved with your name."

    @cached_property
    def stage(self):
        """At which stage."""
        try:
            return states.Stage(self.kwargs["stage"])
        except ValueError:
            raise NotFound("There is no such stage.") from None

    @property
    def before(self):
        """The score that holds, if one does."""
        return self.told.score(self.stage)

    @property
    def title(self):
        """Name the stage."""
        return "Put the score right" if self.before else WHAT[self.stage.value]

    @property
    def lede(self):
        """Say the goal again."""
        return f"{self.told.words.what} It is known by: {self.told.words.known_by}"

    def get_form_class(self):
        """Ask why, where a score is put right."""
        return forms.AmendScore if self.before else forms.ScoreGoal

    def get_initial(self):
        """Offer what holds."""
        found = {"scored_on": self.today}
        if self.before:
            found |= {name: getattr(self.before, name) for name in ("score", "evidence", "child_says", "scored_on")}
        return found

    def act(self, data):
        """Score it."""
        amends = self.before.version if self.before else None
        given = {"goal_id": self.told.pk, "stage": self.stage, "amends": amends}
        actions.score_goal(**given, **data, by=self.user, now=self.now)


class ToScore(TableView):
    """Goals that wait to be agreed or scored."""

    permission = Permission.SEE_PLACEMENTS
    title = "Goals to agree and to score"
    lede = "Goals are agreed when a placement starts, and scored after six months and at its end, each within four weeks. Longest first."
    empty = "Nothing waits that these filters find."
    file_name = "goals"
    filter_form = forms.WhoseGoals
    columns = (
        Column("child", "Child", cell="placement.child.reference", sort="placement__child__reference"),
        Column("home", "Home", cell="placement.home.reference", sort="placement__home__reference"),
        Column("what", "What", cell=lambda row: WHAT[row.what], sort="what"),
        Column("goals", "Goals", cell=lambda row: row.goals or "None yet", numeric=True, sort="goals"),
        Column("since", "Since", sort="since"),
        Column("due_on", "By", sort="due_on"),
    )

    def rows(self, filters):
        """Return what waits."""
        mine = self.user.pk if filters.get("whose") == "mine" else None
        found = queries.to_score(for_user=self.user, on=timezone.localdate(), worker=mine)
        return [row for row in found if not filters.get("what") or row.what == filters["what"]]

    def link(self, row):
        """Lead to the child's outcomes."""
        return reverse("outcomes:child", args=[row.placement.child_id])
