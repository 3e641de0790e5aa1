"""What a provider would see of a referral: allowed fields, scrubbed, and coarser where too few children are like this one."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from placewell.children import queries as children
from placewell.kernel.periods import age_on, birthday
from placewell.market import queries as market

from .. import anonymise, models, rarity, rules, states
from .desk import sought_together

AGES = (
    "nought one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
).split()


@dataclass(frozen=True)
class View:
    """A referral as a provider would see it, and what was made coarser so that nobody can tell who the child is."""

    shown: dict
    coarser: rarity.Coarser

    @property
    def is_rare(self) -> bool:
        """Tell whether even the coarsest view fits too few children."""
        return self.coarser.alike < rarity.FEWEST


def view(row: models.Referral, *, on: dt.date) -> View:
    """Return what a provider would see of a referral on the day *on*, with what was made coarser and why."""
    child = row.child
    vocabulary = children.vocabulary()
    texts = {name: getattr(row, name) for name in anonymise.FREE_TEXT}
    everybody = children.traits(child_id=child.pk, on=on)
    own = next(each for each in everybody if each.child_id == child.pk)
    told = frozenset(word for word in own.culture if anonymise.says(texts.values(), word))
    me = rarity.Known(own.born_on, own.sex, _district(own.postcode), told, frozenset(row.needs))
    coarser = rarity.coarsen(me, [_known(each) for each in everybody if each is not own], on=row.needed_on)
    grain, group = coarser.grain, sought_together(row)
    age = age_on(child.born_on, row.needed_on)
    shown = anonymise.shown_to_provider(
        texts=texts,
        identifiers=[*_identifiers(child.pk), *_too_fine(me, grain, age)],
        ages=rarity.band(age, grain.bands),
        sex=child.sex,
        district=rarity.area(me.district, grain),
        need_level=row.need_level,
        urgency=row.urgency,
        needed_on=row.needed_on,
        expected_end_on=row.expected_end_on,
        categories=row.categories,
        needs=[_word(vocabulary, code) for code in row.needs if code not in grain.without],
        risks=[_word(vocabulary, code) for code in row.risks],
        features=[market.vocabulary()["features"].get(code, code) for code in row.required_features],
        is_solo=row.is_solo,
        care_plan=states.CARE_PLANS.get(row.care_plan, ""),
        with_parent=row.get_with_parent_display().lower(),
        until_18=row.expected_end_on >= birthday(child.born_on, 18),
        sdq=rules.sdq_band(row.sdq_score, on=on),
        ehc_plan="" if not row.sen_status else "Yes" if row.sen_status == states.EHC_PLAN else "No",
        documents=[words for code, words in rules.codes_of("documents").items() if code in row.documents],
        is_more_told_later=bool(grain.without),
        siblings=[_sibling(each) for each in group if each.pk != row.pk],
        group=row.sibling_search.reference if row.sibling_search and len(group) > 1 else "",
    )
    return View(shown, coarser)


def shown(row: models.Referral, *, on: dt.date) -> dict:
    """Return what a provider would see of a referral today."""
    return view(row, on=on).shown


def kept_back(row: models.Referral, *, on: dt.date) -> list[str]:
    """Return what a provider is not shown of a referral though it is no name, one line for each: for a home that is
    considered."""
    child, seen = row.child, view(row, on=on)
    shown, without, age = seen.shown, seen.coarser.grain.without, age_on(child.born_on, row.needed_on)
    vocabulary, district = children.vocabulary(), _district(child.home_postcode)
    words = [_word(vocabulary, code) for code in row.needs if code in without]
    lines = [
        ("Age", str(age), shown["age"] != age),
        ("Area", district, bool(district) and shown["area"] != district),
        ("The home should also be good at", ", ".join(words), bool(words)),
        ("Language", child.language, child.language not in ("", "English")),
        ("Faith", child.religion, bool(child.religion)),
        (
            "Disabilities",
            rules.sentence([rules.codes_of("disabilities").get(each, each) for each in row.disabilities]),
            True,
        ),
        ("Strengths and difficulties", _dated(row.sdq_score, row.sdq_on), row.sdq_score is not None),
        ("Special educational needs", _dated(row.get_sen_status_display(), row.sen_on), True),
        ("Primary special educational need", rules.codes_of("sen_need").get(row.sen_need, row.sen_need), True),
        ("Personal education plan", _dated("last", row.pep_on), row.pep_on is not None),
        ("Legal status", legal_status(child_id=child.pk, on=on), True),
        ("Came alone seeking asylum", "Yes", child.is_unaccompanied),
    ]
    return [f"{name}: {value}" for name, value, is_kept in lines if is_kept and value]


def legal_status(*, child_id: UUID, on: dt.date) -> str:
    """Return under which order or agreement the child is looked after on the day *on*, in words; "" when not known."""
    episode = children.current_episode(child_id=child_id, on=on)
    return children.words_of("legal_status", episode.legal_status) if episode else ""


def _dated(value: object, day: dt.date | None) -> str:
    """Return a value with its month: a whole day is taken for an identifier, and hidden."""
    return f"{value}, {day:%B %Y}" if day and value != "" else f"{value}"


def _too_fine(me: rarity.Known, grain: rarity.Grain, age: int) -> list[str]:
    """Return the words that would tell in the text what *grain* does not show."""
    words = [] if grain.culture else list(me.culture)
    if grain.area != "district":
        words.append(me.district)
    if grain.bands:
        for said in (str(age), AGES[age]) if age < len(AGES) else (str(age),):
            words += [
                form.format(said) for form in ("{} year old", "{} years old", "{} years", "aged {}", "age {}", "{}yo")
            ]
        # The school year is as good as the age: in England a child of ten is in year 5 or 6.
        words += [form.format(age - back) for back in (4, 5) for form in ("year {}", "yr {}", "Y{}") if age > back]
        words += ["reception class", "reception year"] if age in (4, 5) else []
    return words


def _district(postcode: str) -> str:
    return postcode.split(" ")[0]


def _known(each: children.Traits) -> rarity.Known:
    return rarity.Known(each.born_on, each.sex, _district(each.postcode), each.culture, each.needs)


def _sibling(row: models.Referral) -> dict:
    """Return a brother or sister by sex and age band: several exact ages together are as good as a name."""
    ages = rarity.band(age_on(row.child.born_on, row.needed_on), rarity.BANDS)
    return {"age": anonymise.age_words(ages), "sex": anonymise.SEXES.get(row.child.sex, "")}


def _identifiers(child_id: UUID) -> list[str]:
    """Return every word by which the child could be known."""
    known = children.identifiers(child_id=child_id)
    days = [
        written
        for day in known.dates
        for written in (f"{day:%d/%m/%Y}", f"{day.day} {day:%B %Y}", f"{day.day} {day:%B}")
    ]
    return [*known.names, *known.postcodes, *known.schools, *known.numbers, *days]


def for_provider(text: str, *, child_id: UUID) -> str:
    """Return *text* as it may stand in a row that the whole provider can read: without anything that names the child."""
    return anonymise.scrub(text, _identifiers(child_id))


def _word(vocabulary, code: str) -> str:
    found = vocabulary.get(code)
    return getattr(found, "words", None) or (found if isinstance(found, str) else code.replace("_", " "))
