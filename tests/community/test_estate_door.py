"""What comes in at the doors of estates as nobody should send it: refused by a name, and nothing half done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.core.ids import new_id
from graphql_schema.types.common import global_id
from tests.support.api import Api
from tests.support.estates import SCOPES, code_of, estate_belongings, grounds, invited, moved_in

NAIVE, LONG = "2026-11-23T10:00:00", "x" * 20_000


async def codes(api: Api, operation: str, given: dict[str, Any], token: str, schema: str = "citizen") -> list[str]:
    answer = (await api.raw(operation, given, token=token, schema=schema)).json()
    if "errors" in answer:
        return [str(one["extensions"]["code"]) for one in answer["errors"]]
    (result,) = answer["data"].values()
    return [str((result or {}).get("code", "done")) if isinstance(result, dict | None) else "done"]


async def test_times_without_a_zone_are_refused_by_name_and_no_fault_of_ours(shared_api: Api) -> None:
    city, person = shared_api.city, await shared_api.verified()
    where = await grounds(city)
    token = await shared_api.provider(where.company, SCOPES)
    home = global_id("Residency", (await moved_in(city, where, shared_api.key(person)))[1])
    gate, now = where.gate_id(), city.clock.now().isoformat()
    visit = {"residencyId": home, "guest": "陈客", "begins": NAIVE, "ends": NAIVE}
    entry = {"reference": "1", "code": "RONGV1:X"}
    repair = (await estate_belongings(shared_api, person))["Repair"]
    notice = {"title": "停水", "text": "今晚停水。", "until": NAIVE}
    for operation, given, who, schema in (
        ("InviteVisitor", {"input": visit, "key": new_id()}, person.token, "citizen"),
        ("GateKit", {"gateId": gate, "since": NAIVE}, token, "provider"),
        ("OpenGate", {"gateId": gate, "code": "RONGV1:X", "readAt": NAIVE, "key": new_id()}, token, "provider"),
        ("ReportGateEntries", {"gateId": gate, "entries": [{**entry, "at": NAIVE}]}, token, "provider"),
        ("ReportGateEntries", {"gateId": gate, "entries": [{**entry, "at": now}], "sentAt": NAIVE}, token, "provider"),
        (
            "MoveRepair",
            {"repairId": repair, "to": "SCHEDULED", "visitAt": NAIVE, "key": new_id()},
            token,
            "provider",
        ),
        ("PublishEstateNotice", {"estateIds": [where.id], "input": notice, "key": new_id()}, token, "provider"),
    ):
        assert {*await codes(shared_api, operation, given, str(who), schema)} == {"BAD_USER_INPUT"}, operation


async def test_what_is_huge_or_empty_is_refused_by_name(shared_api: Api) -> None:
    city, person = shared_api.city, await shared_api.verified()
    where = await grounds(city)
    token = await shared_api.provider(where.company, SCOPES)
    citizen, residency = await moved_in(city, where, shared_api.key(person))
    home, gate, now = global_id("Residency", residency), where.gate_id(), city.clock.now()
    later = (now + timedelta(hours=1)).isoformat()
    visit = {"residencyId": home, "guest": "陈客", "begins": now.isoformat(), "ends": later}
    seen = await invited(city, citizen, residency)
    told = {"reference": "1", "code": code_of(city, seen), "at": now.isoformat()}
    for operation, given, who, schema, code in (
        ("InviteVisitor", {"input": {**visit, "guest": LONG}}, person.token, "citizen", "PASS_INVALID"),
        ("InviteVisitor", {"input": {**visit, "gates": ["g"] * 500}}, person.token, "citizen", "PASS_INVALID"),
        ("InviteVisitor", {"input": {**visit, "phone": LONG}}, person.token, "citizen", "PHONE_INVALID"),
        ("InviteVisitor", {"input": {**visit, "entries": -3}}, person.token, "citizen", "PASS_INVALID"),
        ("RegisterPlate", {"residencyId": home, "plate": LONG}, person.token, "citizen", "CAR_PLATE_INVALID"),
        ("RegisterPlate", {"residencyId": home, "plate": ""}, person.token, "citizen", "CAR_PLATE_INVALID"),
        ("PassCar", {"gateId": where.gate_id("cars"), "plate": "\0"}, token, "provider", "BAD_INPUT"),
        ("OpenGate", {"gateId": gate, "code": LONG, "readAt": now.isoformat()}, token, "provider", "CODE_MALFORMED"),
        (
            "OpenGate",
            {"gateId": gate, "code": "RONGV1:" + LONG, "readAt": now.isoformat()},
            token,
            "provider",
            "PASS_CODE_MALFORMED",
        ),
        (
            "RevealGateEntry",
            {"entryId": global_id("GateEntry", LONG), "reason": "x"},
            token,
            "provider",
            "ENTRY_UNKNOWN",
        ),
        ("DropPlate", {"estateId": where.id, "plate": LONG}, token, "provider", "CAR_PLATE_INVALID"),
    ):
        answer = await codes(shared_api, operation, {**given, "key": new_id()}, str(who), schema)
        assert answer == [code], (operation, answer)
    for entries in ([], [told] * 201, [{**told, "reference": ""}], [{**told, "reference": "r" * 65}]):
        given = {"gateId": gate, "entries": entries}
        assert await codes(shared_api, "ReportGateEntries", given, token, "provider") == ["ENTRY_REPORT_UNFIT"]


async def test_another_estate_sees_and_changes_nothing_of_this_one(shared_api: Api) -> None:
    city = shared_api.city
    where, elsewhere = await grounds(city), await grounds(city)
    theirs = await shared_api.provider(elsewhere.company, SCOPES)
    for operation, given, empty in (
        ("GateLog", {"estateId": where.id}, []),
        ("GateLooks", {"estateId": where.id}, []),
        ("EstateResidents", {"estateId": where.id, "state": "RESIDENT"}, []),
        ("EstateRepairs", {"estateId": where.id}, []),
        ("GuardedGates", {"estateId": where.id}, []),
        ("GateKit", {"gateId": where.gate_id()}, None),
        ("GateKit", {"gateId": where.gate_id(), "since": city.clock.now().isoformat()}, None),
    ):
        answer = (await shared_api.raw(operation, given, token=theirs, schema="provider")).json()
        (result,) = answer["data"].values()
        assert (result["edges"] if isinstance(result, dict) else result) == empty, operation
    drop = {"estateId": where.id, "plate": "闽A12345", "key": new_id()}
    assert await codes(shared_api, "DropPlate", drop, theirs, "provider") == ["ESTATE_UNKNOWN"]
