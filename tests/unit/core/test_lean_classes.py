"""A dataclass made lean behaves as the standard library's own."""

from __future__ import annotations

import dataclasses
import gc
import pickle
import weakref
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.lean_classes import lean_classes

NAMES = ("_repr_fn", "_frozen_get_del_attr")
USUAL = [getattr(dataclasses, name, None) for name in NAMES]


def _classes() -> Any:
    """The same classes, as often as they are asked for."""

    @dataclass(frozen=True, slots=True)
    class Point:
        x: int
        y: float = 1.5
        secret: str = field(default="s", repr=False)

    @dataclass(frozen=True)
    class Open:
        names: list[Any]

    @dataclass(frozen=True, repr=False)
    class Hidden(Open):
        more: str = "not shown"

    class Loose(Open):
        pass

    @dataclass(frozen=True, slots=True)
    class Nothing:
        pass

    @dataclass
    class Free:
        at: Point
        text: str = "福州"

    return SimpleNamespace(Point=Point, Open=Open, Hidden=Hidden, Loose=Loose, Nothing=Nothing, Free=Free)


@pytest.fixture(name="both")
def made_both() -> tuple[Any, Any]:
    usual = _classes()
    with lean_classes():
        lean = _classes()
    return usual, lean


def test_it_is_shown_the_same(both: tuple[Any, Any]) -> None:
    def shown(made: Any) -> list[str]:
        circle = made.Open([])
        circle.names.append(circle)
        point = made.Point(1)
        every = (point, made.Open(["a", point]), made.Hidden([1]), made.Loose([2]), made.Nothing(), made.Free(point))
        return [*map(repr, every), repr(circle), f"{replace(point, x=2)}"]

    usual, lean = both
    assert shown(lean) == shown(usual)
    assert "not shown" not in shown(lean)[2]


def test_who_made_them_does_not_matter_to_equality_and_hash(both: tuple[Any, Any]) -> None:
    _, lean = both
    assert lean.Point(1) == lean.Point(1) != lean.Point(2)
    assert hash(lean.Point(1)) == hash(lean.Point(1))
    assert [one.name for one in fields(lean.Point)] == ["x", "y", "secret"]


@pytest.mark.parametrize("name", ["x", "y", "secret", "anything"])
def test_nothing_of_a_frozen_one_can_be_set_or_deleted(both: tuple[Any, Any], name: str) -> None:
    _, lean = both
    point = lean.Point(1)
    with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
        setattr(point, name, 2)
    with pytest.raises(FrozenInstanceError, match=f"cannot delete field '{name}'"):
        delattr(point, name)
    assert (point.x, point.y) == (1, 1.5)


@pytest.mark.parametrize("which", [0, 1])
def test_a_class_that_only_inherits_has_attributes_of_its_own_and_no_others(both: tuple[Any, Any], which: int) -> None:
    loose = both[which].Loose([1])
    loose.own = 3
    assert loose.own == 3
    del loose.own
    with pytest.raises(FrozenInstanceError):
        loose.names = []
    with pytest.raises(FrozenInstanceError):
        del loose.names
    with pytest.raises(FrozenInstanceError):
        both[which].Hidden([1]).own = 3


def test_the_class_without_slots_is_let_go() -> None:
    before = {id(one) for one in object.__subclasses__()}
    with lean_classes():

        @dataclass(frozen=True, slots=True)
        class Kept:
            x: int

    gc.collect()
    assert [one for one in object.__subclasses__() if one.__name__ == "Kept" and id(one) not in before] == [Kept]
    assert weakref.ref(Kept)() is Kept


def test_afterwards_the_standard_library_is_as_it_was() -> None:
    with pytest.raises(KeyError), lean_classes():
        raise KeyError
    assert [getattr(dataclasses, name, None) for name in NAMES] == USUAL


with lean_classes():

    @dataclass(frozen=True, slots=True)
    class Sent:
        x: int


def test_it_can_be_copied_into_another_process() -> None:
    assert pickle.loads(pickle.dumps(Sent(3))) == Sent(3)
