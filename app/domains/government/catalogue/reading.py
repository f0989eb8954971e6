"""An item as it is written in a file (JSON), read into the model; every fault of its form is named, with its place.

Texts in two languages are `[zh, en]` or one text in Chinese; what is left out takes the model's own value. The same
names are used by the import of JSON Lines and of CSV, and by the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from app.core.said import UNSAID, Said
from app.domains.government.catalogue import checks
from app.domains.government.catalogue.errors import Misfit, Unfit
from app.domains.government.catalogue.model import (
    Audience,
    Category,
    Channel,
    Depth,
    Fee,
    Item,
    ItemState,
    LifeEvent,
    Material,
    MaterialForm,
)
from app.domains.identity.organisations.model import Level

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")
NEEDED = frozenset({"code", "name", "category", "audience", "levels", "visits", "depth"})
KNOWN = NEEDED | {
    "owner", "also", "life_events", "statutory_days", "promised_days", "fees", "conditions", "materials", "basis",
    "guide", "channels", "languages", "form", "result", "popularity", "units",
}  # fmt: skip
_MATERIAL = frozenset({"key", "name", "form", "needed", "licence", "data", "note"})
_MOST_FAULTS = 50


def read_item(said: Mapping[str, Any], owner: str) -> tuple[Item | None, tuple[Unfit, ...]]:
    """The content of an item, as a draft of nobody yet; or what is wrong with it. `owner` when it names none."""
    reader = _Reader(said)
    item = reader.item(owner)
    if reader.faults:
        return None, tuple(reader.faults[:_MOST_FAULTS])
    faults = tuple(checks.unfit(item))[:_MOST_FAULTS]
    return (None, faults) if faults else (item, ())


@dataclass(slots=True)
class _Reader:
    """Reads one row; what cannot be read is noted, and something harmless stands in its place."""

    said: Mapping[str, Any]
    faults: list[Unfit] = field(default_factory=list)

    def item(self, owner: str) -> Item:
        for name in sorted(NEEDED - self.said.keys()):
            self.bad(name, Misfit.MISSING)
        for name in sorted(str(name) for name in self.said.keys() - KNOWN):
            self.bad(name[:60], Misfit.UNKNOWN)
        return Item(
            code=self.text("code"),
            version=0,
            state=ItemState.DRAFT,
            owner=self.text("owner", owner),
            name=self.pair(self.said.get("name"), "name"),
            category=self.choice("category", Category, Category.PERMITS),
            audience=self.choices("audience", Audience),
            levels=self.choices("levels", Level),
            visits=self.number("visits", 0),
            depth=self.choice("depth", Depth, Depth.INFORMATION),
            statutory_days=self.number("statutory_days", 0),
            promised_days=self.number("promised_days", 0),
            also=self.texts("also"),
            life_events=self.choices("life_events", LifeEvent),
            fees=self.each("fees", self._fee),
            conditions=self.each("conditions", self.pair),
            materials=self.each("materials", self._material),
            basis=self.texts("basis"),
            guide=self.pair(self.said["guide"], "guide") if "guide" in self.said else UNSAID,
            channels=self.choices("channels", Channel, frozenset({Channel.COUNTER})),
            languages=self.texts("languages", ("zh",)),
            form=self._form(),
            result=self.text("result", "none"),
            popularity=self.number("popularity", 1),
        )

    def bad(self, place: str, misfit: Misfit) -> None:
        self.faults.append(Unfit(place, misfit))

    def text(self, name: str, otherwise: str = "") -> str:
        value = self.said.get(name, otherwise)
        if isinstance(value, str):
            return value
        self.bad(name, Misfit.FORM)
        return otherwise

    def number(self, name: str, otherwise: int) -> int:
        value = self.said.get(name, otherwise)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.bad(name, Misfit.FORM)
        return otherwise

    def texts(self, name: str, otherwise: tuple[str, ...] = ()) -> tuple[str, ...]:
        return self.each(name, self._one_text) if name in self.said else otherwise

    def choice(self, name: str, of: type[E], otherwise: E) -> E:
        value = self.said.get(name, otherwise.value)
        if value in _values(of):
            return of(value)
        self.bad(name, Misfit.CHOICE)
        return otherwise

    def choices(self, name: str, of: type[E], otherwise: frozenset[E] = frozenset()) -> frozenset[E]:
        if name not in self.said:
            return otherwise
        values = self._list(name)
        for n, value in enumerate(values):
            if value not in _values(of):
                self.bad(f"{name}.{n}", Misfit.CHOICE)
        return frozenset(of(value) for value in values if value in _values(of))

    def each(self, name: str, read: Callable[[Any, str], T]) -> tuple[T, ...]:
        return tuple(read(value, f"{name}.{n}") for n, value in enumerate(self._list(name)))

    def pair(self, value: Any, place: str) -> Said:
        both = [value] if isinstance(value, str) else value
        if isinstance(both, list) and 1 <= len(both) <= 2 and all(isinstance(one, str) for one in both):
            return Said(*(one.strip() for one in both))
        if value is not None:  # a name that is missing is noted already
            self.bad(place, Misfit.FORM)
        return UNSAID

    def _list(self, name: str) -> list[Any]:
        value = self.said.get(name, [])
        if isinstance(value, list):
            return value
        self.bad(name, Misfit.FORM)
        return []

    def _one_text(self, value: Any, place: str) -> str:
        if isinstance(value, str):
            return value.strip()
        self.bad(place, Misfit.FORM)
        return ""

    def _fee(self, value: Any, place: str) -> Fee:
        if isinstance(value, dict) and value.keys() == {"amount", "what"} and type(value["amount"]) is int:
            return Fee(value["amount"], self.pair(value["what"], f"{place}.what"))
        self.bad(place, Misfit.FORM)
        return Fee(0, UNSAID)

    def _material(self, value: Any, place: str) -> Material:
        texts = ("key", "form", "needed", "licence", "data")
        known = isinstance(value, dict) and {"key", "name", "form"} <= value.keys() <= _MATERIAL
        if not known or not all(isinstance(value.get(one, ""), str) for one in texts):
            self.bad(place, Misfit.FORM)
            return Material("", UNSAID, MaterialForm.COPY)
        if value["form"] not in _values(MaterialForm):
            self.bad(f"{place}.form", Misfit.CHOICE)
            return Material("", UNSAID, MaterialForm.COPY)
        return Material(
            key=value["key"],
            name=self.pair(value["name"], f"{place}.name"),
            form=MaterialForm(value["form"]),
            needed=value.get("needed", "always"),
            licence=value.get("licence"),
            data=value.get("data"),
            note=self.pair(value["note"], f"{place}.note") if "note" in value else None,
        )

    def _form(self) -> Mapping[str, Any] | None:
        form = self.said.get("form")
        if form is None or isinstance(form, dict):
            return form
        self.bad("form", Misfit.SCHEMA)
        return None


def _values(of: type[StrEnum]) -> list[str]:
    """A list, for what is asked for may be anything, also what no set can hold."""
    return [one.value for one in of]
