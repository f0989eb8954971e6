"""`/admin/api`: each endpoint asked by nobody, by a citizen, by the wrong role, with a bad body, and by who may."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from app.core.ids import new_id
from app.core.messages import LOCALES
from app.domains.identity.staff.model import TRIES_PER_ADDRESS
from tests.support.api import PASSWORD, Api, Person, soon

NOBODY = "00000000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Endpoint:
    """`roles` may; `bad` are bodies with the field that is at fault."""

    method: str
    path: str
    roles: frozenset[str]
    bad: tuple[tuple[Any, str], ...] = ()

    @property
    def address(self) -> str:
        """With an id that nobody has."""
        nobody = self.path.replace("{citizen}", NOBODY)
        return "/admin/api" + re.sub(r"\{[^}]*\}", "none", nobody)


ALL = frozenset({"viewer", "operator", "auditor", "administrator"})
ADMINISTRATORS = frozenset({"administrator"})
OPERATORS = frozenset({"operator", "administrator"})
AUDITORS = frozenset({"auditor", "administrator"})
ENDPOINTS = [
    Endpoint("GET", "/me", ALL),
    Endpoint(
        "POST",
        "/clients",
        ADMINISTRATORS,
        (({}, "organisation"), ({"organisation": "x", "name": "", "scopes": []}, "name"), ([], "body")),
    ),
    Endpoint("POST", "/clients/{client}/secrets", ADMINISTRATORS),
    Endpoint("DELETE", "/clients/{client}/secrets/{secret}", ADMINISTRATORS),
    Endpoint("PUT", "/clients/{client}/state", ADMINISTRATORS, (({"suspended": "perhaps"}, "suspended"),)),
    Endpoint(
        "PUT", "/organisations", ADMINISTRATORS, (({"code": "a b"}, "code"), ({"code": "a1", "name": ""}, "name"))
    ),
    Endpoint("GET", "/clients", ALL),
    Endpoint("GET", "/clients/{client}", ALL),
    Endpoint("GET", "/organisations", ALL),
    Endpoint("GET", "/organisations/{code}", ALL),
    Endpoint("GET", "/staff", ADMINISTRATORS),
    Endpoint("POST", "/staff", ADMINISTRATORS, (({"organisation": "x"}, "login"),)),
    Endpoint("GET", "/staff/{staff}", ADMINISTRATORS),
    Endpoint("PUT", "/staff/{staff}/state", ADMINISTRATORS, (({"suspended": 7}, "suspended"),)),
    Endpoint("PUT", "/staff/{staff}/roles", ADMINISTRATORS, (({"roles": ["mayor"]}, "roles.0"),)),
    Endpoint("POST", "/staff/{staff}/password", ADMINISTRATORS, (({"reason": "x"}, "reason"),)),
    Endpoint("POST", "/staff/{staff}/authenticator", ADMINISTRATORS, (({"reason": "x"}, "reason"),)),
    Endpoint("DELETE", "/staff/{staff}/lock", ADMINISTRATORS),
    Endpoint("PUT", "/organisations/{code}/state", ADMINISTRATORS, (({"state": "gone"}, "state"),)),
    Endpoint("POST", "/cards/search", ALL, (({}, "number"),)),
    Endpoint("GET", "/dashboards/{period}", ALL),
    Endpoint("POST", "/cards/suspensions", OPERATORS, (({"number": "1"}, "reason"),)),
    Endpoint("POST", "/cards/reinstatements", OPERATORS, (({"reason": "found"}, "number"),)),
    Endpoint(
        "POST",
        "/cards/revocations",
        OPERATORS,
        (({"number": "1", "reason": "No Code"}, "reason"), ({"number": "1", "reason": "lost", "more": 1}, "more")),
    ),
]
ENDPOINTS += [
    Endpoint("GET", "/templates", ALL),
    Endpoint("GET", "/templates/city", ALL),
    Endpoint("GET", "/templates/city/versions", ALL),
    Endpoint(
        "POST", "/templates/city/{code}/versions", ADMINISTRATORS, (({}, "texts"), ({"texts": {"en": {}}}, "title"))
    ),
    Endpoint("POST", "/templates/city/{code}/preview", ALL, (({"texts": 1}, "texts"),)),
    Endpoint("GET", "/templates/providers/{organisation}", ALL),
    Endpoint("GET", "/templates/{template}", ALL),
    Endpoint("POST", "/templates/{template}/preview", ALL, (({"facts": {"a": []}}, "facts"),)),
    Endpoint("POST", "/templates/{template}/approval", ADMINISTRATORS),
    Endpoint("POST", "/templates/{template}/rejection", ADMINISTRATORS, (({}, "reason"),)),
    Endpoint("POST", "/templates/{template}/withdrawal", ADMINISTRATORS, (({"reason": 1}, "reason"),)),
]
ENDPOINTS += [
    Endpoint("GET", "/applications", ALL),
    Endpoint("POST", "/applications", OPERATORS, (({"kind": "circus"}, "name"),)),
    Endpoint("GET", "/applications/{number}", OPERATORS),
    Endpoint("POST", "/applications/{number}/review", OPERATORS),
    Endpoint("POST", "/applications/{number}/links", OPERATORS),
    Endpoint("POST", "/applications/{number}/approval", ADMINISTRATORS, (({"scopes": []}, "scopes"),)),
    Endpoint("POST", "/applications/{number}/live", ADMINISTRATORS, (({}, "scopes"),)),
    Endpoint("POST", "/applications/{number}/rejection", ADMINISTRATORS, (({}, "reason"),)),
    Endpoint("GET", "/organisations/{code}/test-citizens", ALL),
    Endpoint("POST", "/organisations/{code}/test-citizens", OPERATORS, (({"count": 11}, "count"),)),
]
ENDPOINTS += [
    Endpoint("GET", "/audit/records", frozenset({"auditor", "administrator"})),
    Endpoint("GET", "/audit/chain", ALL),
    Endpoint("GET", "/jobs", ALL),
    Endpoint("GET", "/jobs/{job}/runs", ALL),
    Endpoint("POST", "/jobs/{job}/runs", ADMINISTRATORS),
]
ENDPOINTS += [
    Endpoint("GET", "/broadcasts", ALL),
    Endpoint("POST", "/broadcasts", OPERATORS, (({}, "title"),)),
    Endpoint("POST", "/broadcasts/estimate", OPERATORS, (([], "body"),)),
    Endpoint("GET", "/broadcasts/{broadcast}", ALL),
    *(
        Endpoint("POST", f"/broadcasts/{{broadcast}}/{verb}", OPERATORS)
        for verb in ("start", "pause", "resume", "cancel")
    ),
    Endpoint("GET", "/deliveries", ALL),
    Endpoint("GET", "/outbox/dead-letters", ALL),
    Endpoint("POST", "/outbox/dead-letters/{letter}/revival", OPERATORS),
    Endpoint("POST", "/outbox/dead-letters/{letter}/drop", OPERATORS),
]
ENDPOINTS += [
    Endpoint("GET", "/citizens", ALL),
    Endpoint("POST", "/citizens/search", ALL, (({"by": "name", "text": "林"}, "by"), ({"by": "phone"}, "text"))),
    Endpoint("GET", "/citizens/{citizen}", ALL),
    Endpoint("POST", "/citizens/{citizen}/reveals", OPERATORS, (({"field": "face", "reason": "because"}, "field"),)),
    Endpoint("PUT", "/citizens/{citizen}/tags", OPERATORS, (({"tags": "veteran"}, "tags"),)),
    Endpoint("GET", "/citizens/{citizen}/cards", ALL),
    Endpoint("GET", "/citizens/{citizen}/sessions", OPERATORS),
    Endpoint("GET", "/citizens/{citizen}/devices", ALL),
    Endpoint("GET", "/citizens/{citizen}/messages", ALL),
    Endpoint("GET", "/citizens/{citizen}/disclosures", ALL),
    Endpoint(
        "POST",
        "/citizens/{citizen}/disclosures/{disclosure}/answer",
        OPERATORS,
        (({"state": "open", "answer": "no"}, "state"), ({"state": "upheld"}, "answer")),
    ),
    Endpoint("GET", "/disclosures/disputed", ALL),
    Endpoint("POST", "/citizens/{citizen}/disclosures/{disclosure}/reveals", OPERATORS, (({}, "reason"),)),
    Endpoint("GET", "/data-exports", ALL),
    Endpoint("GET", "/corrections", ALL),
    Endpoint("POST", "/corrections/{correction}/reveals", OPERATORS, (({"reason": "x"}, "reason"),)),
    Endpoint(
        "POST",
        "/corrections/{correction}/answers",
        OPERATORS,
        (({"accept": "perhaps", "answer": "no"}, "accept"), ({"accept": True}, "answer")),
    ),
    Endpoint("GET", "/erasures", ALL),
    Endpoint("GET", "/citizens/{citizen}/erasure-proof", AUDITORS),
    Endpoint("GET", "/keys", AUDITORS),
    Endpoint("POST", "/keys/rotations", ADMINISTRATORS, (({"use": "door"}, "use"),)),
]
ENDPOINTS += [
    Endpoint("GET", "/webhooks", ALL),
    Endpoint("GET", "/webhooks/{endpoint}", ALL),
    Endpoint("GET", "/webhooks/{endpoint}/deliveries", ALL),
    Endpoint("PUT", "/webhooks/{endpoint}/disabled", OPERATORS, (({}, "reason"), ({"reason": "x"}, "reason"))),
    Endpoint("PUT", "/webhooks/{endpoint}/enabled", OPERATORS, (({"reason": 1}, "reason"),)),
    Endpoint(
        "POST",
        "/webhooks/{endpoint}/replays",
        OPERATORS,
        (({"since": "2026-01-01T00:00:00"}, "since"), ({"since": "2026-01-01T00:00:00Z", "which": "x"}, "which")),
    ),
    Endpoint("POST", "/webhooks/{endpoint}/deliveries/{delivery}/replays", OPERATORS),
]
each = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: f"{e.method}{e.path}")


@pytest.fixture(scope="session")
async def tokens(shared_api: Api) -> dict[str, str]:
    return {role: await shared_api.ops_token(role) for role in sorted(ALL)}


async def _ask(
    api: Api, endpoint: Endpoint, token: str | None, body: Any = None, key: str | None = None
) -> httpx2.Response:
    headers = {"accept-language": "en", "idempotency-key": key or new_id()}
    if token:
        headers["authorization"] = f"Bearer {token}"
    return await api.http.request(endpoint.method, endpoint.address, json=body, headers=headers)


async def test_every_endpoint_is_entered_above(shared_api: Api) -> None:
    described = (await shared_api.http.get("/admin/api/openapi.json")).json()["paths"]
    served = {
        (method.upper(), path, tuple(at.get("x-roles", ())))
        for path in described
        for method, at in described[path].items()
    }
    signing_in = {("POST", f"/session{path}", ()) for path in ("", "/refresh", "/browser", "/password")}
    own = {("DELETE", "/session", tuple(sorted(ALL)))}  # would end the sessions these tests share
    assert served - signing_in - own == {(e.method, e.path, tuple(sorted(e.roles))) for e in ENDPOINTS}


@each
async def test_who_is_not_of_the_desk_is_nobody(
    shared_api: Api, outsiders: dict[str, str | None], endpoint: Endpoint
) -> None:
    for who, token in outsiders.items():
        answer = await _ask(shared_api, endpoint, token, {})
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED"), who


@pytest.fixture(scope="session")
async def outsiders(shared_api: Api) -> dict[str, str | None]:
    citizen: Person = await shared_api.sign_in(shared_api.person())
    organisation = await shared_api.organisation()
    staff = await shared_api.staff_token(organisation, "supervisor")
    return {"nobody": None, "citizen": citizen.token, "client": await shared_api.provider(organisation), "staff": staff}


@each
async def test_only_the_named_roles_may(shared_api: Api, tokens: dict[str, str], endpoint: Endpoint) -> None:
    for role, token in tokens.items():
        answer = await _ask(shared_api, endpoint, token, {})
        if role in endpoint.roles:
            assert answer.status_code not in (401, 403), role
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN"), role


@each
async def test_a_bad_body_names_the_field(shared_api: Api, tokens: dict[str, str], endpoint: Endpoint) -> None:
    for body, field in endpoint.bad:
        answer = await _ask(shared_api, endpoint, tokens["administrator"], body)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (400, "BAD_INPUT"), body
        assert field in str(told)


async def test_what_is_not_json_or_too_large_is_refused(shared_api: Api, tokens: dict[str, str]) -> None:
    deep, digits = b"[" * 3_000 + b"]" * 3_000, b'{"scopes": ' + b"1" * 5_000 + b"}"
    for said, content, status, code in (
        (None, b"", 400, "BAD_INPUT"),
        (None, b"{", 400, "BAD_INPUT"),
        (None, b"\xff", 400, "BAD_INPUT"),
        (None, deep, 400, "BAD_INPUT"),
        (None, digits, 400, "BAD_INPUT"),
        (None, b" " * 70_000, 413, "PAYLOAD_TOO_LARGE"),
        ("application/json; charset=utf-8", b"{", 400, "BAD_INPUT"),
        ("text/plain", b"{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("application/x-www-form-urlencoded", b"name=x", 415, "UNSUPPORTED_MEDIA_TYPE"),
    ):
        headers = {"authorization": f"Bearer {tokens['administrator']}"} | ({"content-type": said} if said else {})
        for language in LOCALES:
            headers["accept-language"] = language
            answer = await shared_api.http.post("/admin/api/clients", content=content, headers=headers)
            told = answer.json()
            assert (answer.status_code, told["code"]) == (status, code), content[:20]
            assert bool(re.search("[一-鿿]", told["message"])) is (language == "zh-CN")


async def test_what_is_not_there_is_refused_in_our_words(shared_api: Api, tokens: dict[str, str]) -> None:
    headers = {"authorization": f"Bearer {tokens['administrator']}", "accept-language": "en"}
    for method, path, status, code in (
        ("GET", "/nothing", 404, "NOT_FOUND"),
        ("GET", "/", 404, "NOT_FOUND"),
        ("GET", "/docs", 404, "NOT_FOUND"),
        ("GET", "/redoc", 404, "NOT_FOUND"),
        ("GET", "/staff/", 404, "NOT_FOUND"),
        ("PATCH", "/me", 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/me", 405, "METHOD_NOT_ALLOWED"),
    ):
        answer = await shared_api.http.request(method, f"/admin/api{path}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
    allowed = await shared_api.http.patch("/admin/api/staff", headers=headers)
    assert allowed.headers["allow"] == "GET, POST"


async def test_what_makes_something_asks_for_a_key(shared_api: Api, tokens: dict[str, str]) -> None:
    headers = {"authorization": f"Bearer {tokens['administrator']}", "accept-language": "en"}
    wish = {"organisation": await shared_api.organisation(), "name": "gate", "scopes": ["verify:gate"]}
    for key in (None, "short", "x" * 65, "with space"):
        sent = headers | ({"idempotency-key": key} if key else {})
        told = (await shared_api.http.post("/admin/api/clients", json=wish, headers=sent)).json()
        assert (told["code"], told["field"]) == ("BAD_INPUT", "Idempotency-Key"), key


async def test_a_repeat_is_answered_as_the_first_time_and_other_content_is_a_conflict(
    shared_api: Api, tokens: dict[str, str]
) -> None:
    wish = {"organisation": await shared_api.organisation(), "name": "gate", "scopes": ["verify:gate"]}
    clients, key, token = Endpoint("POST", "/clients", ALL), new_id(), tokens["administrator"]
    first, again = [await _ask(shared_api, clients, token, wish, key) for _ in range(2)]
    assert (first.status_code, first.json()) == (201, again.json())
    other = await _ask(shared_api, clients, token, {**wish, "name": "other"}, key)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_CONFLICT")
    assert len(await shared_api.city.services.clients.of(wish["organisation"])) == 1


async def test_an_administrator_makes_a_client_rotates_its_secret_and_suspends_its_organisation(
    shared_api: Api, tokens: dict[str, str]
) -> None:
    token, organisation = tokens["administrator"], await shared_api.organisation()
    wish = {"organisation": organisation, "name": "gate", "scopes": ["verify:gate"]}
    made = await _ask(shared_api, Endpoint("POST", "/clients", ALL), token, wish)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    client, first = made.json()["client_id"], made.json()
    second = await _ask(shared_api, Endpoint("POST", f"/clients/{client}/secrets", ALL), token)
    third = await _ask(shared_api, Endpoint("POST", f"/clients/{client}/secrets", ALL), token)
    assert (second.status_code, third.status_code, third.json()["code"]) == (201, 422, "TWO_SECRETS_ALREADY")
    gone = await _ask(shared_api, Endpoint("DELETE", f"/clients/{client}/secrets/{first['secret_id']}", ALL), token)
    assert gone.status_code == 204

    async def allowed(secret: str) -> int:
        form = {"grant_type": "client_credentials"}
        return int((await shared_api.http.post("/oauth/token", data=form, auth=(client, secret))).status_code)

    assert [await allowed(s) for s in (first["client_secret"], second.json()["client_secret"])] == [401, 200]
    state = Endpoint("PUT", f"/organisations/{organisation}/state", ALL)
    assert (await _ask(shared_api, state, token, {"state": "suspended"})).json()["state"] == "suspended"
    assert await allowed(second.json()["client_secret"]) == 401


async def test_an_administrator_enrols_staff_and_bad_wishes_have_names(shared_api: Api, tokens: dict[str, str]) -> None:
    organisation = await shared_api.organisation()
    wish = {"organisation": organisation, "login": "lin", "name": "林", "password": PASSWORD, "roles": ["seat"]}
    enrol = Endpoint("POST", "/staff", ALL)
    made = await _ask(shared_api, enrol, tokens["administrator"], wish)
    assert made.status_code == 201
    assert made.json()["totp_uri"].startswith("otpauth://totp/")
    for changed, code in (
        ({}, "LOGIN_TAKEN"),
        ({"organisation": "none"}, "ORGANISATION_UNKNOWN"),
        ({"roles": []}, "ROLE_UNFIT"),
        ({"roles": ["administrator"]}, "ROLE_UNFIT"),
        ({"login": "other", "password": "short"}, "PASSWORD_TOO_WEAK"),
    ):
        answer = await _ask(shared_api, enrol, tokens["administrator"], {**wish, **changed})
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_revoked_card_is_refused_everywhere(shared_api: Api, tokens: dict[str, str]) -> None:
    person = await shared_api.with_card()
    number = (await shared_api.data("Card", person.token))["number"]
    revoke = Endpoint("POST", "/cards/revocations", ALL)
    spaced = " ".join(number[n : n + 4] for n in range(0, len(number), 4))
    done = await _ask(shared_api, revoke, tokens["operator"], {"number": spaced, "reason": "fraud"})
    assert done.json() == {"number": number, "state": "revoked"}
    again = await _ask(shared_api, revoke, tokens["operator"], {"number": number, "reason": "fraud"})
    assert (again.status_code, again.json()["code"]) == (422, "CARD_NOT_ACTIVE")
    none = await _ask(shared_api, revoke, tokens["operator"], {"number": "0000", "reason": "fraud"})
    assert (none.status_code, none.json()["code"]) == (422, "NO_CARD")
    assert (await shared_api.data("Card", person.token))["state"] == "REVOKED"


async def test_the_desk_signs_in_with_two_factors(shared_api: Api) -> None:
    clerk = await shared_api.clerk(None, "viewer")
    said = clerk.for_the_desk(shared_api.city.clock.now())
    first, again = [await shared_api.http.post("/admin/api/session", json=said) for _ in range(2)]
    assert (first.status_code, first.json()) == (200, again.json())
    assert first.headers["cache-control"] == "no-store"
    for changed in ({"code": "000000"}, {"password": "wrong"}, {"login": "nobody"}):
        other = clerk.for_the_desk(shared_api.city.clock.now(), **changed)
        answer = await shared_api.http.post("/admin/api/session", json=other)
        assert (answer.status_code, answer.json()["code"]) in {(422, "CREDENTIALS_WRONG"), (401, "CREDENTIALS_WRONG")}
    me = await shared_api.http.get("/admin/api/me", headers={"authorization": f"Bearer {first.json()['access_token']}"})
    assert me.json()["roles"] == ["viewer"]


async def test_a_desk_session_goes_on_by_its_refresh_token_at_the_desk_only(shared_api: Api) -> None:
    clerk = await shared_api.clerk(None, "viewer")
    said = clerk.for_the_desk(shared_api.city.clock.now())
    first = (await shared_api.http.post("/admin/api/session", json=said)).json()
    turn = {"refresh_token": first["refresh_token"], "device_id": said["device_id"]}
    there = {"refreshToken": first["refresh_token"], "deviceId": said["device_id"]}
    elsewhere = await shared_api.data("RefreshStaffSession", None, "provider", **there)
    assert elsewhere["code"] == "SESSION_ENDED"
    again = await shared_api.http.post("/admin/api/session/refresh", json=turn)
    assert again.status_code == 200
    (record,) = await shared_api.city.db["audit"].find({"action": "session.refreshed", "actor": clerk.id}).to_list(None)
    assert (record["target"], bool(record["address"])) == (first["refresh_token"].partition(".")[0], True)
    token = again.json()["access_token"]
    me = await shared_api.http.get("/admin/api/me", headers={"authorization": f"Bearer {token}"})
    assert me.json()["roles"] == ["viewer"]


async def test_one_address_cannot_try_passwords_without_end(api: Api) -> None:
    clerk = await api.clerk(None, "viewer")
    tries = [clerk.for_the_desk(api.city.clock.now(), login=f"nobody-{n}") for n in range(TRIES_PER_ADDRESS.most + 1)]
    headers = {"x-test-address": "192.0.2.9"}
    answers = [await api.http.post("/admin/api/session", json=one, headers=headers) for one in tries]
    assert [a.json()["code"] for a in answers[:-1]] == ["CREDENTIALS_WRONG"] * TRIES_PER_ADDRESS.most
    assert (answers[-1].status_code, answers[-1].json()["code"]) == (429, "RATE_LIMITED")
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_staff_of_a_provider_cannot_sign_in_at_the_desk(shared_api: Api) -> None:
    clerk = await shared_api.clerk(await shared_api.organisation(), "supervisor")
    answer = await shared_api.http.post("/admin/api/session", json=clerk.for_the_desk(shared_api.city.clock.now()))
    assert answer.json()["code"] == "CREDENTIALS_WRONG"


async def test_what_an_administrator_did_is_recorded(shared_api: Api, tokens: dict[str, str]) -> None:
    organisation = await shared_api.organisation()
    state = Endpoint("PUT", f"/organisations/{organisation}/state", ALL)
    await _ask(shared_api, state, tokens["administrator"], {"state": "suspended"})
    me = (await _ask(shared_api, Endpoint("GET", "/me", ALL), tokens["administrator"])).json()["staff"]

    async def recorded() -> bool:
        row = await shared_api.city.db["audit"].find_one({"target": organisation, "actor": me})
        return row is not None and row["action"] == "organisation.suspended"

    await soon(recorded)


async def test_a_hospital_is_added_gets_a_client_and_the_client_is_suspended(
    shared_api: Api, tokens: dict[str, str]
) -> None:
    administrator = tokens["administrator"]
    wanted = {"code": "new-hospital", "name": "新医院", "kind": "hospital", "scopes": ["verify:hospital"]}
    for _ in range(2):  # repeating is safe
        made = await _ask(shared_api, Endpoint("PUT", "/organisations", ALL), administrator, wanted)
        assert made.json() == {"code": "new-hospital", "path": [], "scopes": ["verify:hospital"]}
    below = {**wanted, "code": "new-ward", "parent": "nowhere"}
    orphan = await _ask(shared_api, Endpoint("PUT", "/organisations", ALL), administrator, below)
    assert (orphan.status_code, orphan.json()["code"]) == (422, "ORGANISATION_UNKNOWN")

    body = {"organisation": "new-hospital", "name": "desk", "scopes": ["verify:hospital"]}
    client = (await _ask(shared_api, Endpoint("POST", "/clients", ALL), administrator, body)).json()
    who = (client["client_id"], client["client_secret"])
    for suspended, status in ((False, 200), (True, 401), (False, 200)):
        state = Endpoint("PUT", f"/clients/{client['client_id']}/state", ALL)
        done = await _ask(shared_api, state, administrator, {"suspended": suspended})
        assert done.json() == {"client_id": client["client_id"], "suspended": suspended}
        form = {"grant_type": "client_credentials"}
        assert (await shared_api.http.post("/oauth/token", data=form, auth=who)).status_code == status
