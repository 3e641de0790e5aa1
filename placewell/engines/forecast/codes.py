"""SSDA903 codes as the forecast reads them: kind of home, legal status, reason for the episode."""

IH, IFA, RES, SUP, OTH = range(5)
STATES = ("IH", "IFA", "RES", "SUP", "OTH")
TOTAL = "TOTAL"
EXIT = 5  # left care before 18
CENSORED = 6  # still there when last seen
AGED_OUT = 7  # left on the 18th birthday
MERGED = 5  # a temporary or unreadable placement: belongs to the placement around it

OWN_PROVIDERS = frozenset({"PR1", "PR2", "PR3"})
FOSTER = frozenset({"U1", "U2", "U3", "U4", "U5", "U6"})
RESIDENTIAL = frozenset({"K1", "K2", "R1", "S1"})
SUPPORTED = frozenset({"H5", "K3", "P2"})
TEMPORARY = frozenset({"T0", "T1", "T2", "T3", "T4"})
OTHER = frozenset({"A3", "A4", "A5", "A6", "P1", "P3", "R2", "R3", "R5", "Z1", "Z11", "Z12", "Z13", "Z14"})
SHORT_BREAKS = frozenset({"V3", "V4"})
LEGAL = frozenset({"C1", "C2", "D1", "E1", "V2", "V3", "V4", "L1", "L2", "L3", "J1", "J2", "J3"})
UNTOLD = 3  # no reason given, or none that is known: taken for a start, except of those here when the window opens
# reason for a new episode: 1 legal status only, or the same carer; 0 another placement; 2 started to be looked after
NEW_EPISODE = {"L": 1, "T": 1, "U": 1, "P": 0, "B": 0, "S": 2}


def kind_of(place: str, provider: str) -> int:
    """Return the state of a placement code, MERGED for temporary ones, −1 for an unknown code."""
    if place in FOSTER:
        return IH if provider in OWN_PROVIDERS else IFA if provider in {"PR4", "PR5"} else -1
    for codes, state in ((RESIDENTIAL, RES), (SUPPORTED, SUP), (TEMPORARY, MERGED), (OTHER, OTH)):
        if place in codes:
            return state
    return -1
