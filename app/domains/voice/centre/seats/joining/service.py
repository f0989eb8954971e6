"""One case of several, and several of one: merged into another that goes on for both, split into parts with a number
each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.numbers import parsed_number
from app.core.viewer import Viewer
from app.domains.voice.cases.errors import CaseChanged, CaseUnknown, MergeImpossible, SplitImpossible
from app.domains.voice.cases.filing.model import Filing, titled
from app.domains.voice.cases.filing.service import PREFIX, CaseFiling
from app.domains.voice.cases.history.model import CaseKind
from app.domains.voice.cases.model import Case, Words
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.centre.seats.steps.service import SeatSteps
from app.domains.voice.public.publishing.model import is_listed

MOST_PARTS = 5


@dataclass(frozen=True, slots=True)
class Part:
    """What becomes a case of its own; place, kind and reporter are those of the whole."""

    title: str
    text: str
    category: str
    kind: CaseKind | None = None


class JoiningService:
    def __init__(self, seat: SeatSteps, cases: CaseStore, filing: CaseFiling) -> None:
        self._seat = seat
        self._cases = cases
        self._filing = filing

    async def merge(self, viewer: Viewer, case: str, number: str, key: str) -> Case:
        """Into the case with this number, which its reporter can read: it is public, or his own.

        Raises CaseUnknown, CaseStateWrong, MergeImpossible, CaseChanged, IdempotencyConflict.
        """
        into = parsed_number(number, PREFIX)

        async def work(was: Case, at: datetime, tx: Tx) -> Case:
            found = await self._cases.id_of(into) if into else None
            if found is None:
                raise CaseUnknown
            other = await self._seat.case(viewer, found, tx)
            if not is_listed(other) and (was.citizen is None or was.citizen != other.citizen):
                raise MergeImpossible
            merged = was.merged(other, viewer, at)
            # Two that are merged into each other at once would both be gone.
            if not await self._cases.hold(other, tx):
                raise CaseChanged
            return merged

        return await self._seat.work(viewer, "mergeCase", key, case, work, into)

    async def split(self, viewer: Viewer, case: str, parts: Sequence[Part], key: str) -> Case:
        """Parts go on as new cases; what is left of it stays where it is. Raises CaseUnknown, CaseStateWrong,
        SplitImpossible, CategoryUnknown, CaseWordsMissing, CaseWordsTooLong, CaseChanged, IdempotencyConflict.
        """
        if not 1 <= len(parts) <= MOST_PARTS:
            raise SplitImpossible(MOST_PARTS)
        ids = [new_id() for _ in parts]

        async def work(was: Case, at: datetime, tx: Tx) -> Case:
            numbers = []
            for id_, part in zip(ids, parts, strict=True):
                filed = await self._filing.new(viewer, _filing(was, part), was.citizen, tx, id_)
                numbers.append(filed.case.number)
            return was.split(numbers, viewer, at)

        return await self._seat.work(viewer, "splitCase", key, case, work, tuple(parts))


def _filing(of: Case, part: Part) -> Filing:
    words = Words(part.title, part.text, of.words.contact, of.words.name)
    return Filing(
        kind=part.kind or of.kind,
        channel=of.channel,
        category=part.category,
        identity=of.identity,
        words=titled(words),
        place=of.place,
        parent=of.id,
        test_of=of.test_of,
        receipt=of.receipt,
    )
