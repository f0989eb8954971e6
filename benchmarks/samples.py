"""Values to call a store with, made from the annotations of its methods.

Two sets a method: one with all that can be given, one without what can be left out or be null, for a query is often
another one then. Of types whose parts each make a query of their own there are several values.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from app.core.audit.trail import Wanted
from app.core.holdings.model import Held
from app.core.holdings.people import HELD
from app.core.mongo import Tx
from app.core.paging import PageRequest
from app.core.viewer import Role, Viewer
from app.domains.government.applications.history.model import State
from app.domains.government.applications.store import Desk
from app.domains.identity.citizens.model import Group
from app.domains.voice.cases.history.model import CaseState
from app.domains.voice.cases.store import CaseQueue

T = TypeVar("T")

_PAGES = (PageRequest(20, "x"), PageRequest(20))
_SEVERAL: dict[Any, Sequence[Any]] = {
    Group: (
        Group(),
        Group(districts=("350102",)),
        Group(districts=("350102", "3502")),
        Group(born_after="1950-01", born_until="1960-01"),
        Group(tags=("low_income",)),
        Group(tags=("low_income", "elder_alone")),
        Group(services=("x",)),
        Group(districts=("350102",), born_until="1960-01"),
        Group(districts=("350102",), tags=("low_income",), services=("x",)),
        Group(test_of="x"),
    ),
    Desk: (
        Desk("x", None, State.SUBMITTED),
        Desk("x", None, State.SUBMITTED, due_by=date(2026, 1, 1)),
        Desk("x", None, State.SUBMITTED, handler="x"),
        Desk("x", "x", State.SUBMITTED, handler="x", due_by=date(2026, 1, 1)),
    ),
    CaseQueue: (
        CaseQueue(None, frozenset({CaseState.DISPATCHED})),
        CaseQueue(None, frozenset({CaseState.DISPATCHED, CaseState.HANDLING}), "x"),
        CaseQueue(None, frozenset({CaseState.HANDLING}), "x", "x", datetime(2026, 1, 1, tzinfo=UTC)),
    ),
    Held: HELD,
    Wanted: (
        Wanted(person="x"),
        Wanted(actor="x", since=datetime(2026, 1, 1, tzinfo=UTC)),
        Wanted(action="x", until=datetime(2027, 1, 1, tzinfo=UTC)),
        Wanted(since=datetime(2026, 1, 1, tzinfo=UTC)),
    ),
}
_PLAIN: dict[Any, Any] = {
    str: "x",
    int: 1,
    float: 26.0,
    bool: True,
    bytes: b"x",
    Any: "x",
    timedelta: timedelta(1),
    time: time(8),
    date: date(2026, 1, 1),
    Viewer: Viewer(role=Role.OPS, actor="x", roles=frozenset({"auditor"})),
}
_MANY = {list: list, tuple: tuple, frozenset: frozenset, set: set, Sequence: list, Collection: list, Iterable: list}


@dataclass(frozen=True, slots=True)
class _Wish:
    """`whole`: with all that can be given."""

    whole: bool
    tx: Tx | None = None


def arguments(method: Any, tx: Tx | None) -> Iterator[dict[str, Any]]:
    """Raises TypeError for a type without a sample."""
    hints, parameters = get_type_hints(method), inspect.signature(method).parameters
    known = {name: one for name, one in parameters.items() if one.kind is not one.VAR_KEYWORD}
    for whole in (True, False):
        wish = _Wish(whole, tx)
        given = {name: one for name, one in known.items() if whole or one.default is one.empty}
        values = [_SEVERAL.get(hints[name]) or [sample(hints[name], wish)] for name in given]
        for chosen in itertools.product(*values):
            yield dict(zip(given, chosen, strict=True))


def one(kind: type[T], **changed: Any) -> T:
    """A sample of a dataclass, without what can be left out, but for what is said of it."""
    made: T = replace(_filled(kind, _Wish(whole=False)), **changed)
    return made


def sample(hint: Any, wish: _Wish) -> Any:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if hint is Tx:
        return wish.tx
    if hint is PageRequest:
        return _PAGES[0 if wish.whole else 1]
    if hint is datetime:
        return datetime.now(UTC)
    return _made(hint, get_origin(hint), wish)


def _made(hint: Any, origin: Any, wish: _Wish) -> Any:
    if origin in (UnionType, Union):
        return _either(get_args(hint), wish)
    if origin in _MANY:
        return _MANY[origin](_several(get_args(hint), origin, wish))
    if origin in (Mapping, dict):
        return {}
    if origin is Callable:
        return _Nothing()
    if origin is TypeAdapter:
        return TypeAdapter(NoneType)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    if is_dataclass(hint) and isinstance(hint, type):
        return _filled(hint, wish)
    raise TypeError(f"no sample of {hint} to call a store with")


def _either(kinds: Sequence[Any], wish: _Wish) -> Any:
    if Tx in kinds:
        return wish.tx
    return sample(next(one for one in kinds if one is not NoneType), wish) if wish.whole else None


def _several(kinds: Sequence[Any], origin: Any, wish: _Wish) -> list[Any]:
    fixed = kinds if origin is tuple and kinds[-1] is not Ellipsis else kinds[:1]
    return [sample(kind, wish) for kind in fixed]


def _filled(kind: type, wish: _Wish) -> Any:
    types = get_type_hints(kind)
    asked = [one for one in fields(kind) if one.init and (wish.whole or one.default is MISSING)]
    return kind(**{one.name: sample(types[one.name], wish) for one in asked})


class _Nothing:
    """Does nothing when it is called, and when what it answered is awaited."""

    def __call__(self, *_: object) -> _Nothing:
        return self

    def __await__(self) -> Iterator[None]:
        return iter(())
