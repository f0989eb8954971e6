"""`/oauth/token`: what RFC 6749 asks of client_credentials, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import httpx2
import jwt
import pytest

from app.domains.identity.clients.errors import SecretUnknown, TwoSecretsAlready
from app.domains.identity.clients.model import IssuedSecret
from app.domains.identity.organisations.model import OrganisationState
from tests.support.api import OPS, Api, soon

GRANT = {"grant_type": "client_credentials"}


@dataclass
class Client:
    api: Api
    organisation: str
    issued: IssuedSecret

    async def ask(self, secret: str | None = None, /, **form: str) -> httpx2.Response:
        auth = (self.issued.client, secret or self.issued.secret)
        return await self.api.http.post("/oauth/token", data={**GRANT, **form}, auth=auth)


@pytest.fixture
async def client(shared_api: Api) -> Client:
    organisation = await shared_api.organisation()
    scopes = ("verify:gate", "verify:transit")
    issued = await shared_api.city.services.clients.create(OPS, organisation, "gate 1", scopes)
    return Client(shared_api, organisation, issued)


async def test_a_client_gets_a_token_for_all_its_scopes(client: Client) -> None:
    answer = await client.ask()
    body = answer.json()
    assert (answer.status_code, body["token_type"], body["expires_in"]) == (200, "Bearer", 900)
    assert body["scope"] == "verify:gate verify:transit"
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    me = await client.api.data("Me", body["access_token"], "provider")
    assert (me["role"], me["scopes"]) == ("PROVIDER_CLIENT", ["verify:gate", "verify:transit"])
    assert "verify" not in body["access_token"].split(".")[0]


async def test_the_secret_may_come_in_the_body(client: Client) -> None:
    form = {**GRANT, "client_id": client.issued.client, "client_secret": client.issued.secret}
    assert (await client.api.http.post("/oauth/token", data=form)).status_code == 200


async def test_asked_scopes_narrow_the_token_and_others_are_invalid(client: Client) -> None:
    assert (await client.ask(scope="verify:gate")).json()["scope"] == "verify:gate"
    for scope in ("verify:hospital", "verify:gate verify:hospital", "nonsense"):
        answer = await client.ask(scope=scope)
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_scope"})


async def test_a_wrong_secret_and_an_unknown_client_are_alike(client: Client) -> None:
    wrong = await client.ask("wrong")
    unknown = await client.api.http.post("/oauth/token", data=GRANT, auth=("c-nobody", client.issued.secret))
    nobody = await client.api.http.post("/oauth/token", data=GRANT)
    for answer in (wrong, unknown, nobody):
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
        assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
        ({**GRANT, "scope": ["verify:gate", "verify:transit"]}, "invalid_request"),
        ({f"field{n}": "x" for n in range(30)} | GRANT, "invalid_request"),
    ],
)
async def test_a_form_that_asks_wrongly_is_refused(client: Client, form: dict[str, Any], error: str) -> None:
    auth = (client.issued.client, client.issued.secret)
    answer = await client.api.http.post("/oauth/token", data=form, auth=auth)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


async def test_what_is_no_form_is_an_invalid_request(client: Client) -> None:
    auth = (client.issued.client, client.issued.secret)
    for content, kind in ((b"{}", "application/json"), (b"\xff\xfe", "application/x-www-form-urlencoded")):
        answer = await client.api.http.post("/oauth/token", content=content, headers={"content-type": kind}, auth=auth)
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


async def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    answer = await client.api.http.post("/oauth/token", data={**GRANT, "x": "y" * 9000})
    assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("header", ["Basic", "Basic %%%", "Basic /w==", "Basic " + "QQ" * 3000])
async def test_a_broken_basic_header_is_refused(shared_api: Api, header: str) -> None:
    answer = await shared_api.http.post("/oauth/token", data=GRANT, headers={"authorization": header})
    assert answer.status_code in (400, 401)


async def test_two_secrets_are_good_during_a_rotation_and_a_withdrawn_one_is_not(client: Client) -> None:
    clients = client.api.city.services.clients
    second = await clients.add_secret(OPS, client.issued.client)
    assert [(await client.ask(s)).status_code for s in (client.issued.secret, second.secret)] == [200, 200]
    with pytest.raises(TwoSecretsAlready):
        await clients.add_secret(OPS, client.issued.client)
    await clients.withdraw_secret(OPS, client.issued.client, client.issued.id)
    assert [(await client.ask(s)).status_code for s in (client.issued.secret, second.secret)] == [401, 200]
    with pytest.raises(SecretUnknown):
        await clients.withdraw_secret(OPS, client.issued.client, second.id)  # never the last one


async def _is_void(client: Client, token: str) -> None:
    async def void() -> bool:
        return "errors" in (await client.api.raw("Me", token=token, schema="provider")).json()

    await soon(void)


async def test_the_tokens_of_a_withdrawn_secret_are_void_and_the_others_are_not(client: Client) -> None:
    clients = client.api.city.services.clients
    second = await clients.add_secret(OPS, client.issued.client)
    leaked, good = [(await client.ask(s)).json()["access_token"] for s in (client.issued.secret, second.secret)]
    await clients.withdraw_secret(OPS, client.issued.client, client.issued.id)
    await _is_void(client, leaked)
    assert (await client.api.data("Me", good, "provider"))["role"] == "PROVIDER_CLIENT"


async def test_a_suspended_client_has_no_token_and_after_it_new_ones_only(client: Client) -> None:
    clients, before = client.api.city.services.clients, (await client.ask()).json()["access_token"]
    await clients.suspend(OPS, client.issued.client, True)
    assert (await client.ask()).json() == {"error": "invalid_client"}
    await _is_void(client, before)
    await clients.suspend(OPS, client.issued.client, False)
    after = (await client.ask()).json()["access_token"]
    assert (await client.api.data("Me", after, "provider"))["role"] == "PROVIDER_CLIENT"
    await _is_void(client, before)


async def test_a_client_is_in_test_mode_by_itself_or_by_its_organisation_and_at_once(client: Client) -> None:
    organisations, clients = client.api.city.services.organisations, client.api.city.services.clients
    owner = organisations.tree.nodes[client.organisation]
    live = (await client.ask()).json()["access_token"]
    issued = await clients.create(OPS, owner.code, "for tests", (), test_mode=True)
    tests = (await client.api.http.post("/oauth/token", data=GRANT, auth=(issued.client, issued.secret))).json()

    async def modes() -> list[bool]:
        tokens = (live, tests["access_token"])
        return [(await client.api.data("Me", token, "provider"))["testMode"] for token in tokens]

    assert await modes() == [False, True]
    await organisations.put(OPS, replace(owner, test_mode=True))
    assert await modes() == [True, True]
    await organisations.put(OPS, owner)
    assert await modes() == [False, True]


async def test_a_suspended_organisation_gets_no_token(client: Client) -> None:
    organisations = client.api.city.services.organisations
    await organisations.set_state(OPS, client.organisation, OrganisationState.SUSPENDED)
    assert (await client.ask()).json() == {"error": "invalid_client"}
    await organisations.set_state(OPS, client.organisation, OrganisationState.ACTIVE)
    assert (await client.ask()).status_code == 200


async def test_fifty_wrong_secrets_from_one_address_have_to_wait(client: Client) -> None:
    headers = {"x-test-address": f"198.51.100.{client.issued.id}", "accept-language": "en"}
    auth = (client.issued.client, "wrong")
    answers = [await client.api.http.post("/oauth/token", data=GRANT, auth=auth, headers=headers) for _ in range(51)]
    assert {answer.status_code for answer in answers[:50]} == {401}
    assert (answers[50].status_code, answers[50].json()["code"]) == (429, "RATE_LIMITED")
    assert int(answers[50].headers["retry-after"]) > 0


async def test_a_token_verifies_with_the_published_keys(client: Client) -> None:
    token = (await client.ask()).json()["access_token"]
    published = (await client.api.http.get("/.well-known/jwks.json")).json()
    key = jwt.PyJWKSet.from_dict(published)[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key.key, algorithms=["EdDSA"], audience="provider", issuer="http://city.test")
    assert (claims["org"], claims["type"]) == (client.organisation, "access")
    assert all(set(one) <= {"kty", "crv", "use", "alg", "kid", "x"} for one in published["keys"])
