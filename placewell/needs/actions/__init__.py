"""What changes in the needs room."""

from ._steps import note_progress
from .forecasts import ask_forecast, begin_forecast, fail_forecast, finish_forecast

__all__ = ["ask_forecast", "begin_forecast", "fail_forecast", "finish_forecast", "note_progress"]
