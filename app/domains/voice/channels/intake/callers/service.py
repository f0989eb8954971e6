"""A seat of the centre files for somebody who called: he is texted the number and a link that opens the case.

The case belongs to nobody's account: that a number called does not prove who held the telephone.
"""

from __future__ import annotations

from typing import Final, Protocol

from pydantic import TypeAdapter

from app.core.idempotency import Call, Idempotency
from app.core.messages import CHINESE, ENGLISH
from app.core.mongo import Tx
from app.core.places.model import Point
from app.core.viewer import Viewer
from app.domains.voice.cases.filing.model import Filed, Filing
from app.domains.voice.cases.filing.service import CaseFiling
from app.domains.voice.cases.history.model import CaseChannel, Identity
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.record.model import Words
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.channels.intake.answers.service import ChannelAnswers
from app.domains.voice.channels.intake.callers.model import SEATED, CallerFiling, e164, is_texted
from app.domains.voice.channels.intake.errors import ChannelNotSeated
from app.domains.voice.places.model import Place

SCOPE: Final = "cases:centre"
_CASE = TypeAdapter(str)


class Places(Protocol):
    def placed(self, point: Point | None = None, *, address: str = "", division: str | None = None) -> Place:
        """Raises OutsideCity, DivisionUnknown, CaseWordsTooLong."""
        ...


class Assets(Protocol):
    async def place_of(self, code: str, test_of: str | None) -> Place:
        """Where the asset with this code stands. Raises AssetUnknown, AssetRetired."""
        ...


class CallerService:
    def __init__(
        self,
        filing: CaseFiling,
        cases: CaseStore,
        places: Places,
        assets: Assets,
        answers: ChannelAnswers,
        link: str,
        idempotency: Idempotency,
    ) -> None:
        self._filing = filing
        self._cases = cases
        self._places = places
        self._assets = assets
        self._answers = answers
        self._link = link
        self._idempotency = idempotency

    async def file(self, viewer: Viewer, wished: CallerFiling, key: str) -> Case:
        """Raises CallerNumberInvalid, ChannelNotSeated, PlaceNotOnEarth, OutsideCity, DivisionUnknown, AssetUnknown,
        AssetRetired, CategoryUnknown, CaseWordsMissing, CaseWordsTooLong, IdempotencyConflict.
        """
        centre = viewer.provider(SCOPE)
        if wished.channel not in SEATED:
            raise ChannelNotSeated
        phone = e164(wished.phone)
        test_of = centre if viewer.test_mode else None
        place = await self._place(wished, test_of)
        filing = self._filing.check(self._filing_of(wished, phone, place, test_of))
        call = Call.of(viewer, "fileCaseForCaller", key, wished)

        async def work(tx: Tx) -> str:
            filed = await self._filing.new(viewer, filing, None, tx)
            if not viewer.test_mode and is_texted(phone):  # nobody's telephone rings for a trial
                await self._tell(wished, phone, filed, tx)
            return filed.case.id

        case = await self._cases.get(await self._idempotency.once(call, _CASE, work))
        assert case is not None
        return case

    async def _tell(self, wished: CallerFiling, phone: str, filed: Filed, tx: Tx) -> None:
        case, locale = filed.case, ENGLISH if wished.english else CHINESE
        link = f"{self._link}?case={case.number}&receipt={filed.receipt}"
        facts = {"number": case.number, "link": link}
        await self._answers.say(CaseChannel.SMS, phone, "INBOUND_FILED", tx, locale=locale, case=case.id, **facts)

    async def _place(self, wished: CallerFiling, test_of: str | None) -> Place:
        if wished.asset is not None:
            return await self._assets.place_of(wished.asset, test_of)
        point = None
        if wished.latitude is not None and wished.longitude is not None:
            point = Point(wished.latitude, wished.longitude)
        return self._places.placed(point, address=wished.address, division=wished.division)

    def _filing_of(self, wished: CallerFiling, phone: str, place: Place, test_of: str | None) -> Filing:
        return Filing(
            kind=wished.kind,
            channel=wished.channel,
            category=wished.category,
            identity=Identity.CONFIDENTIAL if wished.confidential else Identity.NAMED,
            words=Words(wished.title, wished.text, contact=phone, name=(wished.name or "").strip() or None),
            place=place,
            public=wished.public,
            test_of=test_of,
        )
