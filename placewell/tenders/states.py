"""The lives of a procurement and of its lots, and the words that a method is written in."""

from enum import StrEnum


class Procurement(StrEnum):
    """A procurement's life. That its deadline has passed is not a state: the database's clock says so."""

    PLANNED = "planned"
    PUBLISHED = "published"
    OPENED = "opened"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"


PROCUREMENT_STEPS = {
    Procurement.PLANNED: frozenset({Procurement.PUBLISHED, Procurement.CANCELLED}),
    # A direct award takes no bids: what is published is concluded.
    Procurement.PUBLISHED: frozenset({Procurement.OPENED, Procurement.CONCLUDED, Procurement.CANCELLED}),
    Procurement.OPENED: frozenset({Procurement.CONCLUDED, Procurement.CANCELLED}),
}


class Procedure(StrEnum):
    """How bidders come in."""

    OPEN = "open"
    SELECT_LIST = "select_list"
    OPEN_FRAMEWORK = "open_framework"
    DYNAMIC_MARKET = "dynamic_market"
    MINI_COMPETITION = "mini_competition"
    DIRECT_AWARD = "direct_award"


class Ground(StrEnum):
    """Why a contract may be awarded directly: Procurement Act 2023 Sch 5 and s.43, read November 2026."""

    EXCLUSIVE_RIGHTS = "exclusive_rights"
    TECHNICAL_REASONS = "technical_reasons"
    EXTENSION = "extension"
    REPEAT_SERVICES = "repeat_services"
    INSOLVENCY_TERMS = "insolvency_terms"
    URGENCY = "urgency"
    USER_CHOICE = "user_choice"
    NO_SUITABLE_TENDERS = "no_suitable_tenders"


class Formula(StrEnum):
    """How a price becomes points, as the scoring engine names it."""

    ABSOLUTE_CEILING = "absolute_ceiling"
    RELATIVE_LOWEST = "relative_lowest"
    RELATIVE_RANGE = "relative_range"
    AVERAGE = "average"
    QUALITY_TO_PRICE = "quality_to_price"


class Tie(StrEnum):
    """What decides between equal scores, in the published order."""

    QUALITY = "quality"
    PRICE = "price"
    FIRST_QUESTION = "first_question"


class Part(StrEnum):
    """What a question is for."""

    CONDITION = "condition"  # must be met to take part; it earns no marks
    QUALITY = "quality"


class Answer(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    YES_NO = "yes_no"
    FILE = "file"
    HOMES = "homes"  # postcodes and places: what visits there cost is computed, and nobody marks it


class Notice(StrEnum):
    """What was published; `tables/notices.toml` says what each law calls it."""

    PIPELINE = "pipeline"  # UK1
    ENGAGEMENT = "engagement"  # UK2
    PLANNED = "planned"  # UK3
    INTENTION = "intention"  # UK13
    TENDER = "tender"  # UK4
    AMENDMENT = "amendment"
    TRANSPARENCY = "transparency"  # UK5
    AWARD = "award"  # UK6
    CONTRACT = "contract"  # UK7
    CHANGE = "change"  # UK10
    ENDING = "ending"  # UK11
    TERMINATION = "termination"  # UK12


# What may be published while the method may still change: it says nothing of the method.
BEFORE_THE_NOTICE = (Notice.PIPELINE, Notice.ENGAGEMENT, Notice.PLANNED, Notice.INTENTION)


class Attempt(StrEnum):
    """What became of an attempt to open the bids."""

    TOO_EARLY = "too_early"
    NOT_A_HOLDER = "not_holder"
    WRONG_CODE = "wrong_code"
    FIRST_HALF = "first_half"
    OPENED = "opened"


class LotAward(StrEnum):
    """What became of a lot."""

    AWARDED = "awarded"
    NOT_AWARDED = "not_awarded"
    CONTRACTED = "contracted"
    UNDONE = "undone"


LOT_STEPS = {
    LotAward.AWARDED: frozenset({LotAward.CONTRACTED, LotAward.UNDONE}),
    LotAward.CONTRACTED: frozenset({LotAward.UNDONE}),
    LotAward.UNDONE: frozenset({LotAward.AWARDED, LotAward.NOT_AWARDED}),
    LotAward.NOT_AWARDED: frozenset({LotAward.AWARDED}),
}


class LegalForm(StrEnum):
    """What a provider is in law."""

    COMPANY = "company"
    CHARITY = "charity"
    PARTNERSHIP = "partnership"
    SOLE_TRADER = "sole_trader"
    PUBLIC_BODY = "public_body"
    OTHER = "other"


class Link(StrEnum):
    """How somebody is connected with a provider."""

    DIRECTOR = "director"
    CONTROL = "significant_control"
    PARENT = "parent_company"
    SUBSIDIARY = "subsidiary"
    OTHER = "other"
