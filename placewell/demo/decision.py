"""Decision 0110459 of 7 February 2018, as a Cabinet took it; its people by office, not by name."""

import datetime as dt
from decimal import Decimal

from placewell.governance.rules import ConsulteeTerms, DecisionTerms, DelegationTerms
from placewell.governance.states import Act, Category, Manner

DIRECTOR, FINANCE, HOLDER = "director_of_childrens_services", "director_of_finance", "portfolio_holder"
TAKEN_ON, PUBLISHED_ON = dt.date(2018, 2, 7), dt.date(2018, 2, 9)
ANNUAL, YEARS = Decimal("10300000.00"), 6

RESOLUTIONS = (
    (
        "1",
        "That Cabinet agrees that the council leaves the Eastern Region contract when it ends in December 2018 and "
        "commissions its own: independent fostering agency, residential, post-16 supported accommodation and family "
        "assessment placements, at £10.3 million a year for six years.",
    ),
    (
        "2",
        "That authority to award contracts after tender is delegated to the Corporate Director of Children's Services "
        "in conjunction with the Portfolio Holder for Children's and Adult Social Care.",
    ),
    (
        "3",
        "That, should demand increase, approval is sought from the Corporate Director of Children's Services in "
        "conjunction with the Director of Finance and the Portfolio Holder.",
    ),
    (
        "4",
        "That a placement may be bought without competition where it cannot be made on the contract, is needed to meet a "
        "statutory duty, and following the contract procedure rules would prevent that duty being met: the Corporate "
        "Director of Children's Services decides.",
    ),
)

DECISION = DecisionTerms(
    number="0110459",
    body="Cabinet",
    taken_on=TAKEN_ON,
    item="98",
    title="Children Looked After Placement Commissioning",
    text=(
        "Cabinet considered the end of the regional contract for placements and a contract of the council's own. "
        "The groups discussed were independent fostering agencies, residential homes and post-16 supported "
        "accommodation; the resolution adds family assessment. Members heard that a network grown locally lets social "
        "workers check on children more easily, and that it was not about the money but about the outcomes."
    ),
    reasons=(
        "The regional contract ends in December 2018. A local network of homes lets social workers reach the children "
        "whom they visit, and lets the council look to outcomes rather than money alone."
    ),
    alternatives=(
        "To stay in a regional contract: rejected, because it does not grow homes near the borough. "
        "To buy each placement alone: rejected, because it gives neither quality nor price."
    ),
    conflicts="None declared.",
    dispensations="None.",
    is_key=True,
    is_subject_to_call_in=True,
    call_in_by="Members of the council, under the constitution's scrutiny rules",
    call_in_working_days=5,
    annual_amount=ANNUAL,
    years=YEARS,
    resolutions=RESOLUTIONS,
    lots=(
        (Category.FOSTERING, "Independent fostering agencies"),
        (Category.RESIDENTIAL, "Residential"),
        (Category.SUPPORTED, "Post-16 supported accommodation"),
        (Category.FAMILY_ASSESSMENT, "Family assessment"),
    ),
    exemption_tests=(
        ("a", "The placement cannot be made on the contract."),
        ("b", "The placement is needed to meet a statutory duty."),
        ("c", "Following the contract procedure rules would prevent that duty being met."),
    ),
    delegations=(
        DelegationTerms(Act.AWARD, DIRECTOR, (ConsulteeTerms(HOLDER, Manner.IN_CONJUNCTION),), resolution="2"),
        DelegationTerms(
            Act.APPROVE_DEMAND,
            DIRECTOR,
            (ConsulteeTerms(FINANCE, Manner.IN_CONJUNCTION), ConsulteeTerms(HOLDER, Manner.IN_CONJUNCTION)),
            resolution="3",
        ),
        DelegationTerms(Act.EXEMPT, DIRECTOR, resolution="4"),
    ),
)
