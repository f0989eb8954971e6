"""A gate without network: the list that it fetches while it has one, and what it lets in by that list.

The list is a CWT of the city's card key: of each pass that is not as it was made, how many entries were used and
whether it was revoked; and the places of the residents' cards. It is refused when it is older than two hours. What the
gate cannot know is stated (`StaleWindow`): what was revoked, or used at another gate, after the list was made.

The list of a large estate comes in parts, each of which says where it begins and ends; after that a gate asks only for
what has changed since its list was made (`GateList.followed_by`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any
from uuid import UUID

from app.domains.community.gates.errors import GateListMalformed, GateListUnfit, GateListUntrusted, HolderNotResident
from app.domains.community.gates.model import CLOCK_LEEWAY, MOST_REPORTED, Reported, Way
from app.domains.community.visitors import offline
from app.domains.community.visitors.errors import GateClockOff, GateListStale, PassCodeSpent, PassWrongGate
from app.domains.community.visitors.model import Standing, demand_gate, refusal
from app.domains.community.visitors.offline import PassClaims
from virtual_card.codes import offline as card_codes
from virtual_card.codes.errors import OfflineCodeForOtherPurpose, OfflineCodeReplayed
from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.codes.model import Purpose
from virtual_card.codes.signed import Reader, sign

TYPE = "application/rong-gate-list+cwt"
MAX_AGE = timedelta(hours=2)
_SUB, _IAT, _LIST, _PART, _SINCE = 2, 6, -65539, -65540, -65541
_END_OF_TIME = 2**33
_reader = Reader(malformed=GateListMalformed, untrusted=GateListUntrusted, typ=TYPE)


@dataclass(frozen=True, slots=True)
class GateList:
    """Of one estate. `used` entries by pass; `revoked` passes; `cards` of residents by their places.

    A part of a whole list runs from `begin` to `end` ("" are its two ends). What has changed `since` some moment says
    in `gone` which cards are residents' no more.
    """

    estate: str
    issued_at: datetime
    used: dict[str, int]
    revoked: frozenset[str]
    cards: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    begin: str = ""
    end: str = ""
    since: datetime | None = None

    @property
    def whole(self) -> bool:
        return self.since is None and not self.begin and not self.end

    def age(self, now: datetime) -> timedelta:
        return max(now - self.issued_at, timedelta())

    def demand_fresh(self, now: datetime) -> None:
        """Raises GateListStale, GateClockOff."""
        if self.issued_at - now > CLOCK_LEEWAY:
            raise GateClockOff(int((self.issued_at - now).total_seconds()))
        if self.age(now) > MAX_AGE:
            raise GateListStale(int(self.age(now).total_seconds()), int(MAX_AGE.total_seconds()))

    def followed_by(self, more: GateList) -> GateList:
        """With the next part, or with what has changed since. Raises GateListUnfit: nothing may lie between the two."""
        if more.estate != self.estate:
            raise GateListUnfit
        used, revoked = self.used | more.used, self.revoked | more.revoked
        cards = (self.cards - more.gone) | more.cards
        if more.since is not None:
            if not self.whole or more.since > self.issued_at:
                raise GateListUnfit
            return replace(self, issued_at=more.issued_at, used=used, revoked=revoked, cards=cards)
        if not self.end or more.begin != self.end:
            raise GateListUnfit
        return replace(self, used=used, revoked=revoked, cards=cards, end=more.end)


@dataclass(frozen=True, slots=True)
class StaleWindow:
    """For how long what was revoked, or used elsewhere, can still pass here: as long as the list is old."""

    length: timedelta

    @property
    def zh(self) -> str:
        return (
            f"离线名单的时间为 {_seconds(self.length)} 秒前。在此之后撤销的、或在其他门用过的通行证，"
            f"在本门仍可能通过；名单超过 {_seconds(MAX_AGE)} 秒即停止放行。"
        )

    @property
    def en(self) -> str:
        return (
            f"The list is {_seconds(self.length)} s old. A pass revoked since, or used since at another gate, can "
            f"still be let in here; a list older than {_seconds(MAX_AGE)} s lets nobody in."
        )


@dataclass(frozen=True, slots=True)
class LetIn:
    """`left`: entries of a visitor's pass, as far as this gate knows."""

    way: Way
    left: int | None
    window: StaleWindow


@dataclass(frozen=True, slots=True)
class Told:
    """What a list, a part of one, or a change of one says. `passes`: (pass, used, revoked)."""

    passes: Sequence[tuple[str, int, bool]]
    cards: Collection[int]
    gone: Collection[int] = ()
    begin: str = ""
    end: str = ""
    since: datetime | None = None


def encode(estate: str, told: Told, key: SigningKey, now: datetime) -> bytes:
    """The signed list. Places are told by their distances: that of a large city's cards is half as long."""
    passes = [[UUID(pass_id).bytes, used, revoked] for pass_id, used, revoked in told.passes]
    claims: dict[int, Any] = {_SUB: estate, _IAT: int(now.timestamp())}
    claims |= {_LIST: [passes, _apart(told.cards), _apart(told.gone)], _PART: [told.begin, told.end]}
    if told.since is not None:
        claims[_SINCE] = int(told.since.timestamp())
    return sign(claims, key, typ=TYPE)


