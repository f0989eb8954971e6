"""What the page behind a code shows, and what it takes.

Whoever writes there has no account: without a number he is anonymous, with one he is a caller. Either follows his case
by its number and its receipt.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from pydantic import TypeAdapter

from app.core.clock import Clock, civil_day
from app.core.errors import RateLimited
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.said import Said
from app.core.sealed import KeyRing
from app.core.uploads.model import Upload, UploadPurpose
from app.domains.identity.citizens.model import parse_phone
from app.domains.voice.cases.categories.model import Category
from app.domains.voice.cases.categories.service import CategoryService
from app.domains.voice.cases.filing.model import Filed, Filing
from app.domains.voice.cases.filing.service import CaseFiling
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, Identity
from app.domains.voice.cases.model import Case, Published, Words
from app.domains.voice.cases.service import NOBODY
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.street.assets.model import Asset
from app.domains.voice.street.assets.reporting.errors import FormOver
from app.domains.voice.street.assets.reporting.model import (
    FORM_LIFE,
    PER_ADDRESS,
    PER_ASSET,
    TEXTS_PER_PHONE,
    Form,
    OpenCase,
    OpenCases,
    PageReport,
    Photo,
)
from app.domains.voice.street.assets.service import AssetService

_FILED = TypeAdapter(Filed)
_SHOWN = 10
_PROOF = "asset form"


class Photos(Protocol):
    async def bring(self, owner: str, purpose: UploadPurpose, name: str, raw: bytes) -> Upload:
        """Raises what files are refused for."""
        ...

    async def forget(self, citizen: str, uploads: Collection[str]) -> None:
        """Drop what belongs to nothing."""
        ...


class Texts(Protocol):
    async def filed(self, phone: str, filed: Filed, locale: str, tx: Tx) -> None:
        """Text whoever reported it its number and a link, with the case."""
        ...


class AssetReporting:
    def __init__(
        self,
        assets: AssetService,
        cases: CaseStore,
        filing: CaseFiling,
        categories: CategoryService,
        photos: Photos,
        texts: Texts,
        limits: Limits,
        idempotency: Idempotency,
        ring: KeyRing,
        clock: Clock,
    ) -> None:
        self._assets = assets
        self._cases = cases
        self._filing = filing
        self._categories = categories
        self._photos = photos
        self._texts = texts
        self._limits = limits
        self._idempotency = idempotency
        self._ring = ring
        self._clock = clock

    async def find(self, raw: str) -> Asset | None:
        """By what stands in the address, retired ones as well."""
        return await self._assets.find(raw)

    async def open_at(self, asset: Asset) -> OpenCases:
        """Somebody may have reported it already."""
        found = await self._cases.at_asset(asset.code, None, _SHOWN)
        public = tuple(_shown(case, case.published) for case in found if case.published is not None)
        return OpenCases(public, len(found) - len(public))

    def categories(self, asset: Asset) -> list[Category]:
        """What a thing of this kind is reported for; without any for the kind, all."""
        leaves = list(self._categories.tree.leaves())
        return [one for one in leaves if asset.kind.value in one.assets] or leaves

    def owner_name(self, asset: Asset) -> Said:
        return self._assets.owner_name(asset)

    def form(self, asset: Asset) -> Form:
        """For one report."""
        key, given = new_id(), int(self._clock.now().timestamp())
        return Form(key, given, self._proof(asset.code, key, given))

    async def report(self, raw: str, report: PageReport, form: Form | None, address: str, locale: str) -> Filed:
        """Raises AssetUnknown, AssetRetired, FormOver, PhoneInvalid, CaseWordsMissing, CaseWordsTooLong,
        CategoryUnknown, RateLimited, IdempotencyConflict, and what a photo is refused for.
        """
        asset = await self._assets.reported(raw)
        self._demand_ours(asset, form)
        assert form is not None
        phone = parse_phone(report.phone) if report.phone.strip() else None
        filing = self._filing.check(self._wish(asset, report, phone))
        call = Call.of(
            NOBODY, "reportAtAsset", form.key, asset.code, filing.words.text, filing.kind, *_rest(report, phone)
        )
        return await self._idempotency.alike(
            call, _FILED, lambda: self._filed(asset, filing, report.photo, address, locale, call)
        )

    async def _filed(
        self, asset: Asset, filing: Filing, photo: Photo | None, address: str, locale: str, call: Call
    ) -> Filed:
        await self._limits.demand_room(PER_ADDRESS, address)
        await self._limits.demand_room(PER_ASSET, asset.code)
        case, phone = new_id(), filing.words.contact
        if photo is not None:
            filing = replace(filing, files=(await self._brought(case, photo),))

        async def work(tx: Tx) -> Filed:
            await self._limits.count(PER_ADDRESS, address, tx)
            await self._limits.count(PER_ASSET, asset.code, tx)
            filed = await self._filing.new(NOBODY, filing, None, tx, case)
            if phone is not None and await self._may_text(phone, tx):
                await self._texts.filed(phone, filed, locale, tx)
            return filed

        done = await self._idempotency.once(call, _FILED, work)
        if done.case.id != case:  # the same form, sent at once, was faster
            await self._photos.forget(f"case:{case}", filing.files)
        return done

    async def _brought(self, case: str, photo: Photo) -> str:
        return (await self._photos.bring(f"case:{case}", UploadPurpose.CASE, photo.name, photo.raw)).id

    def _wish(self, asset: Asset, report: PageReport, phone: str | None) -> Filing:
        category = self._categories.tree.fit(report.category)
        named = Identity.CONFIDENTIAL if report.hidden else Identity.NAMED
        return Filing(
            kind=report.kind or next(iter(category.kinds), CaseKind.HELP),
            channel=CaseChannel.WEB,
            category=report.category,
            identity=named if phone else Identity.ANONYMOUS,
            words=Words(text=report.text, contact=phone),
            place=asset.place,
            origin=f"asset:{asset.code}",
        )

    async def _may_text(self, phone: str, tx: Tx) -> bool:
        """A few a day: somebody may write a number here that is another's."""
        try:
            await self._limits.count(TEXTS_PER_PHONE, phone, tx)
        except RateLimited:
            return False
        return True

    def _demand_ours(self, asset: Asset, form: Form | None) -> None:
        """Raises FormOver."""
        if form is None or not self._ours(asset, form):
            raise FormOver
        if form.given + FORM_LIFE.total_seconds() < self._clock.now().timestamp():
            raise FormOver

    def _ours(self, asset: Asset, form: Form) -> bool:
        return hmac.compare_digest(form.proof.encode(), self._proof(asset.code, form.key, form.given).encode())

    def _proof(self, code: str, key: str, given: int) -> str:
        return self._ring.keyed_hash(f"{code}.{key}.{given}", kind=_PROOF)


def _rest(report: PageReport, phone: str | None) -> tuple[object, ...]:
    """What else makes a report another one: the same form with a photo is not the one without."""
    photo = hashlib.sha256(report.photo.raw).hexdigest() if report.photo else None
    return report.category, phone, report.hidden, photo


def _shown(case: Case, public: Published) -> OpenCase:
    return OpenCase(case.number, case.category, case.state, civil_day(case.filed_at), public.title)
