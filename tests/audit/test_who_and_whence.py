"""The records of a day in the city: who, for whom, from where, by which request; and nothing personal in clear."""

from __future__ import annotations

from typing import Any

from app.core.audit.trail import Wanted
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.identity.staff.model import StaffRole
from app.wiring import City
from tests.stores.support import bytes_of, stored
from tests.support.api import ADDRESS_HEADER, OPS, PASSWORD, Api

ADDRESS = "203.0.113.77"


async def _records(api: Api, **wanted: Any) -> list[dict[str, Any]]:
    return await api.city.db["audit"].find(wanted).sort("_id", 1).to_list(None)


def _from(api: Api, request: str) -> Api:
    return Api(
        api.http,
        api.city,
        api.sms,
        api.registry,
        headers={ADDRESS_HEADER.decode(): ADDRESS, "x-request-id": request},
    )


async def test_a_record_says_from_where_and_by_which_request_it_came(api: Api, city: City) -> None:
    there = _from(api, "request-0001")
    person = await there.with_card()
    records = await _records(api, actor=api.key(person))
    assert {"session.opened", "citizen.verified", "card.issued"} <= {one["action"] for one in records}
    assert len({one["address"] for one in records}) == 1, "one place, without saying which"
    assert {one["request"] for one in records} == {"request-0001"}
    assert len({one["session"] for one in records}) == 1


async def test_a_guardian_is_told_from_whom_he_acts_for(api: Api) -> None:
    parent = await api.verified()
    ward = (await api.ward(parent))["ward"]["id"]
    done = await api.acting_for(ward).data("IssueCard", parent.token, key=new_id())
    assert done["__typename"] == "CardIssued", done
    (record,) = await _records(api, action="card.issued")
    assert record["actor"] == api.key(parent)
    assert record["subject"] not in (None, record["actor"])
    assert record["guardianship"] is not None


async def test_the_desk_s_sign_in_is_recorded_with_its_place(api: Api) -> None:
    clerk = await api.clerk(None, "auditor")
    body = clerk.for_the_desk(api.city.clock.now())
    headers = {ADDRESS_HEADER.decode(): ADDRESS, "x-request-id": "request-0002"}
    assert (await api.http.post("/admin/api/session", json=body, headers=headers)).status_code == 200
    (record,) = await _records(api, action="session.opened", role="ops")
    assert (record["request"], record["address"] is None) == ("request-0002", False)


async def test_nothing_personal_stands_in_clear_in_any_record(api: Api) -> None:
    there = _from(api, "request-0003")
    person = await there.with_card(there.person(name="慕容乌有"))
    await there.ward(person)
    provider = await there.provider()
    code = await there.code(person)
    shown = await there.data("VerifyCode", provider, "provider", code=code, purpose="SERVICE_HALL", key=new_id())
    reason = f"不是我：{person.name} {person.phone}"
    await there.data("DisputeDisclosure", person.token, disclosureId=shown["id"], reason=reason, key=new_id())
    await there.data("ReportCardLoss", person.token, key=new_id())
    while await api.city.audit_chain.seal():
        pass
    for collection in ("audit", "audit_reasons", "audit_chain", "audit_heads"):
        everything = bytes_of(await stored(api.city.db, collection))
        for secret in (person.name, person.phone, person.phone[3:], person.id_number, ADDRESS, code, "测试娃"):
            assert secret.encode() not in everything, (collection, secret)
    assert len(await _records(api)) > 8
    assert (await api.city.audit_verifier.verify()).sound


async def test_whoever_is_refused_at_the_desk_s_door_is_recorded_with_the_place(api: Api) -> None:
    clerk, suspended = await api.clerk(None, "viewer"), await api.clerk(None, "viewer")
    await api.city.services.staffing.suspend(OPS, suspended.id, True)
    now = api.city.clock.now()
    tries = (
        ("", {**clerk.for_the_desk(now), "password": "not this one"}, clerk.id),
        ("", suspended.for_the_desk(now), suspended.id),
        ("/browser", {"login": clerk.login, "password": PASSWORD, "code": "000000"}, clerk.id),
        ("/password", {"login": clerk.login, "password": "no", "code": "000000", "new_password": "x" * 12}, clerk.id),
    )
    headers = {ADDRESS_HEADER.decode(): ADDRESS, "x-request-id": "request-0004"}
    for path, body, _ in tries:
        answer = await api.http.post(f"/admin/api/session{path}", json=body, headers=headers)
        assert answer.json()["code"] == "CREDENTIALS_WRONG"
    refused = await _records(api, action="staff.refused")
    assert [(one["target"], one["facts"]["why"]) for one in refused] == [
        (whom, "CREDENTIALS_WRONG") for *_, whom in tries
    ]
    assert {(one["request"], one["address"] is None) for one in refused} == {("request-0004", False)}


async def test_what_was_granted_is_told_and_a_person_s_groups_are_sealed(api: Api) -> None:
    organisation = f"org-{new_id()}"
    made = Organisation(organisation, "测试单位", Kind.SERVICE_HALL, scopes=frozenset({"verify:gate"}))
    await api.city.services.organisations.put(OPS, made)
    clerk, person = await api.clerk(None, "viewer"), await api.verified()
    await api.city.services.staffing.set_roles(OPS, clerk.id, [StaffRole.AUDITOR, StaffRole.OPERATOR])
    await api.city.services.clients.create(OPS, organisation, "a gate", ["verify:gate"])
    await api.city.services.lookups.tag(OPS, api.key(person), ["on_probation"])
    (put,) = await _records(api, action="organisation.put", target=organisation)
    (roles,) = await _records(api, action="staff.roles_changed", target=clerk.id)
    (client,) = await _records(api, action="client.created", **{"facts.organisation": organisation})
    (tagged,) = await _records(api, action="citizen.tagged")
    assert (put["facts"]["scopes"], put["facts"]["test_mode"]) == (["verify:gate"], False)
    assert roles["facts"] == {"before": ["viewer"], "roles": ["auditor", "operator"]}
    assert (client["facts"]["scopes"], client["facts"]["test_mode"]) == (["verify:gate"], False)
    assert b"on_probation" not in bytes_of(await stored(api.city.db, "audit"))
    wanted = Wanted(person=api.key(person), action="citizen.tagged")
    (entry,) = (await api.city.audit_trail.search(OPS, wanted, PageRequest(5))).items
    assert (entry.id, entry.reason) == (tagged["_id"], "on_probation")


async def test_a_desk_that_got_its_first_clerk_a_minute_ago_is_no_city_whose_audit_was_taken_away(api: Api) -> None:
    await api.clerk(None, "viewer")
    assert (await api.city.audit_verifier.verify()).sound