def decode(data: bytes, keys: KeySet) -> GateList:
    """Raises GateListMalformed, GateListUntrusted."""
    match _reader.claims(data, keys):
        case {
            2: str(estate),
            6: int(issued),
            -65539: [list(told), list(cards), list(gone)],
            -65540: [str(begin), str(end)],
            **others,
        } if 0 < issued < _END_OF_TIME:
            pass
        case _:
            raise GateListMalformed
    since = others.get(_SINCE)
    if not (since is None or (isinstance(since, int) and 0 < since <= issued)):
        raise GateListMalformed
    rows = [_row(row) for row in told]
    return GateList(
        estate,
        datetime.fromtimestamp(issued, UTC),
        {pass_id: times for pass_id, times, _ in rows},
        frozenset(pass_id for pass_id, _, ended in rows if ended),
        _places(cards),
        _places(gone),
        begin,
        end,
        None if since is None else datetime.fromtimestamp(since, UTC),
    )


@dataclass(frozen=True, slots=True)
class _Use:
    """An entry that was let in here. `settled`: when the city was told of it."""

    pass_id: str
    reference: str
    settled: datetime | None = None


class OfflineGate:
    """One gate. What it has let in stays in `journal` until the city has answered for it: whoever builds a gate keeps
    that where a power cut does not reach it.
    """

    def __init__(self, estate: str, code: str, keys: KeySet, list_: GateList) -> None:
        self.estate = estate
        self.code = code
        self.journal: list[Reported] = []
        self._uses: list[_Use] = []
        self._seen: dict[str, datetime] = {}
        self.keys, self.list = keys, _complete(list_)

    def refresh(self, keys: KeySet, list_: GateList) -> None:
        """Take a whole list, or what has changed since the one that it has. Raises GateListUnfit."""
        self.keys, self.list = keys, _complete(list_ if list_.whole else self.list.followed_by(list_))
        # A list knows of the entries that the city was told of before it was made.
        self._uses = [one for one in self._uses if one.settled is None or one.settled >= self.list.issued_at]

    def pending(self) -> list[Reported]:
        """What is to be told next: as many as are taken at once."""
        return self.journal[:MOST_REPORTED]

    def settled(self, references: Collection[str], now: datetime) -> None:
        """The city has answered for these."""
        heard = set(references)
        self.journal = [one for one in self.journal if one.reference not in heard]
        self._uses = [replace(one, settled=now) if one.reference in heard else one for one in self._uses]

    def check(self, text: str, now: datetime) -> LetIn:
        """Let somebody in, once by each code and no more often than his pass says.

        Raises what a pass or a card's code can be refused with, GateListStale, GateClockOff, HolderNotResident.
        """
        self.list.demand_fresh(now)
        if offline.is_one(text):
            return self._visitor(offline.open_(text, self.keys, now), text, now)
        return self._resident(text, now)

    def stale_window(self, now: datetime) -> StaleWindow:
        return StaleWindow(self.list.age(now))

    def _visitor(self, claims: PassClaims, text: str, now: datetime) -> LetIn:
        if claims.estate != self.estate:
            raise PassWrongGate
        demand_gate(claims.gates, self.code)
        self._demand_unseen(claims.entry, now, PassCodeSpent())
        here = sum(one.pass_id == claims.pass_id for one in self._uses)
        used = self.list.used.get(claims.pass_id, 0) + here
        refused = refusal(_standing(claims, used, self.list, now), claims.entries, claims.begins, claims.ends)
        if refused is not None:
            raise refused
        reference = self._remember(claims.entry, claims.issued_at + offline.LIFE + offline.LEEWAY, text, now)
        self._uses.append(_Use(claims.pass_id, reference))
        return LetIn(Way.VISITOR, claims.entries - used - 1, self.stale_window(now))

    def _resident(self, text: str, now: datetime) -> LetIn:
        claims = card_codes.open_(text, self.keys, now)
        if claims.purpose != Purpose.GATE.value:
            raise OfflineCodeForOtherPurpose(expected=Purpose.GATE.value, actual=claims.purpose)
        if claims.status_index not in self.list.cards:
            raise HolderNotResident
        code_id = claims.code_id.hex()
        self._demand_unseen(code_id, now, OfflineCodeReplayed())
        self._remember(code_id, claims.expires_at + card_codes.LEEWAY, text, now)
        return LetIn(Way.CARD, None, self.stale_window(now))

    def _demand_unseen(self, code: str, now: datetime, otherwise: Exception) -> None:
        if self._seen.get(code, now) > now:
            raise otherwise

    def _remember(self, code: str, until: datetime, text: str, now: datetime) -> str:
        """Its reference in the journal."""
        self._seen = {one: end for one, end in self._seen.items() if end > now} | {code: until}
        self.journal.append(Reported(code[-40:], text, now))
        return code[-40:]


def _complete(list_: GateList) -> GateList:
    """Raises GateListUnfit: a part of a list does not say who was revoked in another."""
    if not list_.whole:
        raise GateListUnfit
    return list_


def _standing(claims: PassClaims, used: int, list_: GateList, now: datetime) -> Standing:
    if claims.pass_id in list_.revoked:
        return Standing.REVOKED
    if used >= claims.entries:
        return Standing.USED
    if now >= claims.ends:
        return Standing.OVER
    return Standing.EARLY if now < claims.begins else Standing.GOOD


def _row(row: Any) -> tuple[str, int, bool]:
    match row:
        case [bytes(pass_id), int(used), bool(revoked)] if len(pass_id) == 16:
            return str(UUID(bytes=pass_id)), used, revoked
    raise GateListMalformed


def _apart(places: Iterable[int]) -> list[int]:
    """The first, then how far each is from the one before."""
    ordered = sorted(places)
    return [*ordered[:1], *(after - before for before, after in pairwise(ordered))]


def _places(apart: list[Any]) -> frozenset[int]:
    """Raises GateListMalformed."""
    if not all(isinstance(one, int) and 0 <= one < _END_OF_TIME for one in apart):
        raise GateListMalformed
    return frozenset(accumulate(apart))


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
