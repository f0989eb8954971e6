"""Organisations: one tree of governments, departments and providers, any depth; each node knows its way up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from heapq import nsmallest
from typing import Any

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.domains.identity.organisations.errors import CreditCodeFault, CreditCodeInvalid


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


def parse_credit_code(raw: str) -> str:
    """A unified social credit code (统一社会信用代码, GB 32100-2015) in 18 capitals. Raises CreditCodeInvalid."""
    text = "".join(raw.split()).replace("-", "")
    if not text.isascii() or len(text) != 18:  # `ı`.upper() is I: only ASCII may be folded
        raise CreditCodeInvalid(CreditCodeFault.FORM)
    try:
        return str(uscc.validate(text))
    except InvalidChecksum:
        raise CreditCodeInvalid(CreditCodeFault.CHECK_DIGIT) from None
    except ValidationError:
        raise CreditCodeInvalid(CreditCodeFault.FORM) from None


@dataclass(frozen=True, slots=True)
class Organisation:
    """`code` is unique in the city and the key; `path` is the codes from the root to the parent. `credit_code` is
    kept from the day the organisation is added, and no two have the same. Without a `name_en` it goes by its Chinese
    name everywhere. `rev` counts its changes: word of an older one, which may come late, counts for nothing.
    """

    code: str
    name: str
    kind: Kind
    level: Level | None = None
    parent: str | None = None
    path: tuple[str, ...] = ()
    scopes: frozenset[str] = frozenset()
    state: OrganisationState = OrganisationState.ACTIVE
    test_mode: bool = False
    credit_code: str | None = None
    name_en: str = ""
    rev: int = field(default=0, compare=False)

    def next(self, **changes: Any) -> Organisation:
        """With these changes, as its next revision."""
        return replace(self, **changes, rev=self.rev + 1)

    @property
    def said(self) -> Said:
        """Its name in both languages."""
        return Said(self.name, self.name_en)

    @property
    def active(self) -> bool:
        return self.state is OrganisationState.ACTIVE


@dataclass(slots=True)
class Tree:
    """All organisations in memory: they are few (thousands) and asked for by every request of a provider."""

    nodes: dict[str, Organisation] = field(default_factory=dict)

    def put(self, organisations: Iterable[Organisation]) -> None:
        for node in organisations:
            known = self.nodes.get(node.code)
            if known is None or node.rev >= known.rev:
                self.nodes[node.code] = node

    def get(self, code: str) -> Organisation | None:
        return self.nodes.get(code)

    def name_of(self, code: str) -> Said | None:
        node = self.nodes.get(code)
        return node.said if node else None

    def active(self, code: str) -> bool:
        """Whether it and all above it are active: suspending a hospital suspends its departments."""
        node = self.nodes.get(code)
        above = (self.nodes.get(step) for step in node.path) if node else ()
        return node is not None and node.active and all(one is not None and one.active for one in above)

    def grants(self, code: str, scope: str) -> bool:
        """Whether it is active and holds this scope still: what it asked for while it did may be under way."""
        node = self.nodes.get(code)
        return node is not None and scope in node.scopes and self.active(code)

    def moved(self, node: Organisation) -> list[Organisation]:
        """All below `node` with their new paths, when it hangs elsewhere than before."""
        was = self.nodes.get(node.code)
        if was is None or was.path == node.path:
            return []
        below = (one for one in self.nodes.values() if node.code in one.path)
        return [one.next(path=(*node.path, *one.path[one.path.index(node.code) :])) for one in below]

    def page(self, request: PageRequest, below: str | None = None) -> Page[Organisation]:
        """By code; of all, or of all below one."""
        beyond = (
            node
            for node in self.nodes.values()
            if (request.after is None or node.code > request.after) and (below is None or below in node.path)
        )
        return Page.cut(nsmallest(request.first + 1, beyond, key=lambda node: node.code), request)

    def under(self, code: str) -> list[Organisation]:
        return sorted((n for n in self.nodes.values() if n.parent == code), key=lambda n: n.code)
