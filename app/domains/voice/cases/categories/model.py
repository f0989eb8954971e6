"""What cases are about: a tree of categories, and what each says of a case in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.core.said import Said
from app.domains.voice.cases.errors import CategoryUnknown
from app.domains.voice.cases.history.model import CaseKind


@dataclass(frozen=True, slots=True)
class Category:
    """`code` is its key and never changes. `kinds`: what cases in it mostly are, the likeliest first. `words`: what
    people call it. `convenience`: it stands on the list of matters close to the people (便民事项), which are done
    sooner. `urgent`: it cannot wait for a working day. `assets`: the kinds of municipal assets that it is about.
    A retired one stays for the cases in it.
    """

    code: str
    name: Said
    parent: str | None = None
    kinds: tuple[CaseKind, ...] = ()
    words: tuple[str, ...] = ()
    convenience: bool = False
    urgent: bool = False
    assets: tuple[str, ...] = ()
    retired: bool = False


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """All of them, in the order in which they are shown: by code."""

    nodes: Mapping[str, Category] = field(default_factory=dict)
    _parents: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        held = frozenset(one.parent for one in self.nodes.values() if one.parent and not one.retired)
        object.__setattr__(self, "_parents", held)

    @classmethod
    def of(cls, categories: Iterable[Category]) -> CategoryTree:
        return cls({one.code: one for one in sorted(categories, key=lambda one: one.code)})

    def put(self, category: Category) -> CategoryTree:
        return CategoryTree.of([*(one for one in self.nodes.values() if one.code != category.code), category])

    def get(self, code: str) -> Category | None:
        return self.nodes.get(code)

    def fit(self, code: str) -> Category:
        """One that a case can be in: no other stands below it. Raises CategoryUnknown."""
        found = self.nodes.get(code)
        if found is None or found.retired or code in self._parents:
            raise CategoryUnknown
        return found

    def leaves(self) -> Iterator[Category]:
        return (one for one in self.nodes.values() if not one.retired and one.code not in self._parents)

    def path(self, code: str) -> tuple[Category, ...]:
        """From the top to this one; empty when it is not there."""
        way: list[Category] = []
        while (one := self.nodes.get(code)) is not None and one not in way:
            way.append(one)
            code = one.parent or ""
        return tuple(reversed(way))

    def name(self, code: str, locale: str) -> str:
        found = self.nodes.get(code)
        return found.name.within(locale) if found else code
