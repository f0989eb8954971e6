"""What is done at the console: in words, once, recorded, and shown no longer than it must be."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from app.core.ids import new_id
from app.core.messages import message
from app.wiring import City
from graphql_schema.types.common import key_of
from tests.conftest import Fakes
from tests.console.conftest import PAGE, Desk, signed_in
from tests.graphql.test_disclosures import looked_up
from tests.support.api import OPS, PASSWORD, Api, Person, addressed
from tests.support.applicants import form
from tests.support.fakes import MovableClock


async def _recorded(api: Api, action: str, **wanted: Any) -> list[dict[str, Any]]:
    return await api.city.db["audit"].find({"action": action, **wanted}).to_list(None)


async def _enter(browser: httpx2.AsyncClient, language: str = "en", **said: str) -> httpx2.Response:
    return await browser.post("/admin/login", data=said, headers={**PAGE, "accept-language": language})


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_sign_in_that_fails_says_so_in_words(browsers: Any, shared_api: Api, language: str) -> None:
    clerk = await shared_api.clerk(None, "viewer")
    code, wrong = clerk.code(shared_api.city.clock.now()), message("CREDENTIALS_WRONG", language)
    tries = ({"password": "not this one"}, {"code": "000000"}, {"login": "nobody-at-all"})
    for changed in tries:
        said = {"login": clerk.login, "password": PASSWORD, "code": code, **changed}
        answer = await _enter(browsers(), language, **said)
        assert (answer.status_code, "rong_desk=" in answer.headers.get("set-cookie", "")) == (422, False)
        assert wrong in answer.text
        assert PASSWORD not in answer.text


async def test_a_one_time_code_opens_once(browsers: Any, shared_api: Api) -> None:
    clerk = await shared_api.clerk(None, "viewer")
    said = {"login": clerk.login, "password": PASSWORD, "code": clerk.code(shared_api.city.clock.now())}
    assert (await _enter(browsers(), **said)).status_code == 303
    again = await _enter(browsers(), **said)
    assert (again.status_code, message("CREDENTIALS_WRONG", "en") in again.text) == (422, True)


async def test_too_many_tries_lock_and_say_until_when(browsers: Any, shared_api: Api) -> None:
    clerk, browser = await shared_api.clerk(None, "viewer"), browsers()
    headers = {**PAGE, "accept-language": "en", "x-test-address": "10.99.0.1"}
    said = {"login": clerk.login, "password": "not this one", "code": "000000"}
    for _ in range(6):
        answer = await browser.post("/admin/login", data=said, headers=headers)
    locked = message("STAFF_LOCKED", "en", until="").split("{")[0].split(":")[0].strip(" .")
    assert answer.status_code == 422
    assert locked[:20] in answer.text


async def test_who_was_given_a_password_chooses_another_one(browsers: Any, city: City, clock: MovableClock) -> None:
    api = Api(httpx2.AsyncClient(), city, Fakes().sms, Fakes().registry)
    clerk, staffing = await api.clerk(None, "viewer"), city.services.staffing
    given = await staffing.reset_password(OPS, clerk.id, new_id())
    browser = await _alone(city)
    said = {"login": clerk.login, "password": given.password, "code": clerk.code(clock.now())}
    asked = await _enter(browser, **said)
    assert (asked.status_code, 'action="/admin/login/password"' in asked.text) == (422, True)
    clock.advance(seconds=60)
    weak = await browser.post("/admin/login/password", data={**said, "code": clerk.code(clock.now()), "new": "short"})
    assert (weak.status_code, message("PASSWORD_TOO_WEAK", "zh-CN") in weak.text) == (422, True)
    clock.advance(seconds=60)
    own = {**said, "code": clerk.code(clock.now()), "new": "a password of my own"}
    assert (await browser.post("/admin/login/password", data=own)).status_code == 200
    clock.advance(seconds=60)
    fresh = {"login": clerk.login, "password": "a password of my own", "code": clerk.code(clock.now())}
    assert (await _enter(browser, **fresh)).status_code == 303
    await browser.aclose()


async def _alone(city: City) -> httpx2.AsyncClient:
    from app.server import create_app

    transport = httpx2.ASGITransport(addressed(create_app(city=city)))
    return httpx2.AsyncClient(transport=transport, base_url="http://city.test")


async def test_a_page_that_looks_again_does_not_keep_its_session_alive(city: City, clock: MovableClock) -> None:
    api = Api(httpx2.AsyncClient(), city, Fakes().sms, Fakes().registry)
    browser = await _alone(city)
    desk = await signed_in(browser, api, await api.clerk(None, "viewer"))
    for _ in range(4):
        clock.advance(minutes=9)
        answer = await desk.page("/admin/jobs", **{"x-desk-look-again": "1"})
    assert answer.status_code == 303
    await browser.aclose()


async def test_the_language_is_the_chosen_one_then_the_browser_s(browsers: Any) -> None:
    browser = browsers()
    assert (await browser.get("/admin/login", headers={**PAGE, "accept-language": "en-GB"})).headers[
        "content-language"
    ] == "en"
    assert (await browser.get("/admin/login", headers=PAGE)).headers["content-language"] == "zh-CN"
    await browser.get("/admin/login?lang=en", headers=PAGE)
    kept = await browser.get("/admin/login", headers={**PAGE, "accept-language": "zh-CN"})
    assert kept.headers["content-language"] == "en"
    assert (await browser.get("/admin/login?lang=xx", headers=PAGE)).headers["content-language"] == "en"


async def test_a_citizen_is_found_by_number_and_shown_masked(desks: dict[str, Desk], shared_api: Api) -> None:
    person = await shared_api.with_card()
    for by, text in (("phone", person.phone), ("id_number", person.id_number)):
        found = await desks["viewer"].act("/admin/citizens/find", by=by, text=text)
        assert found.json() == {"go": f"/admin/citizens/{shared_api.key(person)}"}
    page = (await desks["viewer"].page(found.json()["go"])).text
    assert not any(said in page for said in (person.phone, person.phone[3:], person.id_number, person.name))
    missing = await desks["viewer"].act("/admin/citizens/find", by="phone", text="+8619900009998")
    assert missing.status_code == 404
    looked = await _recorded(shared_api, "desk.citizens.read", subject=shared_api.key(person))
    assert [one["facts"]["admitted"] for one in looked] == [True]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("reason", ["", " ", "x"])
async def test_a_reveal_without_a_reason_is_refused_by_name(
    desks: dict[str, Desk], shared_api: Api, language: str, reason: str
) -> None:
    person = await shared_api.verified()
    desk = Desk(desks["operator"].http, language)
    answer = await desk.act(f"/admin/citizens/{shared_api.key(person)}/do/reveal", field="phone", reason=reason)
    assert (answer.status_code, answer.json()["code"]) == (422, "REASON_MISSING")
    assert bool(re.search("[一-鿿]", answer.json()["message"])) is (language == "zh-CN")
    ledger = await shared_api.city.db["disclosures"].count_documents({"citizen": shared_api.key(person)})
    assert ledger == 0
    (tried,) = await _recorded(shared_api, "desk.citizens.reveal", subject=shared_api.key(person))
    assert "reason" not in tried


async def test_an_applicant_who_lost_his_link_gets_another(desks: dict[str, Desk], shared_api: Api) -> None:
    made = await shared_api.city.services.onboarding.apply(OPS, form(), new_id())
    page = f"/admin/applications/{made.number}"
    assert "renew-link" in (await desks["operator"].page(page)).text
    shown = (await desks["operator"].act(f"{page}/do/renew-link")).json()["shown"]
    (link,) = re.findall(rf"/providers/applications/{made.number}/([\w-]+)", shown)
    follow = shared_api.city.services.onboarding.follow
    assert await follow(made.number, link, "10.99.0.2") is not None
    assert await follow(made.number, made.secret, "10.99.0.2") is None


async def test_a_revealed_field_is_in_the_answer_alone_and_the_citizen_sees_the_look(
    desks: dict[str, Desk], shared_api: Api
) -> None:
    person = await shared_api.verified()
    path, key = f"/admin/citizens/{shared_api.key(person)}", new_id()
    said = {"field": "id_number", "reason": "a call about a lost card", "key": key}
    first = await desks["operator"].act(f"{path}/do/reveal", **said)
    again = await desks["operator"].act(f"{path}/do/reveal", **said)
    assert person.id_number in first.json()["shown"]
    assert again.json() == first.json()
    assert person.id_number not in (await desks["operator"].page(path)).text
    looks = (await shared_api.raw("Disclosures", {"first": 10}, token=person.token)).json()["data"]["disclosures"]
    assert len(looks["edges"]) == 1
    (record,) = await _recorded(shared_api, "citizen.revealed", subject=shared_api.key(person))
    assert "lost card" not in str(record)


async def test_an_action_of_a_higher_role_is_refused_and_recorded(desks: dict[str, Desk], shared_api: Api) -> None:
    answer = await desks["viewer"].act("/admin/staff/do/enrol", name="x", login="xyz", password="x", roles="viewer")
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert await _recorded(shared_api, "desk.staff.enrol", **{"facts.admitted": False})
    refused = await desks["viewer"].page("/admin/keys")
    assert refused.status_code == 403
    assert await _recorded(shared_api, "desk.keys.read", **{"facts.admitted": False})


async def test_who_is_enrolled_gets_the_authenticator_s_secret_once(desks: dict[str, Desk], shared_api: Api) -> None:
    said = {"name": "林小明", "login": f"new-{new_id()}", "password": "a first password", "roles": "operator"}
    answer = (await desks["administrator"].act("/admin/staff/do/enrol", **said)).json()
    assert "otpauth://" in answer["shown"]
    assert "data:image/png" in answer["shown"]
    assert "otpauth://" not in (await desks["administrator"].page(answer["go"])).text
    row = await shared_api.city.db["staff"].find_one({"_id": answer["go"].rpartition("/")[2]})
    assert (row or {})["must_change"] is True  # an administrator knows it
    twice = await desks["administrator"].act("/admin/staff/do/enrol", **said)
    assert (twice.status_code, twice.json()["code"]) == (422, "LOGIN_TAKEN")


_HOSPITAL = {"code": "new-one", "name": "x", "kind": "hospital"}


@pytest.mark.parametrize(
    ("path", "said", "code"),
    [
        ("organisations/do/add", {**_HOSPITAL, "code": "a b"}, "BAD_INPUT"),
        ("organisations/do/add", {**_HOSPITAL, "kind": "castle"}, "BAD_INPUT"),
        ("organisations/do/add", {**_HOSPITAL, "parent": "none"}, "ORGANISATION_UNKNOWN"),
        ("applications/do/enter", {"name": "x"}, "BAD_INPUT"),
        ("broadcasts/do/estimate", {"pace": "many"}, "BAD_INPUT"),
        ("broadcasts/do/estimate", {"pace": "9999"}, "PACE_INVALID"),
        ("broadcasts/do/estimate", {"pace": "10", "districts": "somewhere"}, "AUDIENCE_INVALID"),
        ("staff/do/enrol", {"name": "x", "login": "abc", "password": "weak", "roles": "viewer"}, "PASSWORD_TOO_WEAK"),
        ("staff/do/enrol", {"name": "x", "login": "abc", "password": "a long password", "roles": "gate"}, "ROLE_UNFIT"),
        ("keys/do/rotate", {"use": "house"}, "BAD_INPUT"),
        ("jobs/nothing/do/run", {}, "JOB_UNKNOWN"),
    ],
)
async def test_bad_input_is_named(desks: dict[str, Desk], path: str, said: dict[str, str], code: str) -> None:
    answer = await desks["administrator"].act(f"/admin/{path}", **said)
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["code"] == code
    assert answer.json()["message"]


async def test_a_text_with_an_unknown_placeholder_is_not_published(desks: dict[str, Desk]) -> None:
    zh = {"title_zh": "标题", "body_zh": "{nobody} 您好", "push_zh": "有消息"}
    en = {"title_en": "Title", "body_en": "Hello {nobody}", "push_en": "A message"}
    for act in ("preview", "publish"):
        answer = await desks["administrator"].act(f"/admin/templates/TELL_CARD_ISSUED/do/{act}", **zh, **en)
        assert (answer.status_code, answer.json()["code"]) == (422, "PLACEHOLDER_UNKNOWN")
    assert "nobody" not in (await desks["administrator"].page("/admin/templates/TELL_CARD_ISSUED")).text


async def test_an_estimate_answers_within_the_dialog(desks: dict[str, Desk]) -> None:
    answer = (await desks["operator"].act("/admin/broadcasts/do/estimate", pace="50")).json()
    assert answer.keys() == {"said"}


async def test_the_figures_are_there_for_every_chart(desks: dict[str, Desk]) -> None:
    for over in ("hour", "day", "month", "nonsense"):
        said = (await desks["viewer"].http.get(f"/admin/figures?over={over}")).json()
        steps = len(said["labels"])
        assert steps in (12, 24, 30)
        assert all(len(line["values"]) == steps for lines in said["charts"].values() for line in lines)
        assert all(tile.keys() == {"value", "warn"} for tile in said["tiles"].values())


async def test_what_a_person_wrote_stays_text(desks: dict[str, Desk]) -> None:
    name = "<script>alert(1)</script>"
    code = f"org-{new_id()}"
    said = {"code": code, "name": name, "kind": "merchant"}
    assert (await desks["administrator"].act("/admin/organisations/do/add", **said)).status_code == 200
    page = (await desks["viewer"].page(f"/admin/organisations/{code}")).text
    assert name not in page
    assert "&lt;script&gt;" in page


async def test_a_provider_s_contact_is_masked_to_who_only_looks(desks: dict[str, Desk], shared_api: Api) -> None:
    wish = form(contact_name="方一鸣", contact_phone="+8619900777002")
    made = await shared_api.city.services.onboarding.apply(OPS, wish, new_id())
    for role, seen in (("viewer", False), ("auditor", False), ("operator", True)):
        page = (await desks[role].page(f"/admin/applications/{made.number}")).text
        assert ("方一鸣" in page, "+8619900777002" in page) == (seen, seen), role


@pytest.mark.parametrize("room", ["citizens", "cards", "disputes", "erasures"])
@pytest.mark.parametrize("typed", ["13900139000", "110101199003074514", "林晓", "lin~13900139000"])
async def test_what_somebody_types_in_place_of_an_id_is_not_kept(
    desks: dict[str, Desk], shared_api: Api, room: str, typed: str
) -> None:
    await desks["auditor"].page(f"/admin/{room}/{quote(typed)}")
    await desks["operator"].act(f"/admin/{room}/{quote(typed)}/do/reveal", reason="to see it")
    await desks["auditor"].page(f"/admin/audit?person={quote(typed)}&actor={quote(typed)}&action={quote(typed)}")
    kept = {"$or": [{name: typed} for name in ("target", "subject", "facts.wanted_actor", "facts.wanted_action")]}
    assert await shared_api.city.db["audit"].count_documents(kept) == 0


async def test_an_action_nobody_made_is_not_kept_by_its_name(desks: dict[str, Desk], shared_api: Api) -> None:
    answer = await desks["viewer"].act("/admin/staff/do/13900139000")
    assert answer.status_code == 403
    assert await _recorded(shared_api, "desk.staff.13900139000") == []
    assert await _recorded(shared_api, "desk.staff.other") != []


async def test_a_dispute_s_words_are_read_for_a_reason_and_stand_on_no_page(
    desks: dict[str, Desk], shared_api: Api
) -> None:
    person = await shared_api.with_card()
    await looked_up(shared_api, person, await shared_api.provider())
    shown, words = (await _ledger(shared_api, person))["id"], f"我没有去过{new_id()}"
    await shared_api.data("DisputeDisclosure", person.token, disclosureId=shown, reason=words, key=new_id())
    page = f"/admin/disputes/{shared_api.key(person)}~{key_of(shown, 'Disclosure')}"
    for role in ("viewer", "auditor", "operator"):
        answer = await desks[role].page(page)
        assert (answer.status_code, words in answer.text) == (200, False), role
    assert (await desks["auditor"].act(f"{page}/do/read", reason="out of interest")).status_code == 403
    silent = await desks["operator"].act(f"{page}/do/read")
    assert silent.json()["code"] == "REASON_MISSING"
    read = await desks["operator"].act(f"{page}/do/read", reason="to answer it")
    assert words in read.json()["shown"]
    assert (await _ledger(shared_api, person))["attributes"] == ["DISPUTE"]


async def _ledger(api: Api, person: Person) -> dict[str, Any]:
    """The newest row."""
    answer = (await api.raw("Disclosures", {"first": 1}, token=person.token)).json()
    return dict(answer["data"]["disclosures"]["edges"][0]["node"])


async def test_names_of_phones_are_for_who_acts(desks: dict[str, Desk], shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    for role, seen in (("viewer", False), ("auditor", False), ("operator", True), ("administrator", True)):
        page = await desks[role].page(f"/admin/citizens/{shared_api.key(person)}")
        assert (page.status_code, "Test phone" in page.text) == (200, seen), role
