"""What can stand in the way of a change of the calendar."""

from __future__ import annotations

from app.core.errors import Outcome


class CalendarDayInvalid(Outcome):
    """A day of the overlay lies from a year before today to three years after it, with a name of 2 to 60 characters."""


class CalendarDayUnknown(Outcome):
    """The overlay says nothing of this day."""
