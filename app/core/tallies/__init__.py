"""What happened how often, for the desk's charts: counted in memory, added up in the database across processes.

`MEASURES` (model.py) is the one table of what is counted, in which unit and told apart by what. Nothing here tells of a
person, and what is done in test mode is not counted, but for the load of the doors.
"""

from app.core.tallies.board import Board, Dashboards, Period, Standing
from app.core.tallies.model import Counting, refusals, uncounted
from app.core.tallies.service import Tallies

__all__ = ["Board", "Counting", "Dashboards", "Period", "Standing", "Tallies", "refusals", "uncounted"]
