"""Use cases that end in the middle: a crash between asking and settling, a text that is not sent, an elder's card."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.viewer import Origin, Role, Viewer
from app.domains.identity.citizens.model import Citizen, IdNumber, birthday
from app.domains.identity.sessions.model import Device
from app.domains.identity.sign_in.errors import SmsRefused, SmsUnavailable
from app.domains.identity.verification.errors import IdentityNotMatched, RegistryUnavailable
from app.domains.identity.verification.model import RegistryRecord
from app.settings import Settings
from app.wiring import City, build
from mocks.people import id_number
from tests.conftest import Fakes
from tests.stores.support import shaped, stored
from tests.support.fakes import FakeRegistry, MovableClock, RecordingSms
from virtual_card.cards.model import CardKind

NUMBER = id_number("350102", date(1990, 5, 20), "102")
PHONE = "+8619900000001"
DEVICE = Device("device-0001", "Phone", "test")
KEY = "key-of-one-press"


class Killed(BaseException):
    """The process ends here: nothing that follows is run."""


class KilledAfterAsking(FakeRegistry):
    """Answers; then the process of the asker dies, as often as `deaths` says."""

    deaths = 1

    async def check(self, *, name: str, id_number: str, request_id: str) -> RegistryRecord | None:
        record = await super().check(name=name, id_number=id_number, request_id=request_id)
        if self.deaths:
            self.deaths -= 1
            raise Killed
        return record


@pytest.fixture
async def resting(settings: Settings, fakes: Fakes, clock: MovableClock) -> AsyncIterator[City]:
    """A city that is built and not started: only the collections that these tests touch."""
    fakes.registry = KilledAfterAsking(people={NUMBER: "林晓梅"})
    city = build(settings, beyond=replace(fakes.outside, registry=fakes.registry), clock=clock)
    names = ("citizens", "phones", "real_names", "photos", "verifications", "verification_locks", "audit", "outbox")
    await shaped(city.db, *names, "idempotency", "otp_challenges", "limits", "sessions", "cards", "card_numbers")
    await shaped(city.db, "counters", "signing_keys")
    await city.keys.load()
    yield city
    await city.stop()


async def somebody(city: City, phone: str | None = PHONE) -> Viewer:
    new = Citizen(new_id(), city.clock.now(), phone=phone)

    async def work(tx: Tx) -> None:
        await city.citizens.add(new, tx)

    await city.db.transaction(work)
    return Viewer(role=Role.CITIZEN, actor=new.id, subject=new.id, session="s1")


async def test_a_verification_cut_off_after_asking_goes_on_under_the_same_request(resting: City, fakes: Fakes) -> None:
    viewer, verify = await somebody(resting), resting.services.verification.verify
    with pytest.raises(Killed):
        await verify(viewer, "林晓梅", NUMBER, KEY)
    assert [row["state"] for row in await stored(resting.db, "verifications")] == ["asked"]
    assert await resting.citizens.id_number(viewer.citizen()) is None
    done = await verify(viewer, "林晓梅", NUMBER, KEY)
    assert done.citizen.verified
    assert len(fakes.registry.asked) == 2
    assert len(set(fakes.registry.asked)) == 1, "the registry knows it for the same question"
    assert [row["state"] for row in await stored(resting.db, "verifications")] == ["matched"]
    assert [row["attempts"] for row in await stored(resting.db, "verification_locks")] == [[]]
    assert [row["type"] for row in await stored(resting.db, "outbox")] == ["citizen.verified"]
    assert await verify(viewer, "林晓梅", NUMBER, KEY)
    assert len(fakes.registry.asked) == 2, "what is settled is not asked again"


async def test_a_crash_costs_no_second_try(resting: City, fakes: Fakes) -> None:
    viewer, verify = await somebody(resting), resting.services.verification.verify
    with pytest.raises(Killed):
        await verify(viewer, "林晓美", NUMBER, KEY)
    for _ in range(2):
        with pytest.raises(IdentityNotMatched) as missed:
            await verify(viewer, "林晓美", NUMBER, KEY)
        assert missed.value.remaining == 2


async def test_a_registry_that_is_away_costs_no_try_and_the_same_key_asks_again(resting: City, fakes: Fakes) -> None:
    viewer, verify = await somebody(resting), resting.services.verification.verify
    registry = fakes.registry
    assert isinstance(registry, KilledAfterAsking)
    registry.deaths, registry.down = 0, True
    for _ in range(5):
        with pytest.raises(RegistryUnavailable):
            await verify(viewer, "林晓梅", NUMBER, KEY)
    registry.down = False
    assert (await verify(viewer, "林晓梅", NUMBER, KEY)).citizen.name == "林晓梅"


async def test_a_text_that_could_not_be_sent_leaves_the_key_free_and_the_code_void(
    resting: City, sms: RecordingSms
) -> None:
    ask = resting.services.sign_in.request_code
    sms.down = True
    with pytest.raises(SmsUnavailable):
        await ask(PHONE, DEVICE.id, "127.0.0.1", "en", KEY)
    (challenge,) = await stored(resting.db, "otp_challenges")
    assert challenge["used_at"] is not None
    assert await stored(resting.db, "idempotency") == []
    sms.down = False
    sent = await ask(PHONE, DEVICE.id, "127.0.0.1", "en", KEY)
    assert await ask(PHONE, DEVICE.id, "127.0.0.1", "en", KEY) == sent
    assert len(sms.sent) == 1
    signed_in = await resting.services.sign_in.sign_in(
        sent.id, sms.code_for(PHONE), DEVICE, Origin("127.0.0.1", "r"), KEY
    )
    assert await resting.citizens.id_by_phone(PHONE) == signed_in.citizen


async def test_a_number_that_the_gateway_refuses_is_named_and_leaves_the_key_free(
    resting: City, sms: RecordingSms
) -> None:
    sms.refuse = True
    with pytest.raises(SmsRefused) as refused:
        await resting.services.sign_in.request_code(PHONE, DEVICE.id, "127.0.0.1", "en", KEY)
    assert refused.value.reason == "INVALID_NUMBER"
    assert await stored(resting.db, "idempotency") == []


@pytest.mark.parametrize(
    ("age", "days", "kind"),
    [(60, 0, CardKind.ELDER), (75, 10, CardKind.ELDER), (17, 300, CardKind.MINOR), (1, 0, CardKind.MINOR)],
)
async def test_a_family_card_says_whose_it_is_from_the_birthday_itself(
    resting: City, age: int, days: int, kind: CardKind
) -> None:
    today = civil_day(resting.clock.now())
    born = birthday(date.fromordinal(today.toordinal() - days), -age)
    ward = await somebody(resting, phone=None)
    number = IdNumber.parse(id_number("350102", born, "102"))

    async def work(tx: Tx) -> None:
        now = resting.clock.now()
        await resting.citizens.give_real_name(ward.citizen(), "林老", number, "h", "350102", now, tx)

    await resting.db.transaction(work)
    card = await resting.services.cards.issue(replace(ward, actor="guardian"), KEY)
    assert card.kind is kind


async def test_a_card_issued_twice_at_once_is_one_card(resting: City, fakes: Fakes) -> None:
    registry = fakes.registry
    assert isinstance(registry, KilledAfterAsking)
    registry.deaths = 0
    viewer = await somebody(resting)
    await resting.services.verification.verify(viewer, "林晓梅", NUMBER, KEY)
    cards = await asyncio.gather(*(resting.services.cards.issue(viewer, KEY) for _ in range(8)))
    assert len({card.id for card in cards}) == 1
    assert len(await stored(resting.db, "cards")) == 1
