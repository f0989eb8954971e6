"""The home page of a person, put together from the rooms; what he chooses of it; the scenes.

Whatever he has, it is a handful of commands: what is due is asked of all rooms by one (`Database.gather`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, Document, Part, Tx
from app.core.places.model import Point
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.life.home.errors import SceneUnfit
from app.domains.life.home.model import (
    MOST_CHOSEN,
    MOST_FOR_A_REASON,
    MOST_OF_A_WARD,
    MOST_WARDS,
    TURNS_OF_AGE,
    WAVED_AWAY_FOR,
    Choices,
    Due,
    Entry,
    Home,
    Near,
    OfWard,
    PartOfDay,
    Scene,
    Suggestion,
    Turn,
    Ward,
    Why,
    in_order,
    nearest,
    ordered,
    parsed_key,
    part_of_day,
    suggested,
    turns_of_age,
)
from app.domains.life.home.store import ChoiceStore, SceneStore, scene_of

_MOST_NEAR = 6
_MOST_SCENES, _MOST_ENTRIES = 12, 12
_DONE = TypeAdapter(bool)


@dataclass(frozen=True, slots=True)
class Person:
    """`birth_month`: `YYYY-MM`, of who is verified."""

    name: str | None
    verified: bool
    birth_month: str | None


class People(Protocol):
    async def people(self, citizens: Sequence[str]) -> Mapping[str, Person]: ...

    def wards(self, citizen: str, now: datetime, most: int) -> Part[Ward]:
        """For whom he acts now."""


class DueRoom(Protocol):
    """A room in which something may wait for a citizen. It is asked together with the others, by one command."""

    def asks(self, citizen: str, now: datetime) -> Part[Any]: ...

    def due(self, found: Sequence[Any], now: datetime) -> list[Due]: ...


class Services(Protocol):
    """The catalogue: what it has for a turn of life, and what somebody applied for before."""

    def for_turn(self, turn: Turn, most: int) -> Part[Any]: ...

    def at_turn(self, found: Any, turn: Turn) -> Suggestion: ...

    def used(self, citizen: str) -> Part[Any]: ...

    def used_before(self, found: Any) -> Suggestion | None:
        """None: it is offered no more."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """`of_wards`: those that are asked for a ward, too, each with the matter that his guardian must see to."""

    own: Sequence[DueRoom]
    of_wards: Sequence[tuple[str, DueRoom]]

    def asked(self, citizen: str, wards: Sequence[Ward]) -> list[tuple[str, DueRoom]]:
        """Whose, and where."""
        theirs = [(ward.id, room) for ward in wards for scope, room in self.of_wards if scope in ward.scopes]
        return [*((citizen, room) for room in self.own), *theirs]


NearBy = Callable[[Point], Awaitable[Sequence[Near]]]


class HomeService:
    def __init__(
        self,
        db: Database,
        choices: ChoiceStore,
        people: People,
        rooms: Rooms,
        services: Services,
        unread: Callable[[str], Part[int]],
        near: Sequence[NearBy],
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._choices = choices
        self._people = people
        self._rooms = rooms
        self._services = services
        self._unread = unread
        self._near = near
        self._idempotency = idempotency
        self._clock = clock

    async def look(self, viewer: Viewer, at: Point | None) -> Home:
        """`at`: where he is, if he says so; it is not kept."""
        citizen, now = viewer.self_only(), self._clock.now()
        choices, wards = await self._himself(citizen, now)
        people, gathered, near = await asyncio.gather(
            self._people.people([citizen, *(ward.id for ward in wards)]),
            self._gathered(citizen, choices, wards, now),
            self._around(at),
        )
        person, due = people[citizen], gathered.due
        return Home(
            name=person.name,
            verified=person.verified,
            part_of_day=part_of_day(now),
            due=ordered(due[citizen], now),
            wards=tuple(
                OfWard(ward, people[ward.id].name, ordered(due[ward.id], now, MOST_OF_A_WARD)) for ward in wards
            ),
            unread=gathered.unread,
            suggestions=suggested(gathered.for_reasons(_reasons(person, choices, now)), choices, now),
            near=near,
            turns=choices.turns,
        )

    async def around(self, at: Point | None) -> tuple[PartOfDay, tuple[Near, ...]]:
        """What of it is for everybody, signed in or not."""
        return part_of_day(self._clock.now()), await self._around(at)

    async def choose(self, viewer: Viewer, turns: Collection[Turn], key: str) -> tuple[Turn, ...]:
        """At most three, in this order; none takes them back. Raises BadInput, IdempotencyConflict."""
        citizen, wanted = viewer.self_only(), tuple(dict.fromkeys(turns))
        if len(wanted) > MOST_CHOSEN:
            raise BadInput(field="turns")

        async def work(tx: Tx) -> bool:
            await self._choices.choose(citizen, wanted, tx)
            return True

        await self._idempotency.once(Call.of(viewer, "chooseLifeEvents", key, wanted), _DONE, work)
        return wanted

    async def wave_away(self, viewer: Viewer, suggestion: str, key: str) -> None:
        """For ninety days. Raises SuggestionUnknown, IdempotencyConflict."""
        citizen, wanted, now = viewer.self_only(), parsed_key(suggestion), self._clock.now()

        async def work(tx: Tx) -> bool:
            await self._choices.wave_away(citizen, wanted, now, now - WAVED_AWAY_FOR, tx)
            return True

        await self._idempotency.once(Call.of(viewer, "dismissSuggestion", key, wanted), _DONE, work)

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """He leaves the city."""
        await self._choices.forget(citizen)

    async def _himself(self, citizen: str, now: datetime) -> tuple[Choices, list[Ward]]:
        asked: list[Part[Any]] = [self._choices.of(citizen), self._people.wards(citizen, now, MOST_WARDS)]
        chosen, wards = await self._db.gather(asked)
        return next(iter(chosen), Choices(citizen)), wards

    async def _gathered(self, citizen: str, choices: Choices, wards: Sequence[Ward], now: datetime) -> _Gathered:
        """All that waits, and what each reason would suggest: how old he is is not known yet."""
        turns, rooms = list(dict.fromkeys((*choices.turns, *TURNS_OF_AGE))), self._rooms.asked(citizen, wards)
        wanted = MOST_FOR_A_REASON + len(choices.hidden(now))
        services = [self._services.used(citizen), *(self._services.for_turn(turn, wanted) for turn in turns)]
        parts = [self._unread(citizen), *services, *(room.asks(whose, now) for whose, room in rooms)]
        unread, used, *found = await self._db.gather(parts)
        due: dict[str, list[Due]] = {whose: [] for whose in (citizen, *(ward.id for ward in wards))}
        for (whose, room), rows in zip(rooms, found[len(turns) :], strict=True):
            due[whose] += room.due(rows, now)
        return _Gathered(
            due,
            sum(unread),
            [one for row in used if (one := self._services.used_before(row)) is not None],
            {
                turn: [self._services.at_turn(row, turn) for row in rows]
                for turn, rows in zip(turns, found[: len(turns)], strict=True)
            },
        )

    async def _around(self, at: Point | None) -> tuple[Near, ...]:
        if at is None:
            return ()
        found = await asyncio.gather(*(near(at) for near in self._near))
        return nearest((one for some in found for one in some), _MOST_NEAR)


@dataclass(frozen=True, slots=True)
class _Gathered:
    """`due` by whose it is; services by the turn of life."""

    due: Mapping[str, Sequence[Due]]
    unread: int
    used: Sequence[Suggestion]
    at_turns: Mapping[Turn, Sequence[Suggestion]]

    def for_reasons(self, reasons: Sequence[tuple[Why, Turn]]) -> list[Suggestion]:
        """What he chose before what his age says, and both before what he used."""
        return [*(replace(one, why=why) for why, turn in reasons for one in self.at_turns[turn]), *self.used]


def _reasons(person: Person, choices: Choices, now: datetime) -> list[tuple[Why, Turn]]:
    by_age = [turn for turn in turns_of_age(person.birth_month, civil_day(now)) if turn not in choices.turns]
    return [*((Why.CHOSEN, turn) for turn in choices.turns), *((Why.AGE, turn) for turn in by_age)]


class Scenes:
    """Few, kept in memory, written by the desk."""

    def __init__(self, db: Database, scenes: SceneStore, audit: Audit) -> None:
        self._db = db
        self._scenes = scenes
        self._audit = audit
        self._known: dict[str, Scene] = {}

    @property
    def all(self) -> Sequence[Scene]:
        return in_order(self._known.values())

    async def load(self) -> None:
        self._known = {one.code: one for one in await self._scenes.all()}

    def changed(self, row: Document) -> None:
        scene = scene_of(row)
        self._known[scene.code] = scene

    async def put(self, viewer: Viewer, scene: Scene) -> Scene:
        """A new one, or another one in its place. Repeating is safe. Raises SceneUnfit."""
        _demand_fit(scene, self._known)

        async def work(tx: Tx) -> None:
            await self._scenes.put(scene, tx)
            facts: dict[str, Any] = {"place": scene.place, "entries": len(scene.entries)}
            await self._audit.record(viewer, "scene.put", scene.code, tx, **facts)

        await self._db.transaction(work)
        self._known[scene.code] = scene
        return scene


def _demand_fit(scene: Scene, known: Collection[str]) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,29}", scene.code) or (
        scene.code not in known and len(known) >= _MOST_SCENES
    ):
        raise SceneUnfit("code")
    if not _is_name(scene.name):
        raise SceneUnfit("name")
    if not 1 <= scene.place <= _MOST_SCENES:
        raise SceneUnfit("place")
    if not 1 <= len(scene.entries) <= _MOST_ENTRIES or not all(map(_is_entry, scene.entries)):
        raise SceneUnfit("entries")


def _is_name(said: Said) -> bool:
    return 1 <= len(said.zh.strip()) <= 20 and len(said.en) <= 60 and (said.zh + said.en).isprintable()


def _is_entry(entry: Entry) -> bool:
    """Within the app only: a scene leads nowhere else."""
    return _is_name(entry.name) and re.fullmatch(r"/(?!/)[\w/?=&%.,:-]{0,200}", entry.to) is not None
