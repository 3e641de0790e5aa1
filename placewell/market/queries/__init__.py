"""What the market answers."""

from .geography import adjoining, area_name, area_names, distance_miles, grid
from .homes import (
    filtered,
    home,
    homes,
    homes_to_search,
    locked_home,
    sees_address,
    sees_addresses,
    vocabulary,
    with_vacancies,
)
from .places import Vacancies, calendar, free_places, nights_taken, occupancy, place_count, residents, vacancies
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
    "area_names",
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
    "place_count",
    "provider",
    "providers",
    "registration",
    "registrations",
    "residents",
    "sees_address",
    "sees_addresses",
    "vacancies",
    "vocabulary",
    "with_vacancies",
]
