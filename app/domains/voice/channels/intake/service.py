"""Taking in what channels heard: kept once by its id, then made into a case or answered by whichever worker comes by.

A message is kept before the channel is told that it arrived, and what becomes of it is one transaction with the case
and with the answer to the sender. So none is lost, and none is filed twice.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final, Protocol

import structlog

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Outcome, RateLimited
from app.core.events import Event
from app.core.limits import Limits
from app.core.messages import Locale, message
from app.core.mongo import Database, DuplicateKey, Tx, is_unreachable
from app.core.numbers import parsed_number
from app.core.paging import Page, PageRequest
from app.core.places.errors import OutsideCity
from app.core.places.model import Point
from app.core.viewer import Role, Viewer
from app.domains.voice.cases.categories.service import CategoryService
from app.domains.voice.cases.errors import CaseChanged
from app.domains.voice.cases.filing.model import Filing, said
from app.domains.voice.cases.filing.service import PREFIX, CaseFiling
from app.domains.voice.cases.history.model import CaseChannel, Identity
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.ratings.model import CONTENT_FROM, CaseRating
from app.domains.voice.cases.record.model import Words
from app.domains.voice.cases.service import NOBODY, CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.channels.intake.answers.service import ChannelAnswers
from app.domains.voice.channels.intake.callers.model import is_texted
from app.domains.voice.channels.intake.errors import InboundSettled, InboundUnknown
from app.domains.voice.channels.intake.model import (
    MOST_ATTEMPTS,
    PER_SENDER,
    PLACE_KEPT,
    Heard,
    Inbound,
    InboundState,
    ToAdd,
    ToAnswer,
    ToFile,
    ToRate,
    ToTell,
    Wanted,
    category_of,
    wanted,
)
from app.domains.voice.channels.intake.store import InboundStore
from app.domains.voice.places.model import Place

log = structlog.get_logger()
_LEASE: Final = timedelta(minutes=2)
_AT_ONCE: Final = 20
_TRIES: Final = 5
_LONGEST_WAIT: Final = timedelta(hours=1)
# What senders and callers hear of unasked.
_FOLLOWED: Final = {
    "case.answered": "INBOUND_REPLIED",
    "case.replied": "INBOUND_REPLIED",
    "case.refused": "INBOUND_REFUSED",
}
_INBOUND: Final = "inbound:"
# A message names no case without saying whose; who may not know of a case is told as if there were none.
_NONE_SUCH = ToAnswer("INBOUND_NO_CASE")
# The same for every case and for none, to whoever is not known to be the one who is written as its sender.
_BY_LINK = ToAnswer("INBOUND_BY_LINK")


class Places(Protocol):
    def placed(self, point: Point | None = None, *, address: str = "", division: str | None = None) -> Place:
        """Raises OutsideCity, DivisionUnknown, CaseWordsTooLong."""
        ...


class InboundService:
    """`link` leads to a case, for who has its number and receipt; `division` is the city's own code: where a text says
    no place, the seat that takes it in asks.
    """

    def __init__(
        self,
        db: Database,
        inbound: InboundStore,
        answers: ChannelAnswers,
        filing: CaseFiling,
        cases: CaseStore,
        steps: CaseSteps,
        categories: CategoryService,
        places: Places,
        division: str,
        link: str,
        limits: Limits,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._inbound = inbound
        self._answers = answers
        self._filing = filing
        self._cases = cases
        self._steps = steps
        self._categories = categories
        self._places = places
        self._division = division
        self._link = link
        self._limits = limits
        self._audit = audit
        self._clock = clock

    async def take(self, heard: Heard) -> bool:
        """Keep it, to be taken in by a worker; False: it is known. Nothing that a sender writes raises."""
        return await self._inbound.add(heard, self._clock.now())

    async def round(self) -> int:
        """Take in what is due; how many there were."""
        claimed = await self._inbound.claim(self._clock.now(), _LEASE, _AT_ONCE)
        for one, fence in claimed:
            await self._settle(one, fence)
        return len(claimed)

    async def follow(self, event: Event) -> None:
        """Whoever has no account is told by his channel that his case was replied to or refused. A repeat adds
        nothing.
        """
        code = _FOLLOWED.get(event.type)
        if code is None or not event.citizen.startswith("case:"):
            return
        case = await self._cases.get(event.facts["case"])
        if case is None or case.words.contact is None or case.test_of is not None:
            return
        way = _way_back(case, case.words.contact)
        if way is None:
            return
        with suppress(DuplicateKey):
            await self._answers.say(way, case.words.contact, code, None, case=case.id, id_=event.id, number=case.number)

    async def listed(self, states: Collection[InboundState], request: PageRequest) -> Page[Inbound]:
        """For the desk, the newest first, without what was said."""
        return await self._inbound.listed(states, request)

    async def one(self, inbound: str) -> Inbound | None:
        """For the desk, without what was said."""
        return await self._inbound.get(inbound)

    async def read(self, viewer: Viewer, inbound: str, reason: str) -> Inbound:
        """With what was said, which the audit notes. Raises InboundUnknown."""
        found = await self._inbound.get(inbound, whole=True)
        if found is None:
            raise InboundUnknown
        await self._audit.record(viewer, "inbound.read", inbound, None, reason=reason)
        return found

    async def retry(self, viewer: Viewer, inbound: str) -> None:
        """One that failed, from the start. Raises InboundSettled."""

        async def work(tx: Tx) -> None:
            if not await self._inbound.revive(inbound, self._clock.now(), tx):
                raise InboundSettled
            await self._audit.record(viewer, "inbound.retried", inbound, tx)

        await self._db.transaction(work)

    async def _settle(self, one: Inbound, fence: str) -> None:
        try:
            await self._take_in(one, fence)
        except _Settled:
            return
        except Exception as fault:
            if is_unreachable(fault):
                raise  # its lease ends, and it is taken in then
            log.warning("message not taken in", channel=one.channel.value, error=type(fault).__name__)
            await self._put_off(one, fence, getattr(fault, "code", None) or type(fault).__name__)

    async def _put_off(self, one: Inbound, fence: str, why: str) -> None:
        if one.attempt >= MOST_ATTEMPTS:
            await self._inbound.settle(one.settled(InboundState.FAILED, why=str(why)), fence)
            return
        wait = min(timedelta(seconds=5 * 4 ** (one.attempt - 1)), _LONGEST_WAIT)
        await self._inbound.postpone(one.id, fence, self._clock.now() + wait, str(why))

    async def _take_in(self, one: Inbound, fence: str) -> None:
        heard = one.heard
        assert heard is not None
        if one.attempt == 1 and not await self._room(one, heard, fence):
            return
        wish = wanted(heard)
        for _ in range(_TRIES):
            try:
                await self._db.transaction(partial(self._carried_out, one, heard, wish, fence))
                return
            except (DuplicateKey, CaseChanged):
                continue  # the number was taken: another is drawn; or somebody else took a step
            except Outcome as outcome:  # what stands in the way is said to the sender, as anybody is told it
                wish = ToAnswer(outcome.code) if outcome.data == {} else ToAnswer("INBOUND_NOT_POSSIBLE")
        await self._put_off(one, fence, CaseChanged.code)

    async def _room(self, one: Inbound, heard: Heard, fence: str) -> bool:
        """False when the sender has written too often today: he is told so once, and the rest is dropped."""
        try:
            await self._limits.take(PER_SENDER, one.sender)
            return True
        except RateLimited:
            dropped = one.settled(InboundState.DROPPED, why=RateLimited.code)

        async def work(tx: Tx) -> None:
            if await self._inbound.settle(dropped, fence, tx):
                day = self._clock.now().date().isoformat()
                told = f"{one.sender}:{day}"
                await self._say(one, heard, "INBOUND_TOO_MANY", tx, id_=told)

        try:
            await self._db.transaction(work)
        except DuplicateKey:  # he was told today
            await self._inbound.settle(dropped, fence)
        return False

    async def _carried_out(self, one: Inbound, heard: Heard, wish: Wanted, fence: str, tx: Tx) -> None:
        match wish:
            case ToFile():
                settled = await self._file(one, heard, wish, tx)
            case ToTell():
                settled = await self._tell(one, heard, wish, tx)
            case ToAdd() | ToRate():
                settled = await self._step(one, heard, wish, tx)
            case ToAnswer():
                await self._say(one, heard, wish.code, tx)
                settled = one.settled(InboundState.ANSWERED, why=wish.code)
        if not await self._inbound.settle(settled, fence, tx):
            raise _Settled

    async def _file(self, one: Inbound, heard: Heard, wish: ToFile, tx: Tx) -> Inbound:
        text = f"{wish.title} {wish.text}"
        category = category_of(self._categories.tree, text)
        if category is None:
            raise LookupError("no categories yet")  # it is tried again
        filing = Filing(
            kind=wish.kind,
            channel=one.channel,
            category=category,
            identity=Identity.NAMED,
            words=Words(wish.title[:60], wish.text, contact=heard.sender),
            place=await self._place(one, heard),
            origin=f"{_INBOUND}{one.id}",
        )
        filed = await self._filing.new(_by(one), filing, None, tx)
        link = f"{self._link}?case={filed.case.number}&receipt={filed.receipt}"
        await self._say(one, heard, "INBOUND_FILED", tx, case=filed.case.id, number=filed.case.number, link=link)
        return one.settled(InboundState.FILED, case=filed.case.id, number=filed.case.number)

    async def _place(self, one: Inbound, heard: Heard) -> Place:
        """Where the sender shared that he is, in this message or in one shortly before."""
        point = heard.point or await self._inbound.place_of(one.sender, one.at - PLACE_KEPT)
        if point is not None:
            try:
                return self._places.placed(point)
            except Outcome as outcome:
                if not isinstance(outcome, OutsideCity):
                    return Place(self._division, point)
        return Place(self._division)

    async def _tell(self, one: Inbound, heard: Heard, wish: ToTell, tx: Tx) -> Inbound:
        case = await self._of_sender(one, wish.number)
        if case is None:
            await self._say(one, heard, _NONE_SUCH.code, tx)
            return one.settled(InboundState.ANSWERED, why=_NONE_SUCH.code)
        stands = message(f"INBOUND_STATE_{case.state.name}", heard.locale)
        await self._say(one, heard, "INBOUND_STANDS", tx, case=case.id, number=case.number, state=stands)
        return one.settled(InboundState.ANSWERED, case=case.id, number=case.number, why="INBOUND_STANDS")

    async def _step(self, one: Inbound, heard: Heard, wish: ToAdd | ToRate, tx: Tx) -> Inbound:
        if heard.is_proved:
            was = await self._of_sender(one, wish.number)
            missing = _NONE_SUCH
        else:
            was, wish = await self._shown(wish)
            missing = _BY_LINK
        if was is None:
            await self._say(one, heard, missing.code, tx)
            return one.settled(InboundState.ANSWERED, why=missing.code)
        if isinstance(wish, ToAdd):
            now, code = was.commented(said(wish.text, "text"), (), _by(one), self._clock.now()), "INBOUND_ADDED"
        else:
            at, solved = self._clock.now(), wish.grade >= CONTENT_FROM
            rating = CaseRating(solved, wish.grade, at, NOBODY.acting(), was.round, wish.reason)
            now, code = was.rated(rating, NOBODY), "INBOUND_RATED"
        kept = await self._steps.keep(_by(one), now, was, tx)
        await self._say(one, heard, code, tx, case=kept.id, number=kept.number)
        return one.settled(InboundState.FILED, case=kept.id, number=kept.number)

    async def _shown(self, wish: ToAdd | ToRate) -> tuple[Case | None, ToAdd | ToRate]:
        """The case whose number is written with its receipt, and the wish without the receipt: whoever has that may
        take the step, whatever sender is written above.
        """
        receipt, rest = wish.receipt
        number = parsed_number(wish.number, PREFIX) if wish.number else None
        found = await self._cases.id_of(number) if number and receipt else None
        case = await self._cases.get(found) if found else None
        if case is None or case.receipt is None:
            return None, wish
        right = hmac.compare_digest(case.receipt, self._filing.receipt_hash(receipt))
        return (case, rest) if right else (None, wish)

    async def _of_sender(self, one: Inbound, number: str | None) -> Case | None:
        """A case that this very sender's message became, and nobody else's."""
        wanted_ = parsed_number(number, PREFIX) if number else None
        if number and wanted_ is None:
            return None
        case = await self._inbound.case_of(one.sender, wanted_)
        return await self._cases.get(case) if case else None

    async def _say(
        self,
        one: Inbound,
        heard: Heard,
        code: str,
        tx: Tx,
        *,
        case: str | None = None,
        id_: str | None = None,
        **facts: str,
    ) -> None:
        locale: Locale = heard.locale
        await self._answers.say(
            one.channel,
            heard.sender,
            code,
            tx,
            locale=locale,
            inbound=one.id,
            case=case,
            id_=id_,
            reply_to=heard.message,
            **facts,
        )


class _Settled(Exception):
    """Another worker was faster: nothing of this transaction stays."""


def _way_back(case: Case, contact: str) -> CaseChannel | None:
    """Of who wrote, his own; what a seat, a page or an Open311 client wrote down of somebody is a number or an address
    of mail, by whichever channel he came. None: a number that is not texted.
    """
    if (case.origin or "").startswith(_INBOUND):
        return case.channel
    if "@" in contact:
        return CaseChannel.MAIL
    return CaseChannel.SMS if is_texted(contact) else None


def _by(one: Inbound) -> Viewer:
    """A sender without an account: who that is, is sealed in the case."""
    return replace(NOBODY, role=Role.CITIZEN, actor=f"channel:{one.channel}")
