"""A city to measure: an embedded database, a few hundred citizens with cards and disclosures, a provider's client.

Everything is written through the city's own stores and services, so that what is measured has the shape it has in
a city; the rows differ with each run by their ids and secrets only.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.viewer import Role, Viewer
from app.domains.identity.citizens.model import Citizen, IdNumber
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.identity.sessions.model import Audience, Device
from app.embedded import EmbeddedDatabase
from app.secrets_file import fresh_secrets
from app.server import OPERATIONS
from app.settings import Settings
from app.wiring import City, build
from graphql_schema.endpoint.trusted import Prepared, TrustedDocuments
from graphql_schema.schema import citizen_schema, provider_schema
from mocks.people import id_number
from mocks.portrait import portrait
from mocks.service_account import write_service_account
from virtual_card.cards.model import VALID_YEARS, Card, CardEvent, CardKind, CardState
from virtual_card.cards.number import new_number
from virtual_card.codes.model import Attribute, KeptCode, Purpose
from virtual_card.codes.online import hash_online_code, new_online_code
from virtual_card.disclosures.model import Channel, Disclosure

Row = tuple[str, str, str]
"""What was measured, the figure, and what it should be."""

OPS = Viewer(role=Role.OPS, actor="bench", roles=frozenset({"administrator"}))
HALL = "bench-hall"
_SCOPE = Purpose.SERVICE_HALL.scope
_IN_ONE_TRANSACTION = 50
_DISCLOSURES = 21
_CODE_LIFE = timedelta(hours=1)
_NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Resident:
    """A citizen with a card, signed in."""

    citizen: str
    card: Card
    token: str


@dataclass(frozen=True)
class Bed:
    settings: dict[str, str]
    city: City
    residents: list[Resident]
    client_id: str
    client_secret: str
    provider_token: str

    @cached_property
    def documents(self) -> dict[str, dict[str, Prepared]]:
        """By schema and name."""
        schemas = {"citizen": citizen_schema, "provider": provider_schema}
        kept = {name: TrustedDocuments(schema, OPERATIONS / name) for name, schema in schemas.items()}
        return {name: {one.label: one for one in documents.every()} for name, documents in kept.items()}

    async def codes(self, how_many: int) -> Iterator[str]:
        """So many codes, each good once and for an hour; of all residents in turn."""
        texts = [new_online_code() for _ in range(how_many)]
        pairs = list(zip(texts, itertools.cycle(self.residents)))
        for start in range(0, how_many, 500):
            await self._keep_codes(pairs[start : start + 500])
        return iter(texts)

    async def _keep_codes(self, pairs: list[tuple[str, Resident]]) -> None:
        ends = self.city.clock.now() + _CODE_LIFE

        async def work(tx: Tx) -> None:
            for text, of in pairs:
                kept = KeptCode(hash_online_code(text), of.card.id, of.citizen, Purpose.SERVICE_HALL, ends, None)
                await self.city.services.codes._codes.add(kept, tx)

        await self.city.db.transaction(work)


@asynccontextmanager
async def made(residents: int) -> AsyncIterator[Bed]:
    """The bed, for as long as the block runs; nothing is left of it."""
    with tempfile.TemporaryDirectory(prefix="rong-bench-") as folder, EmbeddedDatabase(Path(folder)) as database:
        settings = settings_for(database.uri, "bench", Path(folder))
        city = build(settings_of(settings))
        await city.start(follow=False)
        try:
            yield await _filled(city, settings, residents)
        finally:
            await city.stop()


def settings_for(uri: str, database: str, folder: Path) -> dict[str, str]:
    """The environment of a production process of this city. Nobody listens where its outside systems would be."""
    return {
        **fresh_secrets(),
        "RONG_ENVIRONMENT": "production",
        "RONG_BASE_URL": "http://city.bench",
        "RONG_MONGODB_URI": uri,
        "RONG_MONGODB_DATABASE": database,
        "RONG_SMS_URL": _NOWHERE,
        "RONG_REGISTRY_URL": _NOWHERE,
        "RONG_FCM_CREDENTIALS": str(write_service_account(folder, _NOWHERE)),
    }


def settings_of(environment: dict[str, str]) -> Settings:
    named = {name.removeprefix("RONG_").lower(): value for name, value in environment.items()}
    return Settings.model_validate(named)


async def _filled(city: City, settings: dict[str, str], residents: int) -> Bed:
    hall = Organisation(HALL, "鼓楼区政务服务中心", Kind.SERVICE_HALL, scopes=frozenset({_SCOPE}))
    await city.services.organisations.put(OPS, hall)
    issued = await city.services.clients.create(OPS, HALL, "bench", (_SCOPE,))
    token = await city.services.clients.token(issued.client, issued.secret, None, "127.0.0.1")
    photo = await city.studio.clean(await asyncio.to_thread(portrait, _id_number(0).text))
    numbers = range(1, residents + 1)
    people: list[Resident] = []
    for start in range(0, residents, _IN_ONE_TRANSACTION):
        people += await _settle(city, numbers[start : start + _IN_ONE_TRANSACTION], photo)
    return Bed(settings, city, people, issued.client, issued.secret, token.access_token)


async def _settle(city: City, numbers: range, photo: bytes) -> list[Resident]:
    cards = [(n, card_of(n, city)) for n in numbers]

    async def work(tx: Tx) -> None:
        for n, card in cards:
            await settle_one(city, n, card, photo, tx)

    await city.db.transaction(work)
    return [Resident(card.holder, card, _token(city, card.holder)) for _, card in cards]


async def settle_one(city: City, n: int, card: Card, photo: bytes, tx: Tx) -> None:
    """A citizen with phone, real name, photo, card, and more than a page of disclosures."""
    now, holder = city.clock.now(), card.holder
    await city.citizens.add(Citizen(holder, now, phone=f"+8619911{n:06d}"), tx)
    await city.citizens.give_real_name(holder, "测试人", _id_number(n), f"h{n}", "350102001000", now, tx)
    await city.citizens.keep_photo(holder, photo, tx)
    await city.cards.add(card, tx)
    client = Viewer(role=Role.PROVIDER_CLIENT, actor="c-bench", organisation=HALL)
    for _ in range(_DISCLOSURES):
        told = (Attribute.NAME.value, Attribute.CARD_NUMBER.value)
        seen = Disclosure.new(client, holder, Purpose.SERVICE_HALL.value, told, Channel.ONLINE_CODE, now)
        await city.services.disclosures._disclosures.add(seen, tx)


def card_of(n: int, city: City) -> Card:
    now, holder = city.clock.now(), new_id()
    return Card(
        id=new_id(),
        number=new_number(),
        holder=holder,
        kind=CardKind.PERSONAL,
        state=CardState.ACTIVE,
        issued_at=now,
        valid_until=now.date() + timedelta(days=365 * VALID_YEARS),
        status_index=n,
        history=(CardEvent(CardState.ACTIVE, now, holder, "issued"),),
    )


def device() -> Device:
    return Device("bench-device", "Bench phone", "bench")


def _id_number(n: int) -> IdNumber:
    born = date(1940, 1, 1) + timedelta(days=n // 900)
    return IdNumber.parse(id_number("350102", born, f"{n % 900 + 100:03d}"))


def _token(city: City, citizen: str) -> str:
    claims = {"aal": "real_name", "sid": new_id()}
    return city.services.sessions.access_token(citizen, Audience.CITIZEN, claims)[0]


def asked(document: Prepared, variables: dict[str, Any] | None = None, *, whole: bool = False) -> bytes:
    """The body that asks for a document: by its hash, or by its text as a client without a build step sends it."""
    what = {"query": document.text} if whole else {"documentId": f"sha256:{document.sha256}"}
    return json.dumps({**what, **({"variables": variables} if variables else {})}).encode()
