"""What people write in a referral."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from placewell.contracts.states import NeedLevel
from placewell.governance.states import Category
from placewell.storage.models import CouncilRecord, choices

from .. import states


class Written(CouncilRecord):
    """The fields of the referral form: each can be filled in, changed, copied to the next referral and told of when it changes."""

    categories = ArrayField(models.CharField(max_length=20, choices=choices(Category)))
    urgency = models.CharField(max_length=10, choices=choices(states.Urgency))
    needed_on = models.DateField()
    expected_end_on = models.DateField()
    need_level = models.CharField(max_length=12, choices=choices(NeedLevel))
    care_plan = models.CharField(max_length=10, choices=list(states.CARE_PLANS.items()), blank=True)
    is_solo = models.BooleanField(default=False)
    needs = ArrayField(models.CharField(max_length=40), default=list)
    risks = ArrayField(models.CharField(max_length=40), default=list)
    required_features = ArrayField(models.CharField(max_length=40), default=list)
    # Postcode districts that would suit best, with commas; where they are is not told to providers.
    preferred_districts = models.CharField(max_length=200, blank=True)
    max_distance_miles = models.PositiveSmallIntegerField(null=True)
    # Where the child is not safe: no home within so many miles of these postcodes. Providers are not told.
    no_go_postcodes = models.CharField(max_length=200, blank=True)
    no_go_miles = models.PositiveSmallIntegerField(default=3)
    # A parent who lives there with the child, and what help that parent needs.
    with_parent = models.CharField(max_length=14, choices=choices(states.WithParent), blank=True)
    parent_needs = models.TextField(blank=True)
    summary = models.TextField()
    needs_and_care = models.TextField()
    risks_and_safety = models.TextField(blank=True)
    # Who is a risk to the child. Names stand here, so nobody outside is told before the council has signed.
    unsafe_people = models.TextField(blank=True)
    health = models.TextField(blank=True)
    disabilities = ArrayField(models.CharField(max_length=40), default=list)
    emotional = models.TextField(blank=True)  # feelings and behaviour
    # Strengths and difficulties questionnaire, 0 to 40; a provider reads the band.
    sdq_score = models.PositiveSmallIntegerField(null=True)
    sdq_on = models.DateField(null=True)
    education = models.TextField(blank=True)
    sen_status = models.CharField(max_length=10, choices=list(states.SPECIAL_NEEDS.items()), blank=True)
    sen_need = models.CharField(max_length=10, blank=True)  # the primary need
    sen_on = models.DateField(null=True)  # the day of the plan, or of its last review
    pep_on = models.DateField(null=True)  # the last personal education plan
    history = models.TextField(blank=True)  # where the child has lived, and why that ended
    not_with = models.TextField(blank=True)  # with whom the child cannot live
    # Why not with a parent, and who of relatives and friends was thought of. Names stand here: the council alone reads it.
    family_first = models.TextField(blank=True)
    family_time = models.TextField(blank=True)
    identity = models.TextField(blank=True)
    child_views = models.TextField(blank=True)
    parent_views = models.TextField(blank=True)
    documents = ArrayField(models.CharField(max_length=40), default=list)  # ready for the home that is chosen
    # Who of the council's senior officers said that a home may be bought, and when.
    authorised_by = models.CharField(max_length=200, blank=True)
    authorised_on = models.DateField(null=True)

    class Meta:
        abstract = True


FIELDS = tuple(
    each.name
    for each in Written._meta.local_fields
    if each.name not in {known.name for known in CouncilRecord._meta.local_fields}
)
