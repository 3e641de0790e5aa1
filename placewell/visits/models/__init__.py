"""What is owed to children in visits, what was done, and the plans of who goes where on which day."""

from .days import Away, Base, Times, Week, WeeklyTime
from .duties import Arrangement, Assessment, Request, ReturnInterview, Standard, UnannouncedShare
from .made import Outing, Visit, VisitAction
from .plans import Feed, Plan, PlannedVisit

__all__ = [
    "Arrangement",
    "Assessment",
    "Away",
    "Base",
    "Feed",
    "Outing",
    "Plan",
    "PlannedVisit",
    "Request",
    "ReturnInterview",
    "Standard",
    "Times",
    "UnannouncedShare",
    "Visit",
    "VisitAction",
    "Week",
    "WeeklyTime",
]
