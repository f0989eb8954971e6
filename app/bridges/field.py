"""What work in the street asks of other rooms: who is a grid officer, and a text to who reported by a code's page."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import quote

from app.core.mongo import Tx
from app.domains.identity.organisations.model import Tree
from app.domains.identity.staff.model import StaffRole
from app.domains.identity.staff.store import StaffStore
from app.domains.voice.cases.filing.model import Filed
from app.domains.voice.cases.history.model import CaseChannel
from app.domains.voice.channels.intake.answers.service import ChannelAnswers

_WALK = frozenset({StaffRole.GRID_OFFICER, StaffRole.SUPERVISOR})


class GridOfficers:
    """Fulfils `voice.patrols.service.Officers`."""

    def __init__(self, staff: StaffStore, tree: Tree) -> None:
        self._staff = staff
        self._tree = tree

    async def serve(self, officers: Collection[str], unit: str) -> bool:
        return all([await self._serves(one, unit) for one in officers])

    async def _serves(self, officer: str, unit: str) -> bool:
        found = await self._staff.get(officer)
        node = self._tree.get(found.organisation or "") if found else None
        if found is None or found.suspended or node is None:
            return False
        return unit in (node.code, *node.path) and bool(found.roles & _WALK)


class ReportTexts:
    """Fulfils `voice.assets.reporting.service.Texts`."""

    def __init__(self, answers: ChannelAnswers, base_url: str) -> None:
        self._answers = answers
        self._link = f"{base_url.rstrip('/')}/app"

    async def filed(self, phone: str, filed: Filed, locale: str, tx: Tx) -> None:
        case = filed.case
        link = f"{self._link}#/receipt/{case.number}/{quote(filed.receipt or '', safe='')}"
        facts = {"number": case.number, "link": link}
        await self._answers.say(CaseChannel.SMS, phone, "INBOUND_FILED", tx, locale=locale, case=case.id, **facts)
