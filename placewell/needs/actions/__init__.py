"""What changes in the needs room."""

from ._steps import is_stuck, note_progress
from .buying import ask_capacity, begin_capacity, fail_capacity, finish_capacity, keep_options, restart_capacity
from .forecasts import ask_forecast, begin_forecast, fail_forecast, finish_forecast, restart_forecast
from .statements import (
    begin_statement,
    publish_forecast,
    publish_statement,
    put_figures_in,
    put_outcomes_in,
    withdraw_publication,
    write_section,
)
from .visiting import keep_visiting_rates

__all__ = [
    "ask_capacity",
    "ask_forecast",
    "begin_capacity",
    "begin_forecast",
    "begin_statement",
    "fail_capacity",
    "fail_forecast",
    "finish_capacity",
    "finish_forecast",
    "is_stuck",
    "keep_options",
    "keep_visiting_rates",
    "note_progress",
    "publish_forecast",
    "publish_statement",
    "put_figures_in",
    "put_outcomes_in",
    "restart_capacity",
    "restart_forecast",
    "withdraw_publication",
    "write_section",
]
