"""Signing licence files, drawing faces, and publishing the keys and the list that others check them with."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal, TypeAlias
from urllib.parse import urlencode

from app.core.clock import CITY_TIME, Clock, civil_day
from app.core.keys import KeyUse, SigningKeys
from app.core.said import Said
from app.core.sealed import KeyRing
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.identity.organisations.service import OrganisationService
from virtual_card.codes.kept_list import KeptStatusList
from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.face import FaceStudio
from virtual_card.licences.documents import model
from virtual_card.licences.documents.model import LIFE, LicenceFile
from virtual_card.licences.faces import Face, content_key, render
from virtual_card.licences.kinds import kind_of
from virtual_card.licences.model import Licence, LicenceState
from virtual_card.licences.number import grouped
from virtual_card.licences.store import LicenceStore

_LINK_LIFE = timedelta(minutes=5)
Ending: TypeAlias = Literal["webp", "png", "cwt"]
_MEDIA = {"webp": "image/webp", "png": "image/png", "cwt": model.MEDIA_TYPE}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What stands behind a link; `tag` changes when it does."""

    data: bytes
    media_type: str
    tag: str
    name: str


class DocumentService:
    def __init__(
        self,
        licences: LicenceStore,
        citizens: CitizenStore,
        organisations: OrganisationService,
        studio: FaceStudio,
        keys: SigningKeys,
        ring: KeyRing,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._licences = licences
        self._citizens = citizens
        self._organisations = organisations
        self._studio = studio
        self._keys = keys
        self._ring = ring
        self._clock = clock
        self._base_url = base_url
        self.status_list = KeptStatusList(licences, self._signing_key, clock, "/.well-known/licence-status")

    def link(self, licence: Licence, ending: Ending) -> tuple[str, datetime]:
        """A link to its picture or its signed file, good for five minutes without further proof."""
        ends = self._clock.now() + _LINK_LIFE
        until = int(ends.timestamp())
        query = {"of": licence.holder, "until": until, "proof": self._proof(licence.id, licence.holder, ending, until)}
        return f"{self._base_url}/media/licences/{licence.id}.{ending}?{urlencode(query)}", ends

    async def behind(self, licence: str, holder: str, ending: Ending, until: int, proof: str) -> Rendered | None:
        """None when the link is not genuine or over, and when there is nothing to be shown."""
        right = self._proof(licence, holder, ending, until)
        if not hmac.compare_digest(proof.encode(), right.encode()) or until < self._clock.now().timestamp():
            return None
        found = await self._licences.get(licence, holder)
        if found is None or not found.facts:
            return None
        data = self.signed(found) if ending == "cwt" else await self.drawn(found, ending)
        if data is None:
            return None
        name = f"{found.kind}-{found.number}.{ending}"
        return Rendered(data, _MEDIA[ending], hashlib.sha256(data).hexdigest()[:32], name)

    async def drawn(self, licence: Licence, ending: Literal["webp", "png"] = "png") -> bytes:
        kind = kind_of(licence.kind)
        photo = await self._citizens.photo(licence.holder) if kind.photo else None
        face = Face(
            kind=kind,
            number=grouped(licence.number),
            facts=tuple((field.label, licence.facts.get(field.key, "")) for field in kind.fields),
            issuer=self.issuer_name(licence).zh,
            valid_from=licence.valid_from,
            valid_until=licence.valid_until,
            state=licence.state_on(civil_day(self._clock.now())).value,
            photo=photo,
            qr_text=f"{self._base_url}/l/{licence.number}",
        )
        return await self._studio.picture(content_key(face, ending), lambda: render(face, ending))

    def issuer_name(self, licence: Licence) -> Said:
        """As it stands on the seal: a department with the place whose it is. Without one, the authority of the kind."""
        tree = self._organisations.tree
        unit = tree.get(licence.issuer)
        if unit is None:
            return kind_of(licence.kind).authority
        above = tree.get(unit.parent) if unit.parent else None
        of_place = unit.kind is Kind.DEPARTMENT and above is not None and above.kind is Kind.GOVERNMENT
        return _below(above, unit) if of_place and above else unit.said

    def signed(self, licence: Licence) -> bytes | None:
        """The file, signed now; None for a licence that does not hold."""
        now = self._clock.now().replace(microsecond=0)
        if licence.state_on(civil_day(now)) is not LicenceState.ACTIVE:
            return None
        ends = now + LIFE
        if licence.valid_until is not None:
            last = datetime.combine(licence.valid_until + timedelta(days=1), time(), CITY_TIME).astimezone(UTC)
            ends = min(ends, last)
        file = LicenceFile(
            city=self._base_url,
            number=licence.number,
            kind=licence.kind,
            issuer=licence.issuer,
            facts=licence.facts,
            valid_from=licence.valid_from,
            valid_until=licence.valid_until,
            status_index=licence.status_index,
            signed_at=now,
            expires_at=ends,
        )
        return model.seal(file, self._signing_key())

    def keys(self) -> KeySet:
        """What `/.well-known/licence-keys` publishes."""
        return KeySet(SigningKey(key.id, key.private).public for key in self._keys.published(KeyUse.LICENCE))

    def _signing_key(self) -> SigningKey:
        key = self._keys.signing(KeyUse.LICENCE)
        return SigningKey(key.id, key.private)

    def _proof(self, licence: str, holder: str, ending: str, until: int) -> str:
        return self._ring.keyed_hash(f"{licence}.{holder}.{ending}.{until}", kind="licence link")


def _below(government: Organisation, unit: Organisation) -> Said:
    known = government.name_en and unit.name_en
    return Said(f"{government.name}{unit.name}", f"{government.name_en} {unit.name_en}" if known else "")
