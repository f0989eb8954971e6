"""Citizens at the desk: found in full, shown masked, revealed for a reason; their look-ups, disputes and cards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.messages import message
from graphql_schema.types.common import key_of
from tests.support.api import OPS, Api, Person
from tests.support.desk import Seat, seated
from tests.support.fakes import MovableClock
from virtual_card.lookups.model import REVEALS_A_DAY, RevealField

LANGUAGES = ("en", "zh-CN")


@pytest.fixture(scope="session")
async def operator(shared_api: Api) -> Seat:
    return await seated(shared_api, "operator")


@pytest.fixture(scope="session")
async def person(shared_api: Api) -> Person:
    return await shared_api.with_card()


async def refused(seat: Seat, method: str, path: str, body: Any, code: str) -> dict[str, Any]:
    """Refused by this name in both languages; what the error carries."""
    for language in LANGUAGES:
        answer = await replace(seat, language=language).ask(method, path, body)
        told = dict(answer.json())
        carried = {name: value for name, value in told.items() if name not in ("code", "message")}
        assert (answer.status_code, told["code"]) == (422, code), told
        assert told["message"] == message(code, language, **carried)
    return carried


async def number_of(api: Api, person: Person) -> str:
    return str((await api.data("Card", person.token))["number"])


async def test_a_citizen_is_found_by_four_things_and_shown_masked(
    shared_api: Api, operator: Seat, person: Person
) -> None:
    citizen, number = shared_api.key(person), await number_of(shared_api, person)
    ways = {
        "phone": person.phone.removeprefix("+86"),
        "id_number": person.id_number.lower(),
        "card_number": f" {number[:4]} {number[4:]}",
        "citizen": citizen,
    }
    shown = [
        (await operator.ask("POST", "/citizens/search", {"by": by, "text": text})).json() for by, text in ways.items()
    ]
    assert shown == [shown[0]] * 4
    masked = shown[0]
    assert (masked["id"], masked["assurance"], masked["test_of"]) == (citizen, "real_name", None)
    assert masked["name"] == "测**"
    assert (masked["id_number"][0], masked["id_number"][-1]) == (person.id_number[0], person.id_number[-1])
    for clear in (person.phone, person.phone[3:], person.id_number, person.id_number[1:-1], person.name):
        assert clear not in str(masked)
    assert (await operator.ask("GET", f"/citizens/{citizen}")).json() == masked


async def test_who_is_not_found_has_a_name_and_parts_are_no_search(operator: Seat, person: Person) -> None:
    nobody = "00000000-0000-7000-8000-000000000000"
    for by, text, code in (
        ("phone", "+8613800000000", "CITIZEN_UNKNOWN"),
        ("phone", person.phone[:-2], "PHONE_INVALID"),
        ("id_number", person.id_number[:-1], "ID_NUMBER_INVALID"),
        ("card_number", "0000", "CITIZEN_UNKNOWN"),
        ("citizen", nobody, "CITIZEN_UNKNOWN"),
        ("citizen", "测试人", "CITIZEN_UNKNOWN"),
    ):
        await refused(operator, "POST", "/citizens/search", {"by": by, "text": text}, code)
    await refused(operator, "GET", f"/citizens/{nobody}", None, "CITIZEN_UNKNOWN")


async def test_the_newest_come_first_page_by_page(shared_api: Api, operator: Seat) -> None:
    made = [shared_api.key(await shared_api.sign_in(shared_api.person())) for _ in range(3)]
    first = (await operator.ask("GET", "/citizens?first=2")).json()
    second = (await operator.ask("GET", f"/citizens?first=2&after={first['next']}")).json()
    seen = [row["id"] for row in first["items"] + second["items"]]
    assert seen == sorted(seen, reverse=True)
    assert set(made) <= set(seen)
    assert all(row["id_number"] is None for row in first["items"])


@pytest.mark.parametrize("field", ["phone", "name", "id_number", "photo"])
async def test_a_reveal_is_seen_by_the_citizen_and_recorded_with_its_reason(
    shared_api: Api, operator: Seat, field: str
) -> None:
    person = await shared_api.with_card()
    citizen, key = shared_api.key(person), new_id()
    wish = {"field": field, "reason": "来电核实身份 张三"}
    first, again = [await operator.ask("POST", f"/citizens/{citizen}/reveals", wish, key) for _ in range(2)]
    assert (first.status_code, first.json()) == (201, again.json())
    clear = {"phone": person.phone, "name": person.name, "id_number": person.id_number}
    if field == "photo":
        assert (first.json()["media_type"], first.json()["data"][:4]) == ("image/jpeg", "/9j/")
    else:
        assert first.json()["text"] == clear[field]

    ledger = await shared_api.raw("Disclosures", {"first": 10}, token=person.token)
    (row,) = [edge["node"] for edge in ledger.json()["data"]["disclosures"]["edges"]]
    assert (row["channel"], row["attributes"], row["purpose"]) == ("STAFF_READ", [field.upper()], "desk")
    assert row["organisation"]["name"] == "Citizens' service centre"
    assert key_of(row["id"], "Disclosure") == first.json()["disclosure"]
    assert "disclosure.read_by_staff" in [event.type for event in await shared_api.events(person)]
    told = [one["event"] for one in await shared_api.told(person)]
    assert "disclosure.read_by_staff" in told
    records = await shared_api.city.db["audit"].find({"action": "citizen.revealed", "subject": citizen}).to_list(None)
    assert [(r["actor"], r["facts"]) for r in records] == [(operator.clerk.id, {"fields": [field]})]
    kept = await shared_api.city.db["audit_reasons"].find({"_id": records[0]["_id"]}).to_list(None)
    assert len(kept) == 1
    for stored in (records, kept):
        assert "张三" not in str(stored)


async def test_a_reveal_without_a_reason_or_of_nothing_leaves_no_trace(shared_api: Api, operator: Seat) -> None:
    person = await shared_api.sign_in(shared_api.person())
    citizen = shared_api.key(person)
    path = f"/citizens/{citizen}/reveals"
    for reason in ("", " ", "x", "x" * 501, "…", "\N{ZERO WIDTH SPACE}" * 5):
        await refused(operator, "POST", path, {"field": "phone", "reason": reason}, "REASON_MISSING")
    for field in ("name", "id_number", "photo"):
        await refused(operator, "POST", path, {"field": field, "reason": "verified by phone"}, "NOTHING_TO_REVEAL")
    nobody = "/citizens/00000000-0000-7000-8000-000000000000/reveals"
    await refused(operator, "POST", nobody, {"field": "phone", "reason": "verified by phone"}, "CITIZEN_UNKNOWN")
    assert await shared_api.city.db["disclosures"].count_documents({"citizen": citizen}) == 0
    assert await shared_api.city.db["audit"].count_documents({"subject": citizen, "action": "citizen.revealed"}) == 0


async def test_one_member_of_the_desk_reveals_so_many_fields_a_day(api: Api) -> None:
    operator, person = await seated(api, "operator"), await api.sign_in(api.person())
    path, wish = f"/citizens/{api.key(person)}/reveals", {"field": "phone", "reason": "calling back"}
    for _ in range(REVEALS_A_DAY.most):
        assert (await operator.ask("POST", path, wish)).status_code == 201
    carried = await refused(operator, "POST", path, wish, "REVEAL_LIMIT_REACHED")
    assert carried == {"limit": REVEALS_A_DAY.most}
    assert await api.city.db["disclosures"].count_documents({"citizen": api.key(person)}) == REVEALS_A_DAY.most


async def test_sessions_phones_and_messages_are_listed_without_what_they_hold(
    shared_api: Api, operator: Seat, person: Person
) -> None:
    await shared_api.data("RegisterPushToken", person.token, token="a-token-of-a-phone-" + new_id())
    await shared_api.told(person)
    at = f"/citizens/{shared_api.key(person)}"
    sessions = (await operator.ask("GET", f"{at}/sessions")).json()["items"]
    assert [(one["device"], one["platform"]) for one in sessions] == [("Test phone", "test")]
    devices = (await operator.ask("GET", f"{at}/devices")).json()
    assert [one["session"] for one in devices["items"]] == [sessions[0]["id"]]
    assert "a-token-of-a-phone" not in str(devices)
    messages = (await operator.ask("GET", f"{at}/messages?first=1")).json()
    assert len(messages["items"]) == 1
    assert messages["next"]
    assert messages["items"][0].keys() == {"id", "event", "source", "urgency", "at", "read_at"}


async def test_a_dispute_is_answered_once_and_the_citizen_reads_the_answer(shared_api: Api, operator: Seat) -> None:
    person = await shared_api.with_card()
    code = await shared_api.code(person)
    provider = await shared_api.provider()
    await shared_api.data("VerifyCode", provider, "provider", code=code, purpose="SERVICE_HALL", key=new_id())
    ledger = (await shared_api.raw("Disclosures", {"first": 1}, token=person.token)).json()
    disclosure = ledger["data"]["disclosures"]["edges"][0]["node"]["id"]
    at = f"/citizens/{shared_api.key(person)}/disclosures/{key_of(disclosure, 'Disclosure')}/answer"
    verdict = {"state": "upheld", "answer": "核实为误扫，已提醒该单位。"}
    await refused(operator, "POST", at, verdict, "NOT_DISPUTED")
    said = {"disclosureId": disclosure, "reason": "我没有去过", "key": new_id()}
    await shared_api.data("DisputeDisclosure", person.token, **said)
    waiting = (await operator.ask("GET", "/disclosures/disputed?first=100")).json()["items"]
    (mine,) = [one for one in waiting if one["citizen"] == shared_api.key(person)]
    assert (mine["dispute"]["reason"], mine["dispute"]["state"]) == (None, "open")

    await refused(operator, "POST", at, {**verdict, "answer": " "}, "REASON_MISSING")
    key = new_id()
    first, again = [await operator.ask("POST", at, verdict, key) for _ in range(2)]
    assert (first.status_code, first.json()) == (200, again.json())
    assert (first.json()["dispute"]["reason"], first.json()["dispute"]["answer"]) == (None, verdict["answer"])
    await refused(operator, "POST", at, {**verdict, "state": "rejected"}, "NOT_DISPUTED")
    nowhere = at.replace(key_of(disclosure, "Disclosure"), "none")
    await refused(operator, "POST", nowhere, verdict, "DISCLOSURE_UNKNOWN")
    ledger = (await shared_api.raw("Disclosures", {"first": 1}, token=person.token)).json()
    dispute = ledger["data"]["disclosures"]["edges"][0]["node"]["dispute"]
    assert (dispute["state"], dispute["answer"]) == ("UPHELD", verdict["answer"])
    assert "disclosure.answered" in [one["event"] for one in await shared_api.told(person)]
    waiting = (await operator.ask("GET", "/disclosures/disputed?first=100")).json()["items"]
    assert shared_api.key(person) not in {one["citizen"] for one in waiting}
    looks = (await operator.ask("GET", f"/citizens/{shared_api.key(person)}/disclosures")).json()["items"]
    assert [(one["dispute"]["state"], one["dispute"]["reason"], one["dispute"]["answer"]) for one in looks] == [
        ("upheld", None, None)
    ]


async def test_what_a_citizen_disputes_is_read_for_a_reason_and_he_is_told(shared_api: Api, operator: Seat) -> None:
    person = await shared_api.sign_in(shared_api.person())
    citizen = shared_api.key(person)
    await operator.ask("POST", f"/citizens/{citizen}/reveals", {"field": "phone", "reason": "calling back"})
    ledger = (await shared_api.raw("Disclosures", {"first": 1}, token=person.token)).json()
    disclosure = ledger["data"]["disclosures"]["edges"][0]["node"]["id"]
    path = f"/citizens/{citizen}/disclosures/{key_of(disclosure, 'Disclosure')}/reveals"
    await refused(operator, "POST", path, {"reason": "to answer it"}, "NOT_DISPUTED")
    said = {"disclosureId": disclosure, "reason": "我没有打过电话", "key": new_id()}
    await shared_api.data("DisputeDisclosure", person.token, **said)

    await refused(operator, "POST", path, {"reason": "……"}, "REASON_MISSING")
    nowhere = path.replace(key_of(disclosure, "Disclosure"), "none")
    await refused(operator, "POST", nowhere, {"reason": "to answer it"}, "DISCLOSURE_UNKNOWN")
    read = await operator.ask("POST", path, {"reason": "to answer it"})
    assert (read.status_code, read.json()["dispute"]["reason"]) == (200, "我没有打过电话")
    ledger = (await shared_api.raw("Disclosures", {"first": 1}, token=person.token)).json()
    look = ledger["data"]["disclosures"]["edges"][0]["node"]
    assert (look["channel"], look["attributes"]) == ("STAFF_READ", ["DISPUTE"])
    told = [event.type for event in await shared_api.events(person)]
    assert told.count("disclosure.read_by_staff") == 2
    record = {"action": "citizen.revealed", "target": key_of(look["id"], "Disclosure"), "subject": citizen}
    (kept,) = await shared_api.city.db["audit"].find(record).to_list(None)
    assert await shared_api.city.db["audit_reasons"].count_documents({"_id": kept["_id"]}) == 1


async def test_who_looked_does_not_judge_the_look(shared_api: Api, operator: Seat) -> None:
    person = await shared_api.sign_in(shared_api.person())
    at = f"/citizens/{shared_api.key(person)}"
    look = (await operator.ask("POST", f"{at}/reveals", {"field": "phone", "reason": "calling back"})).json()
    ledger = (await shared_api.raw("Disclosures", {"first": 1}, token=person.token)).json()
    disclosure = ledger["data"]["disclosures"]["edges"][0]["node"]["id"]
    await shared_api.data("DisputeDisclosure", person.token, disclosureId=disclosure, reason="为什么", key=new_id())
    answer = f"{at}/disclosures/{look['disclosure']}/answer"
    await refused(operator, "POST", answer, {"state": "rejected", "answer": "needed"}, "OWN_LOOK_UP")
    other = await seated(shared_api, "administrator")
    assert (await other.ask("POST", answer, {"state": "rejected", "answer": "needed"})).status_code == 200


async def test_a_card_is_suspended_reinstated_and_revoked_with_its_history(shared_api: Api, operator: Seat) -> None:
    person = await shared_api.with_card()
    number = await number_of(shared_api, person)
    steps = []
    for act, state in (("suspensions", "suspended"), ("reinstatements", "active"), ("revocations", "revoked")):
        key, body = new_id(), {"number": number, "reason": "fraud_suspected", "note": "李四 called about it"}
        done, again = [await operator.ask("POST", f"/cards/{act}", body, key) for _ in range(2)]
        assert (done.status_code, done.json()) == (200, {"number": number, "state": state})
        assert again.json() == done.json()
        steps.append((state, operator.clerk.id, "fraud_suspected"))
    await refused(operator, "POST", "/cards/suspensions", {"number": number, "reason": "again"}, "CARD_NOT_ACTIVE")
    await refused(
        operator, "POST", "/cards/reinstatements", {"number": number, "reason": "again"}, "CARD_NOT_SUSPENDED"
    )
    await refused(operator, "POST", "/cards/search", {"number": "0"}, "NO_CARD")
    shown = (await operator.ask("POST", "/cards/search", {"number": number})).json()
    assert (shown["holder"], shown["state"]) == (shared_api.key(person), "revoked")
    assert [(s["state"], s["actor"], s["reason"]) for s in shown["history"][1:]] == steps
    held = (await operator.ask("GET", f"/citizens/{shared_api.key(person)}/cards")).json()["items"]
    assert held == [shown]
    events = [event.type for event in await shared_api.events(person)]
    assert {"card.suspended", "card.reinstated", "card.revoked"} <= set(events)
    assert "李四" not in str(await shared_api.city.db["audit"].find({"subject": shared_api.key(person)}).to_list(None))


async def test_organisations_and_clients_are_listed_page_by_page(shared_api: Api, operator: Seat) -> None:
    top = await shared_api.organisation()
    below = [await shared_api.organisation(parent=top) for _ in range(3)]
    seen: list[str] = []
    page = (await operator.ask("GET", f"/organisations?below={top}&first=2")).json()
    while True:
        seen += [one["code"] for one in page["items"]]
        if page["next"] is None:
            break
        page = (await operator.ask("GET", f"/organisations?below={top}&first=2&after={page['next']}")).json()
    assert seen == sorted(below)
    one = (await operator.ask("GET", f"/organisations/{below[0]}")).json()
    assert (one["path"], one["active"]) == ([top], True)
    await refused(operator, "GET", "/organisations/nowhere", None, "ORGANISATION_UNKNOWN")

    made = [await shared_api.city.services.clients.create(operator.viewer, top, f"c{n}", ()) for n in range(3)]
    first = (await operator.ask("GET", f"/clients?organisation={top}&first=2")).json()
    second = (await operator.ask("GET", f"/clients?organisation={top}&first=2&after={first['next']}")).json()
    assert [row["id"] for row in first["items"] + second["items"]] == [client.client for client in made]
    assert made[0].secret not in str(first)
    assert (await operator.ask("GET", f"/clients/{made[0].client}")).json() == first["items"][0]
    await refused(operator, "GET", "/clients/c-none", None, "CLIENT_UNKNOWN")


async def test_tags_are_set_and_a_broadcast_finds_those_who_have_them(shared_api: Api, operator: Seat) -> None:
    person, tag = await shared_api.verified(), f"t{new_id()[-12:]}"
    path = f"/citizens/{shared_api.key(person)}/tags"
    for _ in range(2):
        tagged = await operator.ask("PUT", path, {"tags": [tag, "veteran"]})
        assert (tagged.status_code, tagged.json()["tags"]) == (200, sorted([tag, "veteran"]))
    estimate = await operator.ask("POST", "/broadcasts/estimate", {"audience": {"tags": [tag]}, "pace": 1})
    assert estimate.json() == {"people": 1, "seconds": 1.0}
    await refused(operator, "PUT", path, {"tags": ["No Tag"]}, "TAG_INVALID")
    nobody = "/citizens/00000000-0000-7000-8000-000000000000/tags"
    await refused(operator, "PUT", nobody, {"tags": [tag]}, "CITIZEN_UNKNOWN")
    assert (await operator.ask("PUT", path, {"tags": []})).json()["tags"] == []


async def test_a_repeat_is_the_same_look_for_ten_minutes_only(api: Api, clock: MovableClock) -> None:
    person = await api.verified()
    wish = (OPS, api.key(person), RevealField.PHONE, "to call back", new_id())
    first, repeat = [await api.city.services.lookups.reveal(*wish) for _ in range(2)]
    assert first == repeat
    clock.advance(seconds=601)
    assert (await api.city.services.lookups.reveal(*wish)).disclosure != first.disclosure
    assert await api.city.db["disclosures"].count_documents({"citizen": api.key(person)}) == 2
