"""What can stand in the way of asking."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class AskSessionUnknown(Outcome):
    """No such thread, or not yours, or it is over: begin another."""


@dataclass(eq=False)
class AskSessionFull(Outcome):
    """A thread has so many turns: begin another."""

    maximum: int


class AnswerNotOffered(Outcome):
    """What was chosen is none of those that were offered last."""


@dataclass(eq=False)
class HandOverNotOffered(Outcome):
    """The thread does not lead there; `offered` is where it leads."""

    offered: tuple[str, ...]
