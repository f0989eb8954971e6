"""What is taken away is gone at once: a leaked signing key, a phone that changed hands, a second guardianship."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from starlette.requests import HTTPConnection

from app.core.errors import Forbidden
from app.core.ids import new_id
from app.core.keys import KeyUse
from app.core.outbox import MOST_ATTEMPTS
from app.domains.identity.sessions.model import Audience
from app.viewers import Viewers
from tests.support.api import Api, Person, soon
from virtual_card.codes import status_list


async def test_a_leaked_session_key_voids_its_tokens_and_signs_nobody_out(api: Api) -> None:
    person = await api.sign_in(api.person())
    assert (await api.data("Me", person.token))["id"] == person.citizen_id
    await api.city.keys.rotate(KeyUse.SESSION, at_once=True)

    async def refused() -> bool:
        answer = (await api.raw("Me", token=person.token)).json()
        return bool(answer.get("errors")) and answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"

    await soon(refused)
    device = person.device["id"]
    again = await api.data("RefreshSession", refreshToken=person.refresh_token, deviceId=device)
    assert again["__typename"] == "SignedIn"
    assert (await api.data("Me", again["tokens"]["accessToken"]))["id"] == person.citizen_id


async def test_planned_rotation_leaves_tokens_good(api: Api) -> None:
    person = await api.sign_in(api.person())
    await api.city.keys.rotate(KeyUse.SESSION)
    api.city.clock.advance(minutes=6)  # type: ignore[attr-defined]  # the new key signs now
    assert (await api.data("Me", person.token))["id"] == person.citizen_id
    other = await api.sign_in(api.person())
    assert api.city.keys.signing(KeyUse.SESSION).id == "session-0002"
    assert (await api.data("Me", other.token))["id"] == other.citizen_id


async def test_a_phone_that_changed_hands_is_reached_for_its_new_owner_only(shared_api: Api) -> None:
    first, second = [await shared_api.sign_in(shared_api.person()) for _ in range(2)]
    token = f"phone-{new_id()}"
    for person in (first, second):
        done = await shared_api.data("RegisterPushToken", person.token, token=token)
        assert done["__typename"] == "PushTokenRegistered"
    rows = await shared_api.city.db["push_devices"].find({}).to_list(None)
    owners = [row["citizen"] for row in rows if await _token_of(shared_api, row) == token]
    assert len(owners) == 1
    assert (await shared_api.data("Me", second.token))["id"] == second.citizen_id


async def _token_of(api: Api, row: dict[str, object]) -> str:
    devices = await api.city.services.devices.of(str(row["citizen"]))
    return next(device.target.value for device in devices if device.session == row["_id"])


async def test_two_wishes_for_one_ward_at_once_leave_one_open_guardianship(shared_api: Api) -> None:
    parent = await shared_api.verified()
    child = shared_api.child_of(parent)
    await asyncio.gather(*(shared_api.ward(parent, child=child) for _ in range(3)))
    assert len(await shared_api.data("Wards", parent.token)) == 1


async def test_an_event_that_is_never_settled_is_laid_aside_in_the_end(api: Api) -> None:
    outbox, rows = api.city.outbox, api.city.db["outbox"]

    async def add(tx: object) -> str:
        return await outbox.add("card.issued", "nobody", tx)  # type: ignore[arg-type]

    event = await api.city.db.transaction(add)
    for _ in range(MOST_ATTEMPTS):
        assert [claim.event.id for claim in await outbox.claim()] == [event]
        api.city.clock.advance(seconds=31)  # type: ignore[attr-defined]  # its worker died: the lease ends
    assert await outbox.claim() == []
    row = await rows.find_one({"_id": event})
    assert row is not None
    assert row["state"] == "dead"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_fault_of_ours_tells_an_id_and_logs_no_words(
    api: Api, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "陈小满 +8619900001234"
    clients = api.city.services.clients

    class Broken:
        async def get(self, client: str) -> None:
            raise RuntimeError(secret)

    clients._clients = Broken()  # type: ignore[assignment]
    answer = await api.http.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=("c", "s"),
        headers={"accept-language": language},
    )
    assert answer.status_code == 500
    assert answer.json()["code"] == "INTERNAL"
    assert answer.json()["requestId"] == answer.headers["x-request-id"]
    logged = capsys.readouterr()
    assert "RuntimeError" in logged.out + logged.err
    assert secret not in answer.text + logged.out + logged.err


async def test_a_key_stands_for_one_guess_at_a_ward(api: Api) -> None:
    parent = await api.verified()
    child, key = api.child_of(parent), new_id()
    wish = {"idNumber": child.id_number, "scopes": ["CARD_SHOW"], "key": key}
    first = await api.data("AddWard", parent.token, name="别人", **wish)
    other = await api.data("AddWard", parent.token, name=child.name, **wish)
    again = await api.data("AddWard", parent.token, name="别人", **wish)
    assert (first["__typename"], first["remaining"]) == ("IdentityNotMatched", 2)
    assert other["__typename"] == "IdempotencyConflict"
    assert (again["__typename"], again["remaining"]) == ("IdentityNotMatched", 2)


async def test_a_ward_who_grows_up_acts_for_himself(api: Api) -> None:
    parent = await api.verified()
    child = api.child_of(parent)
    await api.ward(parent, child=child)
    grown = await api.with_card(child)
    assert (await api.data("Me", grown.token))["assurance"] == "REAL_NAME"
    assert await api.data("Wards", parent.token) == []


async def test_a_loss_reported_while_the_list_is_made_is_in_the_list(api: Api) -> None:
    person = await api.with_card()
    codes, cards = api.city.services.codes, api.city.cards
    read, go_on = asyncio.Event(), asyncio.Event()

    class Slow:
        """Reads the barred cards, and is overtaken before the list is signed."""

        def __getattr__(self, name: str) -> object:
            return getattr(cards, name)

        async def barred(self) -> list[int]:
            found = await cards.barred()
            if not read.is_set():
                read.set()
                await go_on.wait()
            return found

    codes.status_list._barring = Slow()  # type: ignore[assignment]
    making = asyncio.create_task(codes.status_list.signed())
    await read.wait()
    await api.data("ReportCardLoss", person.token, key=new_id())
    await asyncio.sleep(0.5)  # this process hears of it
    go_on.set()
    data, keys, now = await making, codes.card_keys(), api.city.clock.now()
    [place] = await cards.barred()
    assert status_list.decode(data, keys, now, timedelta(hours=1)).is_revoked(place)


async def test_the_third_failure_locks_for_a_whole_day(api: Api) -> None:
    person = await api.sign_in(api.person())
    clock = api.city.clock
    for hours in (0, 20, 3):
        clock.advance(hours=hours)  # type: ignore[attr-defined]
        await _fresh(api, person)
        wrong = {"name": "别人", "idNumber": person.id_number, "key": new_id()}
        assert (await api.data("VerifyIdentity", person.token, **wrong))["__typename"] == "IdentityNotMatched"
    clock.advance(hours=23)  # type: ignore[attr-defined]
    await _fresh(api, person)
    right = {"name": person.name, "idNumber": person.id_number, "key": new_id()}
    assert (await api.data("VerifyIdentity", person.token, **right))["__typename"] == "VerificationLocked"
    clock.advance(hours=2)  # type: ignore[attr-defined]
    await _fresh(api, person)
    assert (await api.data("VerifyIdentity", person.token, **right))["__typename"] == "IdentityVerified"


async def _fresh(api: Api, person: Person) -> None:
    """Access tokens end while the clock is moved."""
    turn = {"refreshToken": person.refresh_token, "deviceId": person.device["id"]}
    tokens = (await api.data("RefreshSession", **turn))["tokens"]
    person.token, person.refresh_token = tokens["accessToken"], tokens["refreshToken"]


async def test_a_broken_basic_header_is_bad_input(shared_api: Api) -> None:
    headers = {b"authorization": "Basic éé".encode("latin-1")}
    form = {"grant_type": "client_credentials"}
    answer = await shared_api.http.post("/oauth/token", data=form, headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_INPUT")


async def test_a_revoked_guardian_sees_nothing_more_in_an_open_subscription(api: Api) -> None:
    parent = await api.verified()
    made = await api.ward(parent)
    said = {"authorization": f"Bearer {parent.token}", "rong-subject": made["ward"]["id"]}
    headers = [(name.encode(), value.encode()) for name, value in said.items()]
    connection = HTTPConnection({"type": "websocket", "headers": headers, "client": ("192.0.2.1", 1), "state": {}})
    context = await Viewers(api.city, Audience.CITIZEN).context(connection, None)
    assert context.fresh() is context
    done = await api.data("RevokeGuardianship", parent.token, guardianshipId=made["id"], key=new_id())
    assert done["__typename"] == "GuardianshipRevoked"

    async def refused() -> bool:
        try:
            context.fresh()
        except Forbidden:
            return True
        return False

    await soon(refused)
