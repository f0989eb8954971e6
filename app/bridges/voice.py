"""What my voice asks of other rooms: uploads, and the tree of governments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from app.core.mongo import Tx
from app.core.uploads.service import UploadService
from app.core.viewer import Role
from app.domains.government.answers.finding.service import KnowledgeBase
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.organisations.model import Kind, Tree
from app.domains.identity.staff.store import StaffStore
from app.domains.voice.cases.model import Case
from app.domains.voice.centre.seats.intake.service import KnownAnswer
from app.domains.voice.places.model import Place
from app.domains.voice.street.assets.service import AssetService
from app.domains.voice.units.handling.model import SCOPE

_OFFICES = frozenset({Role.PROVIDER_STAFF, Role.PROVIDER_CLIENT})
_WORTH_A_LOOK = 0.3  # confidence: a seat judges what a citizen would not be told


class CaseFiles:
    """Fulfils `voice.cases.filing.service.Files`, and what the reporter's side asks of files."""

    def __init__(self, uploads: UploadService) -> None:
        self._uploads = uploads

    async def claim(self, by: str, owner: str, uploads: Collection[str], tx: Tx) -> None:
        await self._uploads.claim(owner, list(dict.fromkeys(uploads)), by, tx)

    async def links(self, by: str, owner: str) -> Mapping[str, str]:
        links = {one.id: self._uploads.link(one) for one in await self._uploads.of(owner, by)}
        return {upload: link.url for upload, link in links.items() if link is not None}

    async def copies(self, citizen: str, uploads: Collection[str], owner: str) -> list[str]:
        return await self._uploads.copies(citizen, list(dict.fromkeys(uploads)), owner)

    async def forget(self, citizen: str, uploads: Collection[str]) -> None:
        await self._uploads.forget(citizen, uploads)


class WorkFiles:
    """Fulfils `voice.handling.service.Files` and `voice.handling.reading.service.Links`."""

    def __init__(self, files: CaseFiles) -> None:
        self._files = files

    async def claim(self, by: str, owner: str, uploads: Collection[str], tx: Tx) -> None:
        await self._files.claim(by, owner, uploads, tx)

    async def links(self, case: Case) -> Mapping[str, str]:
        """Of whoever reported it, and of those who worked at it."""
        found = dict(await self._files.links(case.record, case.owner))
        for owner in sorted({event.by for event in case.events if event.files and event.role in _OFFICES}):
            found |= await self._files.links(case.record, owner)
        return found


class HandlersOfUnits:
    """Fulfils `voice.handling.service.Colleagues`."""

    def __init__(self, staff: StaffStore, tree: Tree) -> None:
        self._staff = staff
        self._tree = tree

    async def handles(self, staff: str, units: Collection[str]) -> bool:
        found = await self._staff.get(staff)
        if found is None or found.suspended or found.organisation not in units:
            return False
        node = self._tree.get(found.organisation or "")
        return node is not None and SCOPE in found.may_use(node.scopes)


class CityAnswers:
    """Fulfils `voice.seats.intake.service.KnownAnswers`: the city's knowledge base."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge

    async def find(self, question: str) -> Sequence[KnownAnswer]:
        found = await self._knowledge.find(question)
        told = (one for one in found if one.confidence >= _WORTH_A_LOOK)
        return [KnownAnswer(one.answer.code, one.answer.title, one.answer.body, one.confidence) for one in told]


class AssetPlaces:
    """Fulfils `voice.cases.reporting.service.Assets`."""

    def __init__(self, assets: AssetService) -> None:
        self._assets = assets

    async def place_of(self, code: str, test_of: str | None) -> Place:
        return (await self._assets.reported(code, test=test_of is not None)).place


class InventedPeople:
    """Fulfils `voice.cases.reporting.service.TestPeople`."""

    def __init__(self, citizens: CitizenStore) -> None:
        self._citizens = citizens

    async def test_of(self, citizen: str) -> str | None:
        found = await self._citizens.get(citizen)
        return found.test_of if found else None


class CityDivisions:
    """Fulfils `voice.places.service.Divisions`: the city's government, and all governments below it."""

    def __init__(self, tree: Tree, city: str) -> None:
        self._tree = tree
        self._city = city

    def holds(self, code: str) -> bool:
        node = self._tree.get(code)
        return node is not None and node.kind is Kind.GOVERNMENT and self._city in (node.code, *node.path)

    def codes(self) -> Collection[str]:
        return {code for code in self._tree.nodes if self.holds(code)}
