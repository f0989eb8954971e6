"""Keeping assets: finding one by its code or near a point, registering, retiring."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.places.model import Point, cells_near
from app.core.said import UNSAID, Said
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Tree
from app.domains.voice.places.errors import DivisionUnknown
from app.domains.voice.places.model import Place
from app.domains.voice.street.assets.errors import AssetCodesSpent, AssetUnitUnknown, AssetUnknown
from app.domains.voice.street.assets.model import Asset, AssetDraft, AssetKind, asset_of
from app.domains.voice.street.assets.number import TRIES, code_for, parsed_code
from app.domains.voice.street.assets.store import AssetStore

SCOPE = "assets"
NEAR = 200.0  # metres
_LISTED = 20
_ASSET = TypeAdapter(Asset)


class Places(Protocol):
    """Where in the city something lies."""

    def placed(
        self,
        point: Point | None = None,
        *,
        address: str = "",
        division: str | None = None,
        asset: str | None = None,
        strictly: bool = False,
    ) -> Place:
        """A division that is named along may be closer than what is known of the point. Raises OutsideCity,
        DivisionUnknown.
        """
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """What came of several drafts: assets in their order, and how many were not there, were changed, stayed."""

    assets: tuple[Asset, ...]
    fresh: int
    amended: int
    same: int


class AssetService:
    def __init__(
        self,
        assets: AssetStore,
        places: Places,
        tree: Tree,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._assets = assets
        self._places = places
        self._tree = tree
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def find(self, raw: str, *, test: bool = False) -> Asset | None:
        """By what was typed or scanned, retired ones as well."""
        code = parsed_code(raw)
        found = await self._assets.get(code) if code else None
        return found if found is not None and found.test is test else None

    async def reported(self, raw: str, *, test: bool = False) -> Asset:
        """The one that something is reported of. Raises AssetUnknown, AssetRetired."""
        found = await self.find(raw, test=test)
        if found is None:
            raise AssetUnknown
        return found.demand_active()

    async def near(
        self, point: Point, *, metres: float = NEAR, kind: AssetKind | None = None, test: bool = False
    ) -> list[Asset]:
        """The nearest first, twenty at most."""
        found = await self._assets.in_cells(cells_near(point, min(metres, 500.0)), test=test)
        measured = sorted(
            ((point.metres_to(one.point), one) for one in found if kind in (None, one.kind)), key=lambda pair: pair[0]
        )
        return [one for away, one in measured if away <= metres][:_LISTED]

    async def many(self, codes: Collection[str]) -> dict[str, Asset]:
        return await self._assets.many(codes)

    def owner_name(self, asset: Asset) -> Said:
        return self._tree.name_of(asset.unit) or UNSAID

    async def own(self, viewer: Viewer, raw: str) -> Asset:
        """One that the provider keeps. Raises AssetUnknown."""
        code = parsed_code(raw)
        found = await self._assets.get(code) if code else None
        if found is None or found.test is not viewer.test_mode or not self._below(viewer, found.unit):
            raise AssetUnknown
        return found

    async def kept_by(self, viewer: Viewer, request: PageRequest, kind: AssetKind | None = None) -> Page[Asset]:
        """Of the provider's unit and all below it, by code."""
        mine = viewer.provider(SCOPE)
        units = {mine, *(code for code, node in self._tree.nodes.items() if mine in node.path)}
        return await self._assets.page(request, units=units, kind=kind)

    async def of_city(
        self, request: PageRequest, *, unit: str | None = None, kind: AssetKind | None = None
    ) -> Page[Asset]:
        """For the desk, by code."""
        return await self._assets.page(request, units=None if unit is None else {unit}, kind=kind)

    async def save(self, viewer: Viewer, draft: AssetDraft, key: str) -> Asset:
        """Register an asset, or say anew what it is. Raises AssetInvalid, AssetUnknown (its code), AssetUnitUnknown,
        OutsideCity, AssetCodesSpent, IdempotencyConflict.
        """
        tidy = draft.checked()
        self.demand_unit(viewer, tidy.unit)

        async def work(tx: Tx) -> Asset:
            saved = (await self.write(viewer, [tidy], tx)).assets[0]
            await self._audit.record(viewer, "asset.saved", saved.code, tx, unit=saved.unit, kind=saved.kind.value)
            return saved

        return await self._idempotency.once(Call.of(viewer, "saveAsset", key, tidy), _ASSET, work)

    async def retire(self, viewer: Viewer, raw: str, reason: str, key: str) -> Asset:
        """It is no more; its code stays its own. Raises AssetUnknown, AssetRetired, AssetInvalid (reason),
        IdempotencyConflict.
        """
        code = parsed_code(raw) or ""

        async def work(tx: Tx) -> Asset:
            found = await self._assets.get(code, tx)
            if found is None or not self._keeps(viewer, found):
                raise AssetUnknown
            gone = found.retired(reason, self._clock.now())
            if not await self._assets.save(gone, tx):
                raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats
            await self._audit.record(viewer, "asset.retired", code, tx)
            return gone

        return await self._idempotency.once(Call.of(viewer, "retireAsset", key, code, reason), _ASSET, work)

    def placed(self, point: Point, address: str, unit: str) -> Place:
        """Where something is that a unit looks after: by its point, and closer by the government that it belongs to.
        Raises OutsideCity, DivisionUnknown.
        """
        owner = self._tree.get(unit)
        above = [self._tree.get(code) for code in (*owner.path, owner.code)] if owner else []
        nearest = next((one.code for one in reversed(above) if one is not None and one.kind is Kind.GOVERNMENT), None)
        try:
            return self._places.placed(point, address=address, division=nearest, strictly=True)
        except DivisionUnknown:  # a government beyond the city owns things in it
            return self._places.placed(point, address=address, strictly=True)

    def demand_unit(self, viewer: Viewer, unit: str) -> None:
        """Raises AssetUnitUnknown."""
        if self._tree.get(unit) is None or not (viewer.role is Role.OPS or self._below(viewer, unit)):
            raise AssetUnitUnknown

    async def write(self, viewer: Viewer, drafts: Sequence[AssetDraft], tx: Tx) -> Written:
        """In the caller's transaction: each is added, changed, or left as it is. Drafts are checked ones.

        Raises AssetUnknown (a code that no asset has), OutsideCity, AssetCodesSpent, DuplicateKey.
        """
        now, known = self._clock.now(), await self._known(drafts, tx)
        fresh, amended, assets = [], [], list[Asset]()
        for draft, (code, was) in zip(drafts, known, strict=True):
            division = self.placed(draft.point, draft.address, draft.unit).division
            if was is None:
                asset = asset_of(draft, code, division, now, viewer.test_mode)
                fresh.append(asset)
            elif not self._keeps(viewer, was):
                raise AssetUnknown
            else:
                asset = was.amended(draft, division, now)
                amended += [asset] if asset is not was else []
            assets.append(asset)
        await self._put(fresh, amended, tx)
        return Written(tuple(assets), len(fresh), len(amended), len(drafts) - len(fresh) - len(amended))

    async def _put(self, fresh: Sequence[Asset], amended: Sequence[Asset], tx: Tx) -> None:
        await self._assets.add(fresh, tx)
        for asset in amended:
            if not await self._assets.save(asset, tx):
                raise DuplicateKey("changed meanwhile")

    async def _known(self, drafts: Sequence[AssetDraft], tx: Tx) -> list[tuple[str, Asset | None]]:
        """For each its code, and the asset if it is there: by the code it names, else by its owner's number."""
        named = await self._assets.many([draft.code for draft in drafts if draft.code], tx)
        found: dict[int, tuple[str, Asset | None]] = {}
        taken = dict[str, tuple[str, str]]()
        for attempt in range(TRIES):
            left = {n: draft for n, draft in enumerate(drafts) if n not in found}
            wanted = {n: draft.code or code_for(draft.unit, draft.reference, attempt) for n, draft in left.items()}
            there = named | await self._assets.many(wanted.values(), tx)
            for n, draft in left.items():
                code, whose = wanted[n], (draft.unit, draft.reference)
                was = there.get(code)
                if draft.code and was is None:
                    raise AssetUnknown
                same = was is None or draft.code is not None or (was.unit, was.reference) == whose
                if same and taken.setdefault(code, whose) == whose:
                    found[n] = (code, was)
            if len(found) == len(drafts):
                return [found[n] for n in range(len(drafts))]
        raise AssetCodesSpent

    def _keeps(self, viewer: Viewer, asset: Asset) -> bool:
        return viewer.role is Role.OPS or (asset.test is viewer.test_mode and self._below(viewer, asset.unit))

    def _below(self, viewer: Viewer, unit: str) -> bool:
        mine, node = viewer.provider(SCOPE), self._tree.get(unit)
        return node is not None and mine in (unit, *node.path)
