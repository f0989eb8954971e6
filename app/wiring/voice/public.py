"""Public cases: publishing, what is alike, and who joins, supports and follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.domains.voice.cases.categories.service import CategoryService
from app.domains.voice.public.alike.service import LikenessService
from app.domains.voice.public.alike.store import SignStore
from app.domains.voice.public.following.service import TieService
from app.domains.voice.public.following.store import TieStore
from app.domains.voice.public.publishing.service import CasePublishing
from app.domains.voice.public.publishing.store import PublicationStore
from app.wiring.core import Core
from app.wiring.voice.cases import Cases


@dataclass(frozen=True, slots=True)
class Public:
    publishing: CasePublishing
    likeness: LikenessService
    ties: TieService


def public_of(core: Core, cases: Cases) -> Public:
    publications = PublicationStore(core.db)
    publishing = CasePublishing(core.db, publications, cases.store, cases.steps, core.audit, core.once, core.clock)
    likeness = LikenessService(
        SignStore(core.db, core.ring), cases.store, publishing, _kin(cases.categories), core.clock
    )
    ties = TieService(
        core.db,
        TieStore(core.db, core.persons),
        publications,
        publishing,
        cases.store,
        core.outbox,
        core.limits,
        core.once,
        core.clock,
    )
    return Public(publishing, likeness, ties)


def _kin(categories: CategoryService) -> Callable[[str, str], bool]:
    """Whether two categories are of one branch."""

    def kin(one: str, other: str) -> bool:
        first, second = categories.tree.path(one), categories.tree.path(other)
        return bool(first and second) and first[0].code == second[0].code

    return kin
