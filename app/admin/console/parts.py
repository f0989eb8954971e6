"""What pages are made of: cells, tables, facts, and the dialogs behind buttons. Templates know how they look."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from app.admin.console.texts import Text, Words, moment, word
from app.core.clock import CITY_TIME
from app.core.errors import BadInput
from app.core.viewer import Viewer

# The colours of states; one that is not here is grey.
_GOOD = frozenset({"active", "delivered", "done", "finished", "live", "approved", "ready", "sent", "upheld", "read"})
_WARN = frozenset({"suspended", "paused", "open", "pending", "submitted", "in_review", "requested", "retry", "waiting"})
_BAD = frozenset({"revoked", "failed", "dead", "rejected", "bounced", "disabled", "cancelled", "lost", "destroyed"})
_BUSY = frozenset({"running", "sending", "planned", "test", "cooling", "erasing", "making"})
# A UUID, a hash, a client: what nobody reads to the end.
_LONG_ID = re.compile(r"(c-)?[0-9a-f-]{23,}|[0-9A-Za-z_-]{40,}")
NOTHING = "—"
_EMPTY = Text("这里还没有内容。", "There is nothing here yet.")


@dataclass(frozen=True, slots=True)
class Cell:
    """`kind` names the macro that draws it."""

    kind: str
    text: Words
    href: str | None = None
    tone: str = ""
    part: float = 0.0
    more: Words = ""


def plain(value: object, more: Words = "") -> Cell:
    if value is None or value == "":
        return Cell("none", NOTHING)
    return Cell("plain", value if isinstance(value, Text) else str(value), more=more)


def mono(value: object) -> Cell:
    """Numbers, codes and ids: in letters of one width. Of a long id a table shows the ends."""
    if not value:
        return Cell("none", NOTHING)
    text = str(value)
    return Cell("id" if _LONG_ID.fullmatch(text) else "mono", text)


def person(actor: str | None, names: Mapping[str, str]) -> Cell:
    """Staff by name, everybody else by id."""
    if actor is None:
        return Cell("none", NOTHING)
    name = names.get(actor)
    return Cell("plain", name) if name else mono(actor)


def when(at: datetime | date | None) -> Cell:
    if at is None:
        return Cell("none", NOTHING)
    return Cell("when", moment(at) if isinstance(at, datetime) else at.isoformat())


def tone_of(code: object) -> str:
    said = str(getattr(code, "value", code)).lower()
    for tone, codes in (("good", _GOOD), ("warn", _WARN), ("bad", _BAD), ("busy", _BUSY)):
        if said in codes:
            return tone
    return ""


def badge(code: object, tone: str | None = None, text: Words | None = None) -> Cell:
    """A state, in its colour."""
    if code is None:
        return Cell("none", NOTHING)
    return Cell("badge", text or word(code), tone=tone_of(code) if tone is None else tone)


def link(text: object, href: str) -> Cell:
    return Cell("link", text if isinstance(text, Text) else str(text), href=href)


def short_link(id_: str, href: str) -> Cell:
    """To a row by the end of its id, on one line."""
    return Cell("link", f"…{id_[-8:]}", href=href, tone="mono")


def figure(value: object) -> Cell:
    """A number with its unit, or one of so many: never broken over lines."""
    return Cell("none", NOTHING) if value is None else Cell("figure", str(value))


def _is_sum(cell: Cell) -> bool:
    return cell.kind == "figure" and str(cell.text).lstrip("−-+").startswith("¥")


def yuan(fen: int | None) -> Cell:
    """An amount in yuan, with its sign."""
    if fen is None:
        return Cell("none", NOTHING)
    return Cell("figure", f"{'−' if fen < 0 else ''}¥{abs(fen) // 100:,}.{abs(fen) % 100:02}")


def tags(values: Sequence[object]) -> Cell:
    return Cell("tags", "\n".join(str(word(value)) for value in values)) if values else Cell("none", NOTHING)


def progress(part: float, text: Words) -> Cell:
    """`part` from 0 to 1."""
    return Cell("progress", text, part=max(0.0, min(1.0, part)))


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    text: Words


@dataclass(frozen=True, slots=True)
class Field:
    """One entry of a dialog. `kind`: text, area, secret, number, moment, day, select, checks, hidden, file (base64url).

    `open_`: each row has options of its own, which the service checks. `pattern` is a regular expression of the whole.
    """

    name: str
    label: Words
    kind: str = "text"
    hint: Words = ""
    required: bool = True
    most: int = 200
    options: tuple[Option, ...] = ()
    value: str = ""
    open_: bool = False
    pattern: str = ""


REASON = Field(
    "reason",
    Text("理由", "Reason"),
    "area",
    Text("至少两个字，记入审计。", "At least two characters; kept in the audit chain."),
    most=500,
)


def hidden(name: str) -> Field:
    return Field(name, name, "hidden", most=100)


@dataclass(frozen=True, slots=True)
class Done:
    """It was done: what is said, and where to look next (the same page when nowhere is named)."""

    text: Words
    go: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that is shown this once: it stays in the dialog until that is closed."""

    title: Words
    rows: tuple[tuple[Words, str], ...]
    note: Words = ""
    picture: str | None = None
    go: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer within the dialog, which stays open: an estimate, a preview."""

    text: Words


Reply: TypeAlias = Done | Shown | Said


@dataclass(frozen=True, slots=True)
class Asked:
    """What was sent with a dialog: who, on which row, and its fields. `key` is the dialog's own idempotency key."""

    viewer: Viewer
    target: str
    key: str
    address: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.said.get(name, "").strip()

    def moment(self, name: str) -> datetime:
        """As written in the city's time. Raises BadInput."""
        try:
            return datetime.fromisoformat(self[name]).replace(tzinfo=CITY_TIME)
        except ValueError:
            raise BadInput(field=name) from None

    def exactly(self, name: str) -> str:
        """As it was typed: a password's spaces are its own."""
        return self.said.get(name, "")


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done, by whom, asking what. `name` is its last part in the address.

    `first` names an action that the same dialog offers beside it, on the same fields: an estimate before the sending.
    """

    name: str
    label: Words
    roles: frozenset[str]
    run: Callable[[Asked], Awaitable[Reply]]
    fields: tuple[Field, ...] = ()
    note: Words = ""
    tone: str = ""
    icon: str = ""
    first: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """An action at its place: `fields` are what this row's dialog asks for, `first` what it offers beside."""

    action: Action
    url: str
    key: str
    fields: tuple[Field, ...]
    first: tuple[Words, str] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]
    href: str | None = None
    buttons: tuple[Button, ...] = ()
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """`aside` are the columns that a small screen leaves out: what the others all but say."""

    head: tuple[Words, ...]
    rows: tuple[Row, ...]
    title: Words = ""
    empty: Words = _EMPTY
    next: str | None = None
    aside: frozenset[int] = frozenset()

    def look(self, column: int) -> str:
        """The classes of a column's cells: sums stand under each other by their fen."""
        sums = any(column < len(row.cells) and _is_sum(row.cells[column]) for row in self.rows)
        return " ".join(name for name, so in (("aside", column in self.aside), ("sum", sums)) if so)


@dataclass(frozen=True, slots=True)
class Facts:
    title: Words
    items: tuple[tuple[Words, Cell], ...]

    @classmethod
    def of(cls, title: Words, *items: tuple[Words, Cell]) -> Facts:
        return cls(title, items)


@dataclass(frozen=True, slots=True)
class Prose:
    """A longer text, shown as it was written."""

    title: Words
    text: Words


Section: TypeAlias = Table | Facts | Prose


@dataclass(frozen=True, slots=True)
class Step:
    """One of a few steps that lead somewhere. `state`: done, now, or empty."""

    text: Words
    state: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    title: Words
    sections: tuple[Section, ...]
    state: Cell | None = None
    lead: Words = ""
    buttons: tuple[Button, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Finder:
    """A search by what an index answers. `find` gives the address of what was found, or None."""

    fields: tuple[Field, ...]
    find: Callable[[Asked], Awaitable[str | None]]
    nothing: Text


@dataclass(frozen=True, slots=True)
class Listing:
    """`sections` stand before the table; `filters` are the entries of the form above it, with what is chosen now."""

    table: Table
    sections: tuple[Section, ...] = ()
    filters: tuple[Field, ...] = ()
