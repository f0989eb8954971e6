"""Looking what there is to stand in for the materials of an item, and what other rooms are asked for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.government.applications.materials.model import (
    Answering,
    AtHand,
    Given,
    HeldLicence,
    Readiness,
    Standing,
    data_wanted,
    kinds_wanted,
    standings,
)
from app.domains.government.catalogue.model import Item


class Files(Protocol):
    """Uploads, as applications need them. `by` names whose they are: `application:ID`."""

    async def readiness(self, citizen: str, uploads: Collection[str], by: str) -> Mapping[str, Readiness]:
        """Of this citizen's, free or held `by` it; who is somebody else's, or held by another, is left out."""
        ...

    async def claim(self, by: str, citizen: str, uploads: Collection[str], tx: Tx) -> None:
        """Keep them with the application; of those it has, nothing changes.

        Raises UploadUnknown, UploadNotReady, UploadClaimed.
        """
        ...

    async def release(self, by: str, citizen: str, uploads: Collection[str], tx: Tx) -> None:
        """The application needs these no more: they are deleted in time."""
        ...

    async def links(self, by: str, citizen: str) -> Mapping[str, str]:
        """A signed address of each of its files, good for some minutes, for who may read the application."""
        ...


class Licences(Protocol):
    """Electronic licences, as applications need them."""

    async def held(self, citizen: str, kinds: Collection[str]) -> Mapping[str, HeldLicence]:
        """Those of the kinds that hold today, by kind."""
        ...

    async def issue(
        self, viewer: Viewer, *, citizen: str, kind: str, issuer: str, facts: Mapping[str, Any], source: str, tx: Tx
    ) -> str:
        """Issue one in the delivering transaction; its id. `source` is `application:ID`, and issues once."""
        ...


class SharedData(Protocol):
    """Shared data of other departments, under the citizen's consent for the application's item and unit."""

    async def answering(
        self, citizen: str, *, item: str, unit: str, wanted: Collection[str]
    ) -> Mapping[str, Answering]:
        """Whether each `set.field` can answer. Nothing is fetched, nothing entered in the ledger."""
        ...

    async def values(
        self, viewer: Viewer, citizen: str, *, item: str, unit: str, wanted: Collection[str]
    ) -> Mapping[str, Any]:
        """For a form: fetched under the consent and entered in the ledger. What does not answer is left out."""
        ...

    async def spared(self, citizen: str, *, item: str, unit: str, data: Collection[str], tx: Tx) -> None:
        """An application was handed in, in which these stood in for a proof: count the proofs spared."""
        ...


class MaterialCheck:
    def __init__(self, files: Files, licences: Licences, data: SharedData) -> None:
        self._files = files
        self._licences = licences
        self._data = data

    async def of(
        self,
        item: Item,
        *,
        citizen: str,
        unit: str,
        answers: Mapping[str, Any],
        given: Collection[Given] = (),
        by: str = "",
        by_agent: bool = False,
    ) -> tuple[Standing, ...]:
        at_hand = AtHand(
            licences=await self._licences.held(citizen, kinds) if (kinds := kinds_wanted(item)) else {},
            data=await self._answering(citizen, item, unit),
            files=await self._files.readiness(citizen, {one.upload for one in given}, by) if given else {},
        )
        return standings(item, answers, given, at_hand, by_agent=by_agent)

    async def _answering(self, citizen: str, item: Item, unit: str) -> Mapping[str, Answering]:
        wanted = data_wanted(item)
        if not wanted:
            return {}
        return await self._data.answering(citizen, item=item.code, unit=unit, wanted=wanted)
