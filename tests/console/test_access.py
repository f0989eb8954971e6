"""Each room of the console by each role: shown or refused, never broken; and nothing is reached from elsewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.admin.console.frame import POLICY, Console
from app.admin.console.view import RoomView
from app.core.ids import new_id
from tests.console.conftest import PAGE, Desk, rooms, signed_in
from tests.support.api import PASSWORD, Api

ROLES = ("viewer", "operator", "auditor", "administrator")
NOBODY = "00000000-0000-7000-8000-000000000000"
_ADDRESS = re.compile(r"""(?:src|href|action|formaction)=["']([^"']*)["']""")
_INLINE = re.compile(r"""<script(?![^>]*\ssrc=)|<style|\sstyle=["']|\son[a-z]+=["']""")


def _room_views(frame: Console) -> list[RoomView]:
    return [room for room in rooms(frame) if isinstance(room, RoomView)]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_each_room_is_shown_to_its_roles_and_refused_to_the_others(
    desks: dict[str, Desk], frame: Console, role: str, language: str
) -> None:
    desk = Desk(desks[role].http, language)
    for room in rooms(frame):
        answer = await desk.page(room.here())
        wanted = 200 if role in room.roles else 403
        assert answer.status_code == wanted, (room.noun, answer.text[:500])
        assert answer.headers["content-language"] == language
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["cache-control"] == "no-store"
        foreign = [said for said in _ADDRESS.findall(answer.text) if not said.startswith(("/", "?", "#"))]
        assert foreign == [], room.noun
        assert not _INLINE.search(answer.text), room.noun


@pytest.mark.parametrize("role", ROLES)
async def test_the_menu_shows_what_the_role_may_open(desks: dict[str, Desk], frame: Console, role: str) -> None:
    menu = (await desks[role].page("/admin/")).text.partition("<nav")[2].partition("</nav>")[0]
    shown = set(re.findall(r'href="([^"]*)"', menu))
    assert shown == {room.here() for room in rooms(frame) if role in room.roles and room.add_to_menu}


@pytest.mark.parametrize("role", ROLES)
async def test_each_action_is_refused_to_the_roles_it_is_not_for(
    desks: dict[str, Desk], frame: Console, role: str
) -> None:
    for room in _room_views(frame):
        for action in room.actions.values():
            for path in (f"{room.here()}/do/{action.name}", f"{room.here(NOBODY)}/do/{action.name}"):
                answer = await desks[role].act(path)
                allowed = bool({role} & room.roles & action.roles)
                assert (answer.status_code != 403) is allowed, (path, answer.text)
                assert answer.status_code < 500, (path, answer.text)
                assert {"code", "message"} <= answer.json().keys() or answer.status_code == 200, path


# What the console and the endpoints beside it both do: room, its action, and the endpoint.
SAME = (
    ("applications", "enter", "POST", "/applications"),
    ("applications", "take-up", "POST", "/applications/{number}/review"),
    ("applications", "approve", "POST", "/applications/{number}/approval"),
    ("applications", "go-live", "POST", "/applications/{number}/live"),
    ("applications", "reject", "POST", "/applications/{number}/rejection"),
    ("applications", "renew-link", "POST", "/applications/{number}/links"),
    ("broadcasts", "create", "POST", "/broadcasts"),
    ("broadcasts", "estimate", "POST", "/broadcasts/estimate"),
    *(
        ("broadcasts", verb, "POST", f"/broadcasts/{{broadcast}}/{verb}")
        for verb in ("start", "pause", "resume", "cancel")
    ),
    ("calendar", "write", "POST", "/calendar/days"),
    ("calendar", "take-back", "DELETE", "/calendar/days/{day}"),
    ("gateway-orders", "look", "POST", "/gateway-orders/{order}/look"),
    ("wallets", "freeze", "PUT", "/citizens/{citizen}/wallet/state"),
    ("wallets", "unfreeze", "PUT", "/citizens/{citizen}/wallet/state"),
    ("gateway-days", "compare", "POST", "/gateway-days/{day}/comparison"),
    ("gateway-days", "close", "POST", "/gateway-days/{day}/close"),
    *(
        ("gateway-differences", verb, "POST", f"/gateway-differences/{{difference}}/{verb}")
        for verb in ("take", "look", "resolve", "approve", "decline")
    ),
    ("refunds", "give", "POST", "/payments/{payment}/refunds"),
    ("refunds", "settle", "POST", "/refunds/{refund}/settlement"),
    ("gateway-refunds", "retry", "POST", "/gateway-refunds/{refund}/retry"),
    ("gateway-refunds", "settle", "POST", "/gateway-refunds/{refund}/settlement"),
    ("red-packets", "settle", "POST", "/red-packets/{packet}/settlement"),
    ("payment-disputes", "reveal", "POST", "/payment-disputes/{dispute}/reveals"),
    ("payment-disputes", "decide", "POST", "/payment-disputes/{dispute}/decision"),
    *(("risk-rules", verb, "POST", "/risk-rules/{code}/versions") for verb in ("propose", "end")),
    ("risk-rules", "approve", "POST", "/risk-rules/{code}/versions/{version}/approval"),
    ("risk-rules", "decline", "POST", "/risk-rules/{code}/versions/{version}/rejection"),
    ("payer-blocks", "block", "POST", "/citizens/{citizen}/payer-block"),
    ("payer-blocks", "lift", "POST", "/citizens/{citizen}/payer-block/lift"),
    ("settlement-days", "run", "POST", "/settlement-days/{day}/runs"),
    ("settlements", "pay", "POST", "/settlements/{settlement}/pay"),
    ("payees", "propose", "POST", "/payees/{payee}/account"),
    ("payees", "approve", "POST", "/payees/{payee}/account/approve"),
    ("payees", "stop", "POST", "/payees/{payee}/stop"),
    ("payees", "resume", "POST", "/payees/{payee}/resume"),
    ("inbound", "retry", "POST", "/inbound-messages/{message}/retry"),
    ("inbound", "read", "POST", "/inbound-messages/{message}/read"),
    ("channel-answers", "retry", "POST", "/channel-answers/{answer}/retry"),
    ("case-clock-rules", "change", "POST", "/case-clock-rules/{rule}"),
    ("case-escalations", "note", "POST", "/case-escalations/{escalation}/note"),
    ("case-escalations", "supervise", "POST", "/case-clocks/{case}/supervision"),
    ("cards", "suspend", "POST", "/cards/suspensions"),
    ("cards", "reinstate", "POST", "/cards/reinstatements"),
    ("cards", "revoke", "POST", "/cards/revocations"),
    ("licences", "suspend", "POST", "/licences/suspensions"),
    ("licences", "reinstate", "POST", "/licences/reinstatements"),
    ("licences", "revoke", "POST", "/licences/revocations"),
    ("answers", "import", "POST", "/answers/imports"),
    ("answers", "publish", "POST", "/answers/{code}/publication"),
    ("answers", "review", "POST", "/answers/{code}/review"),
    ("answers", "withdraw", "POST", "/answers/{code}/withdrawal"),
    ("questions", "answer", "POST", "/answers/questions/{question}/answer"),
    ("questions", "dismiss", "POST", "/answers/questions/{question}/dismissal"),
    ("catalogue", "import", "POST", "/catalogue/imports"),
    ("catalogue", "merge", "POST", "/catalogue/items/{code}/merger"),
    ("catalogue", "cancel", "POST", "/catalogue/items/{code}/cancellation"),
    ("citizens", "reveal", "POST", "/citizens/{citizen}/reveals"),
    ("citizens", "tag", "PUT", "/citizens/{citizen}/tags"),
    ("case-categories", "save", "PUT", "/case-categories/{code}"),
    ("case-categories", "retire", "POST", "/case-categories/{code}/retirement"),
    ("clients", "add", "POST", "/clients"),
    ("clients", "add-secret", "POST", "/clients/{client}/secrets"),
    ("clients", "withdraw", "DELETE", "/clients/{client}/secrets/{secret}"),
    ("clients", "suspend", "PUT", "/clients/{client}/state"),
    *(("billers", name, "PUT", "/billers/{biller}") for name in ("add", "change")),
    *(("billers", name, "PUT", "/billers/{biller}/state") for name in ("close", "open")),
    *(("merchants", name, "PUT", "/merchants/{organisation}") for name in ("add", "change")),
    *(("merchants", name, "PUT", "/merchants/{organisation}/state") for name in ("suspend", "resume", "close")),
    ("corrections", "read", "POST", "/corrections/{correction}/reveals"),
    ("corrections", "accept", "POST", "/corrections/{correction}/answers"),
    ("disputes", "read", "POST", "/citizens/{citizen}/disclosures/{disclosure}/reveals"),
    ("disputes", "answer", "POST", "/citizens/{citizen}/disclosures/{disclosure}/answer"),
    ("open311-clients", "create", "POST", "/open311-clients"),
    ("open311-clients", "add-key", "POST", "/open311-clients/{client}/keys"),
    ("open311-clients", "withdraw", "DELETE", "/open311-clients/{client}/keys/{key}"),
    ("open311-clients", "terms", "PUT", "/open311-clients/{client}/terms"),
    ("open311-clients", "suspend", "PUT", "/open311-clients/{client}/state"),
    ("sights", "put", "PUT", "/culture/sights/{code}"),
    ("care-entries", "note", "POST", "/care-entries/{entry}/signs"),
    ("care-entries", "reveal", "POST", "/care-entries/{entry}/reveals"),
    ("care-entries", "end", "POST", "/care-entries/{entry}/ending"),
    ("estate-votes", "open", "POST", "/estate-votes"),
    ("estate-votes", "withdraw", "POST", "/estate-votes/{vote}/withdrawal"),
    ("estate-votes", "recount", "POST", "/estate-votes/{vote}/recounts"),
    ("estates", "add", "POST", "/estates"),
    ("estates", "amend", "POST", "/estates"),
    ("estates", "homes", "POST", "/estates/{code}/homes"),
    ("estates", "close", "POST", "/estates/{code}/closing"),
    ("estates", "reopen", "POST", "/estates/{code}/opening"),
    ("homes", "add", "POST", "/estates/{code}/home"),
    ("homes", "rename", "POST", "/homes/{id}/naming"),
    ("homes", "end", "POST", "/homes/{id}/ending"),
    ("shops", "halt", "POST", "/shops/{code}/halt"),
    ("shops", "resume", "POST", "/shops/{code}/resumption"),
    ("shop-orders", "undo", "POST", "/shop-orders/{order}/undoing"),
    ("point-budgets", "give", "PUT", "/points/budgets/{organisation}"),
    *(("good-causes", name, "PUT", "/points/causes/{code}") for name in ("put", "close", "reopen")),
    ("scenes", "put", "PUT", "/scenes/{code}"),
    *(("stations", name, "PUT", "/stations/{code}") for name in ("save", "stop", "resume")),
    ("weather-notices", "issue", "POST", "/weather-notices"),
    ("weather-notices", "update", "POST", "/weather-notices/{notice}/versions"),
    ("weather-notices", "cancel", "POST", "/weather-notices/{notice}/cancellation"),
    ("volunteers", "recount", "POST", "/volunteers/{citizen}/recount"),
    ("emergencies", "place", "POST", "/emergencies/{emergency}/reveals"),
    ("emergencies", "take", "POST", "/emergencies/{emergency}/taking"),
    ("emergencies", "end", "POST", "/emergencies/{emergency}/ending"),
    ("transit", "check", "POST", "/transit/feed-checks"),
    ("transit", "import", "POST", "/transit/feeds"),
    ("transit", "restore", "POST", "/transit/feeds/{version}/restoration"),
    ("point-partners", "put", "PUT", "/points/partners/{organisation}"),
    ("point-partners", "end", "DELETE", "/points/partners/{organisation}"),
    ("point-partners", "rate", "PUT", "/points/partners/{organisation}/rates/{day}"),
    ("fares", "put", "PUT", "/fares/{operator}/{line}/{day}"),
    ("fares", "drop", "DELETE", "/fares/{operator}/{line}/{day}"),
    ("neighbours", "put", "PUT", "/neighbours/{code}"),
    ("neighbours", "suspend", "PUT", "/neighbours/{code}/state"),
    ("neighbour-cases", "send", "POST", "/neighbours/cases/{case}/sendings"),
    ("handovers", "ask", "POST", "/handovers/{number}/questions"),
    ("handovers", "aside", "POST", "/handovers/differences/{difference}/aside"),
    ("data-accesses", "grant", "POST", "/data-accesses/{access}/answer"),
    ("data-accesses", "refuse", "POST", "/data-accesses/{access}/answer"),
    ("data-accesses", "end", "POST", "/data-accesses/{access}/answer"),
    ("case-index", "weigh", "POST", "/indicators/index/weights"),
    ("jobs", "run", "POST", "/jobs/{job}/runs"),
    ("moderations", "read", "GET", "/moderations/{matter}"),
    ("moderations", "show", "POST", "/moderations/{matter}/judgement"),
    ("moderations", "hide", "POST", "/moderations/{matter}/judgement"),
    ("proposals", "assign", "PUT", "/proposals/{proposal}/unit"),
    ("credit-rules", "propose", "POST", "/credit-rules"),
    ("credit-rules", "approve", "POST", "/credit-rules/{version}/approval"),
    ("credit-rules", "withdraw", "POST", "/credit-rules/{version}/withdrawal"),
    ("credit-appeals", "read", "GET", "/credit-appeals/{appeal}"),
    *(("credit-appeals", name, "POST", "/credit-appeals/{appeal}/answers") for name in ("recount", "adjust", "refuse")),
    ("appeals", "read", "GET", "/booking-appeals/{appeal}"),
    ("appeals", "grant", "POST", "/booking-appeals/{appeal}/answers"),
    ("appeals", "refuse", "POST", "/booking-appeals/{appeal}/answers"),
    ("queues", "close", "PUT", "/queues/{queue}/opening"),
    ("places", "rehearse", "POST", "/place-imports"),
    ("places", "import", "POST", "/place-imports"),
    ("places", "assign", "PUT", "/places/{place}/operator"),
    ("places", "close", "POST", "/places/{place}/closing"),
    ("place-doubles", "merge", "POST", "/place-doubles/{double}/decision"),
    ("place-doubles", "apart", "POST", "/place-doubles/{double}/decision"),
    ("place-corrections", "accept", "POST", "/place-corrections/{correction}/decision"),
    ("place-corrections", "refuse", "POST", "/place-corrections/{correction}/decision"),
    ("assets", "import", "POST", "/asset-imports"),
    ("assets", "retire", "POST", "/assets/{code}/retirement"),
    ("asset-sheets", "order", "POST", "/asset-sheets"),
    ("case-findings", "settle", "POST", "/case-findings/{finding}/answer"),
    ("queues", "open", "PUT", "/queues/{queue}/opening"),
    ("keys", "rotate", "POST", "/keys/rotations"),
    ("organisations", "change", "PUT", "/organisations"),
    ("organisations", "suspend", "PUT", "/organisations/{code}/state"),
    ("organisations", "test-citizens", "POST", "/organisations/{code}/test-citizens"),
    ("outbox", "replay", "POST", "/outbox/dead-letters/{letter}/revival"),
    ("outbox", "drop", "POST", "/outbox/dead-letters/{letter}/drop"),
    ("staff", "enrol", "POST", "/staff"),
    *((noun, "write", "POST", "/dispatch-rules/{table}") for noun in ("responsibilities", "fallbacks")),
    *((noun, "end", "POST", "/dispatch-rules/{table}/{rule}/end") for noun in ("responsibilities", "fallbacks")),
    ("responsibilities", "import", "POST", "/dispatch-imports"),
    ("service-applications", "release", "POST", "/service-applications/{application}/release"),
    ("staff", "roles", "PUT", "/staff/{staff}/roles"),
    ("staff", "suspend", "PUT", "/staff/{staff}/state"),
    ("staff", "password", "POST", "/staff/{staff}/password"),
    ("staff", "authenticator", "POST", "/staff/{staff}/authenticator"),
    ("staff", "unlock", "DELETE", "/staff/{staff}/lock"),
    ("templates", "approve", "POST", "/templates/{template}/approval"),
    ("templates", "publish", "POST", "/templates/city/{code}/versions"),
    ("templates", "reject", "POST", "/templates/{template}/rejection"),
    ("templates", "retract", "POST", "/templates/{template}/withdrawal"),
    ("webhooks", "disable", "PUT", "/webhooks/{endpoint}/disabled"),
    ("webhooks", "enable", "PUT", "/webhooks/{endpoint}/enabled"),
    ("webhooks", "replay-since", "POST", "/webhooks/{endpoint}/replays"),
)


async def test_an_action_takes_the_roles_that_its_endpoint_takes(shared_api: Api, frame: Console) -> None:
    described = (await shared_api.http.get("/admin/api/openapi.json")).json()["paths"]
    views = {room.noun: room for room in _room_views(frame)}
    for noun, name, method, path in SAME:
        room = views[noun]
        roles = room.roles & room.actions[name].roles
        assert sorted(roles) == described[path][method.lower()]["x-roles"], (noun, name)


async def test_a_write_without_the_csrf_token_is_refused(desks: dict[str, Desk], frame: Console) -> None:
    http = desks["administrator"].http
    for room in _room_views(frame):
        for action in room.actions.values():
            answer = await http.post(f"{room.here('x')}/do/{action.name}", data={"key": new_id()})
            assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN"), action.name
    assert (await http.post("/admin/citizens/find", data={"by": "phone", "text": "1"})).status_code == 403
    assert (await http.post("/admin/logout")).status_code == 403


async def test_a_write_from_another_site_is_refused_even_with_the_token(desks: dict[str, Desk]) -> None:
    desk = desks["administrator"]
    headers = {"x-csrf-token": await desk.csrf(), "sec-fetch-site": "cross-site"}
    answer = await desk.http.post("/admin/staff/do/enrol", data={"key": new_id()}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


async def test_who_is_not_signed_in_is_led_to_the_sign_in_and_nowhere_else(browsers: Any, frame: Console) -> None:
    stranger = Desk(browsers())
    for room in rooms(frame):
        answer = await stranger.page(room.here())
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/admin/login?next=/admin/")
        background = await stranger.http.get(room.here(), headers={"accept": "application/json"})
        assert (background.status_code, background.json()["code"]) == (401, "UNAUTHENTICATED")


async def test_the_way_back_after_the_sign_in_stays_within_the_console(browsers: Any, shared_api: Api) -> None:
    for next_ in ("https://elsewhere.test/", "//elsewhere.test", "/admin/../", "/graphql", "/admin/\\elsewhere.test"):
        clerk = await shared_api.clerk(None, "viewer")
        said = {"login": clerk.login, "password": PASSWORD, "code": clerk.code(shared_api.city.clock.now())}
        answer = await browsers().post("/admin/login", data={**said, "next": next_}, headers=PAGE)
        assert answer.headers["location"].startswith("/admin/"), next_
        assert "elsewhere" not in answer.headers["location"]


async def test_the_address_without_a_slash_leads_to_the_console(browsers: Any) -> None:
    answer = await browsers().get("/admin", headers={"host": "elsewhere.test"})
    assert (answer.status_code, answer.headers["location"]) == (308, "/admin/")


async def test_who_signs_out_is_out(browsers: Any, shared_api: Api) -> None:
    desk = await signed_in(browsers(), shared_api, await shared_api.clerk(None, "operator"))
    assert (await desk.act("/admin/logout")).json() == {"go": "/admin/login"}
    assert (await desk.page("/admin/citizens")).status_code == 303


async def test_an_address_nobody_made_is_told_so(desks: dict[str, Desk]) -> None:
    for path in ("/admin/nowhere", "/admin/organisations/no-such-one", f"/admin/citizens/{NOBODY}", "/admin/static/x"):
        answer = await desks["administrator"].page(path)
        assert answer.status_code == 404, path
    assert (await desks["administrator"].act("/admin/cards/x/do/eat")).status_code == 404


async def test_too_much_at_once_is_refused(desks: dict[str, Desk]) -> None:
    answer = await desks["administrator"].act("/admin/staff/do/enrol", name="x" * 1_300_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
