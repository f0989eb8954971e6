"""Makes a case of a request that came by Open311: it stays private until its publication, like any other.

Nobody has an account in it. Whoever gave a name or a number is known to those who handle it; of others nothing is
known. The place is that of the asset, or the point; an address alone says no more than that it is in this city, and
the seat reads the rest.
"""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.domains.voice.cases.filing.model import Filing
from app.domains.voice.cases.filing.service import CaseFiling
from app.domains.voice.cases.history.model import CaseChannel, Identity
from app.domains.voice.cases.model import Words
from app.domains.voice.channels.open311.filing.model import NewRequest
from app.domains.voice.channels.open311.keys.model import Open311Client
from app.domains.voice.places.model import Place
from app.domains.voice.places.service import PlaceService
from app.domains.voice.street.assets.service import AssetService

_NUMBER = TypeAdapter(str)


class Open311Cases:
    """Fulfils `filing.service.Cases`. `city` is the code of the city's own government."""

    def __init__(
        self, filing: CaseFiling, places: PlaceService, assets: AssetService, once: Idempotency, city: str
    ) -> None:
        self._filing = filing
        self._places = places
        self._assets = assets
        self._once = once
        self._city = city

    async def file(self, client: Open311Client, wanted: NewRequest, key: str) -> str:
        """Raises OutsideCity, AssetUnknown, AssetRetired, CategoryUnknown, CaseWordsTooLong, IdempotencyConflict."""
        call = Call.of(client.viewer, "open311Request", key, wanted)
        before = await self._once.replay(call, _NUMBER)
        if before is not None:
            return before
        filing = self._filing.check(await self._read(client, wanted))
        case = new_id()

        async def work(tx: Tx) -> str:
            made = await self._filing.new(client.viewer, filing, None, tx, case)
            return made.case.number

        return await self._once.once(call, _NUMBER, work)

    async def _read(self, client: Open311Client, wanted: NewRequest) -> Filing:
        return Filing(
            kind=wanted.kind,
            channel=CaseChannel.OPEN311,
            category=wanted.service,
            identity=Identity.NAMED if wanted.name or wanted.contact else Identity.ANONYMOUS,
            words=Words(wanted.title, wanted.text, wanted.contact, wanted.name),
            place=await self._placed(client, wanted),
            public=True,  # it may be: GeoReport is for what everybody may read; the centre strikes out and publishes
            origin=client.origin,
            test_of=client.origin if client.test_mode else None,
        )

    async def _placed(self, client: Open311Client, wanted: NewRequest) -> Place:
        if wanted.asset:
            asset = await self._assets.reported(wanted.asset, test=client.test_mode)
            address = " ".join(part for part in (wanted.address, asset.place.address) if part)
            where = asset.place.division
            return self._places.placed(asset.point, address=address[:200], division=where, asset=asset.code)
        return self._places.placed(wanted.point, address=wanted.address[:200], division=self._city)
