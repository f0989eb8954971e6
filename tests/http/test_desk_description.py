"""The desk against its own description: requests that nobody wrote down, made from it, and answers held against it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from app.core.ids import new_id
from tests.support.api import Api

ROLES = ("viewer", "operator", "auditor", "administrator")
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
EACH = settings(
    max_examples=2,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Signing out would end what the others are tried with.
ALONE = {("delete", "/session")}


@pytest.fixture(scope="session")
async def described(shared_api: Api) -> dict[str, Any]:
    answer = await shared_api.http.get("/admin/api/openapi.json")
    return dict(answer.json())


@pytest.fixture(scope="session")
async def tokens(shared_api: Api) -> dict[str, str]:
    return {role: await shared_api.ops_token(role) for role in ROLES}


@pytest.fixture(scope="session")
async def known(shared_api: Api) -> dict[str, str]:
    """What stands in paths: one of each that is there."""
    person = await shared_api.with_card()
    organisation = await shared_api.organisation()
    await shared_api.provider(organisation)
    (client,) = await shared_api.city.services.clients.of(organisation)
    clerk = await shared_api.clerk(None, "viewer")
    citizen = shared_api.key(person)
    return {
        "citizen": citizen,
        "code": organisation,
        "organisation": organisation,
        "client": client.id,
        "staff": clerk.id,
        "secret": client.secrets[0].id,
    }


def test_it_is_openapi_3_1_and_every_error_is_ours(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    assert set(described["components"]["securitySchemes"]) == {"bearer", "cookie", "csrf"}
    assert not [name for name in described["components"]["schemas"] if "ValidationError" in name]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            told = {status: answer for status, answer in operation["responses"].items() if not status.startswith("2")}
            assert told.keys() >= {"400", "401", "403", "413", "415", "422", "429", "503"}, (method, path)
            for answer in told.values():
                (body,) = answer["content"].values()
                assert body["schema"] == {"$ref": "#/components/schemas/Problem"}, (method, path)


def test_what_changes_something_by_cookie_asks_for_the_csrf_token(described: dict[str, Any]) -> None:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            proofs = [set(proof) for proof in operation["security"]]
            if path.startswith("/session") and method == "post":
                assert proofs == [], path
            else:
                assert proofs == [{"bearer"}, {"cookie"} if method == "get" else {"cookie", "csrf"}], (method, path)


@pytest.mark.filterwarnings("ignore:Do not use the `random` module")  # schemathesis does
@pytest.mark.timeout(300)
async def test_whatever_is_sent_is_answered_as_described(
    shared_api: Api, described: dict[str, Any], tokens: dict[str, str], known: dict[str, str]
) -> None:
    loop = asyncio.get_running_loop()

    def send(request: httpx2.Request) -> httpx2.Response:
        return asyncio.run_coroutine_threadsafe(shared_api.http.send(request), loop).result(30)

    for result in schemathesis.openapi.from_dict(described).get_all_operations():
        operation = result.ok()
        if (operation.method, operation.path) not in ALONE:
            await asyncio.to_thread(_try, operation, tokens, known, send)


def _try(
    operation: Any, tokens: dict[str, str], known: dict[str, str], send: Callable[[httpx2.Request], httpx2.Response]
) -> None:
    names = set(re.findall(r"\{(\w+)\}", operation.path))
    there = {name: known[name] for name in names} if names and names <= known.keys() else None
    modes = [operation.as_strategy(mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
    if there:
        modes.append(operation.as_strategy(GenerationMode.POSITIVE, path_parameters=there))
    allowed = operation.definition.raw.get("x-roles", ROLES)
    role = st.sampled_from([*allowed, *allowed, *ROLES, None])

    @EACH
    @given(case=st.one_of(modes), role=role)
    def tried(case: Any, role: str | None) -> None:
        proof = {"authorization": f"Bearer {tokens[role]}"} if role else {}
        kwargs = case.as_transport_kwargs(base_url="http://city.test/admin/api", headers=proof)
        kwargs.pop("cookies", None)
        prepared = requests.Request(**kwargs).prepare()
        body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
        headers = {**prepared.headers, "idempotency-key": prepared.headers.get("Idempotency-Key", new_id())}
        answer = send(httpx2.Request(prepared.method or "", prepared.url or "", headers=headers, content=body))
        case.validate_response(answer, checks=CHECKS)

    tried()
