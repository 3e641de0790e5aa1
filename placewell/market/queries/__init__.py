"""What the market answers."""

from .geography import adjoining, area_name, distance_miles, grid
from .homes import filtered, home, homes, homes_to_search, locked_home, sees_address, vocabulary, with_vacancies
from .places import Vacancies, calendar, free_places, nights_taken, occupancy, residents, vacancies
from .register import (
    alerts,
    imports,
    inspections,
    latest_as_at,
    provider,
    providers,
    registration,
    registrations,
)

__all__ = [
    "Vacancies",
    "adjoining",
    "alerts",
    "area_name",
    "calendar",
    "distance_miles",
    "filtered",
    "free_places",
    "grid",
    "home",
    "homes",
    "homes_to_search",
    "imports",
    "inspections",
    "latest_as_at",
    "locked_home",
    "nights_taken",
    "occupancy",
    "provider",
    "providers",
    "registration",
    "registrations",
    "residents",
    "sees_address",
    "vacancies",
    "vocabulary",
    "with_vacancies",
]
