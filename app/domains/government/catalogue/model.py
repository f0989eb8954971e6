"""Service items (政务服务事项): what the city does for people, in versions, and which unit offers each.

An item is *defined* once (`Item`, by code) and *offered* at many units (`Offer`, by code and unit).

draft ── published ──> published (version 2, 3 …: an amendment; applications keep the version they were made under)
published ── cancelled | merged into another item ──> gone from search; what was applied for goes on
offers ── delegated ──> the same item at units of another level

The newest version that was ever published is the *current* one. A draft is always the highest version of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.core.said import UNSAID, Said
from app.domains.government.catalogue.errors import ItemNotInState
from app.domains.identity.organisations.model import Level


class Audience(StrEnum):
    PERSON = "person"
    BUSINESS = "business"


class Category(StrEnum):
    """The 21 subjects by which the catalogue is laid out."""

    BIRTH_ADOPTION = "birth_adoption"
    HOUSEHOLD = "household"
    IDENTITY_DOCUMENTS = "identity_documents"
    EDUCATION = "education"
    MILITARY = "military"
    EMPLOYMENT = "employment"
    MARRIAGE = "marriage"
    SOCIAL_SECURITY = "social_security"
    MEDICAL = "medical"
    HOUSING = "housing"
    HOUSING_FUND = "housing_fund"
    TRANSPORT = "transport"
    EXIT_ENTRY = "exit_entry"
    TAX = "tax"
    BUSINESS = "business"
    PERMITS = "permits"
    CONSTRUCTION = "construction"
    ENVIRONMENT = "environment"
    JUSTICE = "justice"
    CULTURE_TOURISM = "culture_tourism"
    LATER_LIFE = "later_life"


class LifeEvent(StrEnum):
    BIRTH = "birth"
    CHILDREN_CARE = "children_care"
    SCHOOL = "school"
    COMING_OF_AGE = "coming_of_age"
    JOB = "job"
    START_BUSINESS = "start_business"
    MARRIAGE = "marriage"
    BUY_HOME = "buy_home"
    MOVE = "move"
    CAR = "car"
    ILLNESS = "illness"
    DISABILITY = "disability"
    MILITARY = "military"
    RETIREMENT = "retirement"
    BEREAVEMENT = "bereavement"
    GOING_ABROAD = "going_abroad"
    HARDSHIP = "hardship"


class Depth(StrEnum):
    """How far one gets online: read about it, apply and come once, or have all of it done."""

    INFORMATION = "information"
    ONLINE_ACCEPT = "online_accept"
    ONLINE_WHOLE = "online_whole"


class Channel(StrEnum):
    APP = "app"
    COUNTER = "counter"
    KIOSK = "kiosk"
    POST = "post"
    PHONE = "phone"


class MaterialForm(StrEnum):
    ORIGINAL = "original"
    COPY = "copy"
    ELECTRONIC = "electronic"


@dataclass(frozen=True, slots=True)
class Material:
    """What an applicant brings. A `licence` he holds in the app (its kind), or shared `data` (`set.field`) of another
    department, can stand in for it.

    `needed`: `always`, `unless_known` (the city may know it already), `if_agent` (somebody else applies), or
    `if:FIELD=VALUE` of the form.
    """

    key: str
    name: Said
    form: MaterialForm
    needed: str = "always"
    licence: str | None = None
    data: str | None = None
    note: Said | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    """`amount` in fen (CNY)."""

    amount: int
    what: Said


class ItemState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    MERGED = "merged"


class ItemStep(StrEnum):
    DRAFTED = "drafted"
    PUBLISHED = "published"
    IMPORTED = "imported"
    CANCELLED = "cancelled"
    MERGED = "merged"
    DELEGATED = "delegated"


@dataclass(frozen=True, slots=True)
class Step:
    """`by` is who did it: an id of staff or client, `shell` or `seed`."""

    what: ItemStep
    by: str
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One version of an item.

    `owner` is the organisation that defines it. `statutory_days` and `promised_days` are working days; 0 is on the
    spot. `visits`: how often one has to come. `form` is a JSON Schema (2020-12) of what is asked, or None where one
    only reads. `result`: `licence:KIND`, `approval`, `proof`, `payment`, `registration` or `none`. `also` is what
    people call it. `popularity` (1 to 100) is where counting starts. `merged_into` is another item's code. `revision`
    counts the writes of this version: each says which it follows.
    """

    code: str
    version: int
    state: ItemState
    owner: str
    name: Said
    category: Category
    audience: frozenset[Audience]
    levels: frozenset[Level]
    visits: int
    depth: Depth
    statutory_days: int
    promised_days: int
    published_at: datetime | None = None
    also: tuple[str, ...] = ()
    life_events: frozenset[LifeEvent] = frozenset()
    fees: tuple[Fee, ...] = ()
    conditions: tuple[Said, ...] = ()
    materials: tuple[Material, ...] = ()
    basis: tuple[str, ...] = ()
    guide: Said = UNSAID
    channels: frozenset[Channel] = frozenset({Channel.COUNTER})
    languages: tuple[str, ...] = ("zh",)
    form: Mapping[str, Any] | None = field(default=None, hash=False)
    result: str = "none"
    popularity: int = 1
    merged_into: str | None = None
    current: bool = False
    revision: int = 0
    history: tuple[Step, ...] = field(default=(), hash=False)

    @property
    def id(self) -> str:
        return f"{self.code}@{self.version}"

    @property
    def shown(self) -> bool:
        """Whether people find it."""
        return self.current and self.state is ItemState.PUBLISHED

    @property
    def applied_for_online(self) -> bool:
        return self.state is ItemState.PUBLISHED and self.depth is not Depth.INFORMATION and self.form is not None

    @property
    def licence_kind(self) -> str | None:
        """The kind of licence that comes of it, if one does."""
        verb, _, kind = self.result.partition(":")
        return kind if verb == "licence" else None

    @property
    def content(self) -> Item:
        """What it says, without what became of it: equal contents need no new version."""
        bare = {"state": ItemState.DRAFT, "published_at": None, "merged_into": None, "current": False, "history": ()}
        return replace(self, version=0, revision=0, **bare)  # type: ignore[arg-type]

    def differing(self, before: Item) -> list[str]:
        """The fields in which its content differs from another version's."""
        mine, other = self.content, before.content
        return [one.name for one in fields(self) if getattr(mine, one.name) != getattr(other, one.name)]

    def drafted(self, newest: Item | None, by: str, at: datetime) -> Item:
        """This content as the draft that follows `newest`: its next version, or that draft anew.

        Raises ItemNotInState (it was cancelled or merged).
        """
        step = Step(ItemStep.DRAFTED, by, at)
        if newest is None:
            return replace(self.content, version=1, revision=1, history=(step,))
        if newest.state is ItemState.DRAFT:
            history = (*newest.history[-_STEPS:], step)
            return replace(self.content, version=newest.version, revision=newest.revision + 1, history=history)
        newest.demand(ItemState.PUBLISHED)
        return replace(self.content, version=newest.version + 1, revision=1, history=(step,))

    def published(self, by: str, at: datetime, what: ItemStep = ItemStep.PUBLISHED) -> Item:
        """Raises ItemNotInState (it is no draft)."""
        self.demand(ItemState.DRAFT)
        return self._stepped(what, by, at, state=ItemState.PUBLISHED, current=True, published_at=at)

    def cancelled(self, by: str, at: datetime, reason: str) -> Item:
        """Raises ItemNotInState."""
        self.demand(ItemState.PUBLISHED)
        return self._stepped(ItemStep.CANCELLED, by, at, reason, state=ItemState.CANCELLED)

    def merged(self, into: Item, by: str, at: datetime, reason: str) -> Item:
        """Raises ItemNotInState (of either)."""
        self.demand(ItemState.PUBLISHED)
        into.demand(ItemState.PUBLISHED)
        return self._stepped(ItemStep.MERGED, by, at, reason, state=ItemState.MERGED, merged_into=into.code)

    def delegated(self, levels: frozenset[Level], by: str, at: datetime, reason: str) -> Item:
        """Its next version, published, at these levels. Raises ItemNotInState."""
        self.demand(ItemState.PUBLISHED)
        fresh = replace(self.content, levels=levels, version=self.version + 1, revision=0)
        changed = {"state": ItemState.PUBLISHED, "current": True, "published_at": at}
        return fresh._stepped(ItemStep.DELEGATED, by, at, reason, **changed)

    def demand(self, state: ItemState) -> None:
        """Raises ItemNotInState."""
        if self.state is not state:
            raise ItemNotInState(self.code, self.state.value)

    def _stepped(self, what: ItemStep, by: str, at: datetime, reason: str | None = None, **changed: Any) -> Item:
        steps = (*self.history, Step(what, by, at, reason))
        return replace(self, revision=self.revision + 1, history=steps, **changed)


_STEPS = 20  # of a draft that is saved again and again, the last ones are kept


class OfferState(StrEnum):
    OFFERED = "offered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Offer:
    """An item at a unit. What is None is as the item says. `system` is the department's own back end, when
    applications are handled there and not in Rong. `division` is the 12-digit code of the government the unit is, or
    belongs to: by it the unit nearest to an address is found.
    """

    item: str
    unit: str
    level: Level
    state: OfferState = OfferState.OFFERED
    promised_days: int | None = None
    place: Said | None = None
    hours: Said | None = None
    phone: str | None = None
    system: str | None = None
    division: str = ""

    @property
    def id(self) -> str:
        return f"{self.item}@{self.unit}"

    @property
    def offered(self) -> bool:
        return self.state is OfferState.OFFERED
