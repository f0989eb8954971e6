"""Working days in China: the published calendar, what the desk writes over it, and clocks that count by both."""

from app.core.calendar.clock import Explanation, Extension, Light, Pause, WorkingClock
from app.core.calendar.model import CalendarDay, WorkingCalendar, published
from app.core.calendar.service import CalendarService

__all__ = [
    "CalendarDay",
    "CalendarService",
    "Explanation",
    "Extension",
    "Light",
    "Pause",
    "WorkingCalendar",
    "WorkingClock",
    "published",
]
