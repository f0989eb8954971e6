"""Keys and lists for gates, pictures behind signed links, health, figures, and what every answer carries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from app.core.ids import new_id
from app.core.keys import KeyUse
from app.server import create_app
from app.wiring import build
from tests.conftest import Fakes, settings_for
from tests.support.api import Api, Person, soon
from tests.support.fakes import MovableClock
from virtual_card.codes import status_list
from virtual_card.codes.errors import OfflineCodeRevoked
from virtual_card.codes.keys import KeySet
from virtual_card.codes.verifier import GateVerifier


@pytest.fixture(scope="session")
async def holder(shared_api: Api) -> Person:
    return await shared_api.with_card()


async def _gate(api: Api) -> GateVerifier:
    keys = KeySet.from_jwks((await api.http.get("/.well-known/card-keys")).json())
    data = (await api.http.get("/.well-known/card-status")).content
    listed = status_list.decode(data, keys, datetime.now(UTC), timedelta(hours=1))
    return GateVerifier(keys, listed, "gate")


async def test_a_gate_verifies_with_what_is_published_and_learns_of_a_loss_within_a_second(shared_api: Api) -> None:
    person = await shared_api.with_card()
    shown = await shared_api.data("ShowOfflineCode", person.token, purpose="GATE", key=new_id())
    code = shown["cardCode"]["text"]
    (await _gate(shared_api)).check(code, datetime.now(UTC))
    await shared_api.data("ReportCardLoss", person.token, key=new_id())

    async def refused() -> bool:
        try:
            (await _gate(shared_api)).check(code, datetime.now(UTC))
        except OfflineCodeRevoked:
            return True
        return False

    await soon(refused)


async def test_published_things_say_how_long_they_may_be_kept(shared_api: Api) -> None:
    for path, kept, kind in (
        ("jwks.json", "public, max-age=300", "application/json"),
        ("card-keys", "public, max-age=300", "application/json"),
        ("card-status", "public, max-age=60", status_list.MEDIA_TYPE),
    ):
        answer = await shared_api.http.get(f"/.well-known/{path}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, kept)
        assert answer.headers["content-type"].startswith(kind)


async def test_a_new_key_is_published_before_it_signs_and_nobody_is_signed_out(api: Api, clock: MovableClock) -> None:
    person = await api.sign_in(api.person())
    key = await api.city.keys.rotate(KeyUse.SESSION)
    published = (await api.http.get("/.well-known/jwks.json")).json()["keys"]
    assert [one["kid"] for one in published] == ["session-0001", key.id]
    clock.advance(minutes=6)
    assert (await api.data("Me", person.token))["id"] == person.citizen_id
    await api.sign_in(person)
    assert (await api.data("Me", person.token))["id"] == person.citizen_id


async def _link(api: Api, person: Person, picture: str = "webp") -> str:
    return str((await api.data("Card", person.token))["face"][picture])


async def test_a_picture_is_served_by_its_link_and_not_sent_again(shared_api: Api, holder: Person) -> None:
    for picture, magic in (("webp", b"RIFF"), ("png", b"\x89PNG")):
        link = await _link(shared_api, holder, picture)
        answer = await shared_api.http.get(link)
        assert (answer.status_code, answer.headers["content-type"]) == (200, f"image/{picture}")
        assert answer.content.startswith(magic)
        assert answer.headers["cache-control"].startswith("private")
        again = await shared_api.http.get(link, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_link_that_was_altered_leads_nowhere(shared_api: Api, holder: Person) -> None:
    other = await shared_api.with_card()
    link = urlsplit(await _link(shared_api, holder))
    query = {name: values[0] for name, values in parse_qs(link.query).items()}
    another_card = urlsplit(await _link(shared_api, other)).path
    flipped = ("0" if query["proof"][0] != "0" else "1") + query["proof"][1:]
    altered = [
        (link.path, {**query, "proof": flipped}),
        (link.path, {**query, "until": str(int(query["until"]) + 1)}),
        (link.path, {**query, "until": "9" * 400}),
        (link.path, {**query, "until": "soon"}),
        (link.path, {**query, "holder": shared_api.key(other)}),
        (link.path, {}),
        (link.path.replace(".webp", ".png"), query),
        (link.path.replace(".webp", ".svg"), query),
        (another_card, query),
        ("/media/cards/x.webp", query),
    ]
    for path, given in altered:
        answer = await shared_api.http.get(f"{path}?{urlencode(given)}")
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND"), (path, given)


async def test_a_link_ends_after_five_minutes(api: Api, clock: MovableClock) -> None:
    link = await _link(api, await api.with_card())
    assert (await api.http.get(link)).status_code == 200
    clock.advance(minutes=5, seconds=1)
    assert (await api.http.get(link)).status_code == 404


async def test_up_and_able_to_serve_are_two_things(shared_api: Api) -> None:
    assert [(await shared_api.http.get(path)).status_code for path in ("/healthz", "/readyz")] == [200, 200]
    settings = settings_for("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50", "none", mongodb_timeout_ms=200)
    app = create_app(city=build(settings, beyond=Fakes().outside))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://city.test") as http:
        up, ready = await http.get("/healthz"), await http.get("/readyz")
        asked = await http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=("c", "s"))
    assert (up.status_code, ready.status_code) == (200, 503)
    assert (asked.status_code, asked.json()["code"]) == (503, "UNAVAILABLE")


async def test_figures_name_operations_errors_commands_and_the_outbox(shared_api: Api, holder: Person) -> None:
    await shared_api.data("Me", holder.token)
    await shared_api.codes("Me")
    text = (await shared_api.http.get("/metrics")).text
    for wanted in (
        'rong_graphql_requests_total{operation="Me",outcome="ok",schema="citizen"}',
        'rong_graphql_errors_total{code="UNAUTHENTICATED",schema="citizen"}',
        'rong_database_commands_total{command="find"}',
        "rong_outbox_age_seconds",
        'rong_http_requests_total{status="200"}',
    ):
        assert wanted in text, wanted
    assert holder.phone not in text
    assert holder.id_number not in text


async def test_a_request_keeps_the_id_it_came_with_and_gets_one_otherwise(shared_api: Api) -> None:
    async def echoed(given: str) -> str:
        return str((await shared_api.http.get("/readyz", headers={"x-request-id": given})).headers["x-request-id"])

    assert await echoed("request-1.a_b") == "request-1.a_b"
    for bad in ("short", "x" * 65, "has blank in", "quote'quote"):
        assert await echoed(bad) != bad
    refused = await shared_api.raw("Me")
    assert refused.json()["errors"][0]["extensions"]["requestId"] == refused.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/graphql", "/.well-known/jwks.json", "/admin/api/me"])
async def test_every_answer_carries_the_safe_headers(shared_api: Api, path: str) -> None:
    headers = (await shared_api.http.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("language", ["en", "zh-CN", "", "fr"])
async def test_a_page_that_is_not_there_is_told_in_the_readers_language(shared_api: Api, language: str) -> None:
    answer = await shared_api.http.get("/nowhere", headers={"accept-language": language})
    body = answer.json()
    assert (answer.status_code, body["code"]) == (404, "NOT_FOUND")
    chinese = any("一" <= letter <= "鿿" for letter in body["message"])
    assert chinese is (language != "en")


async def test_a_method_that_is_not_meant_is_refused(shared_api: Api) -> None:
    for method, path in (("GET", "/oauth/token"), ("POST", "/healthz"), ("DELETE", "/admin/api/clients")):
        answer = await shared_api.http.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED"), path
