"""Dataclasses that take a third of the memory: what can be made once is not compiled for each of them anew.

For every class the standard library (3.11, 3.12; later ones compile it all at once) compiles a `__repr__`, and for a
frozen one a `__setattr__` and a `__delattr__` that only refuse, and that hold the class without slots which it was made
from. Of two thousand classes that is twenty-five megabytes, and a third of the time of starting.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import Field, FrozenInstanceError
from threading import get_ident
from typing import Any

_Made = Callable[..., Any]
_being_shown: set[tuple[int, int]] = set()


@contextmanager
def lean_classes() -> Iterator[None]:
    """Dataclasses made within behave the same as without."""
    if sys.version_info >= (3, 13):
        yield
        return
    with _instead("_repr_fn", _repr_of), _instead("_frozen_get_del_attr", _refusals):
        yield


@contextmanager
def _instead(name: str, maker: _Made) -> Iterator[None]:
    usual = getattr(dataclasses, name)  # there is no public way
    setattr(dataclasses, name, maker)
    try:
        yield
    finally:
        setattr(dataclasses, name, usual)


def _repr_of(fields: Sequence[Field[Any]], scope: Mapping[str, Any]) -> Callable[[Any], str]:
    names = tuple([field.name for field in fields])

    def __repr__(self: Any) -> str:  # noqa: N807  (what the class calls it)
        key = id(self), get_ident()
        if key in _being_shown:  # it holds itself
            return "..."
        _being_shown.add(key)
        try:
            shown = ", ".join([f"{name}={getattr(self, name)!r}" for name in names])
        finally:
            _being_shown.discard(key)
        return f"{self.__class__.__qualname__}({shown})"

    return __repr__


def _refusals(cls: type, fields: Sequence[Field[Any]], scope: Mapping[str, Any]) -> tuple[_Made, _Made]:
    return __setattr__, __delattr__


def __setattr__(self: Any, name: str, value: object) -> None:  # noqa: N807
    if _is_frozen(self, name):
        raise FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(self, name, value)


def __delattr__(self: Any, name: str) -> None:  # noqa: N807
    if _is_frozen(self, name):
        raise FrozenInstanceError(f"cannot delete field {name!r}")
    object.__delattr__(self, name)


def _is_frozen(self: Any, name: str) -> bool:
    """A class that merely inherits from a dataclass may have attributes of its own."""
    kind = type(self)
    return "__dataclass_params__" in kind.__dict__ or name in kind.__dataclass_fields__
