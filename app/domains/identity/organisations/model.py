"""Organisations: one tree of governments, departments and providers, any depth; each node knows its way up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Kind(StrEnum):
    GOVERNMENT = "government"
    DEPARTMENT = "department"
    SERVICE_HALL = "service_hall"
    HOSPITAL = "hospital"
    TRANSIT = "transit"
    LIBRARY = "library"
    UTILITY = "utility"
    MERCHANT = "merchant"
    COMMUNITY = "community"
    PATROL = "patrol"


class Level(StrEnum):
    """Of governments (and of departments, by their government): the four levels of the catalogue."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"


class OrganisationState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Organisation:
    """`code` is unique in the city and the key; `path` is the codes from the root to the parent."""

    code: str
    name: str
    kind: Kind
    level: Level | None = None
    parent: str | None = None
    path: tuple[str, ...] = ()
    scopes: frozenset[str] = frozenset()
    state: OrganisationState = OrganisationState.ACTIVE
    test_mode: bool = False

    @property
    def active(self) -> bool:
        return self.state is OrganisationState.ACTIVE


@dataclass(slots=True)
class Tree:
    """All organisations in memory: they are few (thousands) and asked for by every request of a provider."""

    nodes: dict[str, Organisation] = field(default_factory=dict)

    def put(self, organisations: Iterable[Organisation]) -> None:
        self.nodes.update((node.code, node) for node in organisations)

    def get(self, code: str) -> Organisation | None:
        return self.nodes.get(code)

    def active(self, code: str) -> bool:
        """Whether it and all above it are active: suspending a hospital suspends its departments."""
        node = self.nodes.get(code)
        above = (self.nodes.get(step) for step in node.path) if node else ()
        return node is not None and node.active and all(one is not None and one.active for one in above)

    def moved(self, node: Organisation) -> list[Organisation]:
        """All below `node` with their new paths, when it hangs elsewhere than before."""
        was = self.nodes.get(node.code)
        if was is None or was.path == node.path:
            return []
        below = (one for one in self.nodes.values() if node.code in one.path)
        return [replace(one, path=(*node.path, *one.path[one.path.index(node.code) :])) for one in below]

    def under(self, code: str) -> list[Organisation]:
        return sorted((n for n in self.nodes.values() if n.parent == code), key=lambda n: n.code)
