"""The Open311 door as its clients meet it: GeoReport v2, read strictly."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from defusedxml import ElementTree

from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.voice.cases.categories.model import Category
from app.domains.voice.cases.history.model import CaseKind
from app.domains.voice.cases.model import Case, Published
from app.domains.voice.channels.open311.keys.model import Delivery
from tests.support.api import OPS, Api

SEAT = Viewer(role=Role.PROVIDER_STAFF, actor="seat", organisation="centre-12345")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
REQUEST = [
    *("service_request_id", "status", "status_notes", "service_name", "service_code", "description"),
    *("agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime"),
    *("address", "address_id", "zipcode", "lat", "long", "media_url"),
]


@dataclass
class Caller:
    api: Api
    service: str
    api_key: str

    async def get(self, path: str, **arguments: Any) -> httpx2.Response:
        given = {name: value for name, value in arguments.items() if value is not None}
        return await self.api.http.get(f"/open311/v2/{path}", params=given, headers={"accept-language": "en"})

    async def post(self, path: str = "requests.json", key: str | None = None, **changed: Any) -> httpx2.Response:
        form = {
            "api_key": self.api_key,
            "service_code": self.service,
            "lat": "26.0753",
            "long": "119.3061",
            "description": f"路灯不亮 {new_id()}",
            "phone": "13950012345",
        } | changed
        headers = {"accept-language": "en"} | ({"idempotency-key": key} if key else {})
        good = {name: value for name, value in form.items() if value is not None}
        return await self.api.http.post(f"/open311/v2/{path}", data=good, headers=headers)

    async def filed(self, **changed: Any) -> str:
        answer = await self.post(**changed)
        assert answer.status_code == 200, answer.text
        return str(answer.json()[0]["service_request_id"])

    async def case(self, number: str) -> Case:
        store = self.api.city.db["case_numbers"]
        row = await store.find_one({"_id": number})
        assert row is not None
        found = await self.api.city.services.voice.cases._cases.get(row["case"])
        assert found is not None
        return found

    async def publish(self, number: str) -> None:
        """As the centre takes it in and publishes it."""
        await self.step(number, lambda was, now: was.published_as(Published("路灯不亮", "已隐去", now), SEAT, now))
        await self.api.city.db["cases"].update_one({"number": number}, {"$set": {"state": "accepted"}})

    async def step(self, number: str, change: Any) -> None:
        was = await self.case(number)

        async def work(tx: Tx) -> None:
            await self.api.city.services.voice.cases._steps.keep(SEAT, change(was, self.api.city.clock.now()), was, tx)

        await self.api.city.db.transaction(work)


@pytest.fixture(scope="module")
async def caller(shared_api: Api) -> Caller:
    voice = shared_api.city.services.voice
    code = f"lamp-{new_id()[-8:]}"
    top = Category(f"top-{new_id()[-8:]}", Said("市政设施", "Public works"))
    await voice.categories.save(OPS, top, new_id())
    lamp = Category(code, Said("路灯", "Street lights"), top.code, (CaseKind.HELP,), ("灯", "照明"))
    await voice.categories.save(OPS, lamp, new_id())
    issued = await voice.open311_keys.create(OPS, "测试应用", "it@example.cn", an_hour=10_000)
    city = Organisation("350100000000", "福州市", Kind.GOVERNMENT)
    await shared_api.city.services.organisations.put(OPS, city)
    return Caller(shared_api, code, issued.api_key)


def errors_of(answer: httpx2.Response, status: int) -> list[str]:
    """The list of errors, in either form, with the right status; the names they begin with."""
    assert answer.status_code == status, answer.text
    if answer.headers["content-type"] == "application/json; charset=utf-8":
        rows = [(one["code"], one["description"]) for one in answer.json()]
    else:
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        root = ElementTree.fromstring(answer.content, forbid_dtd=True)
        assert root.tag == "errors"
        rows = [(int(one.findtext("code")), one.findtext("description")) for one in root]
    assert rows
    assert all(code == status and text for code, text in rows)
    return [text.partition(":")[0] for _, text in rows]


async def test_discovery_says_where_and_in_which_forms(caller: Caller) -> None:
    for path in ("/open311/discovery", "/open311/v2/discovery"):
        told = (await caller.api.http.get(f"{path}.json")).json()
        assert set(told) == {"changeset", "contact", "key_service", "endpoints"}
        (endpoint,) = told["endpoints"]
        assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
        assert (endpoint["url"], endpoint["type"]) == ("http://city.test/open311/v2", "production")
        assert endpoint["formats"] == ["text/xml", "application/json"]
        root = ElementTree.fromstring((await caller.api.http.get(f"{path}.xml")).content)
        assert [one.tag for one in root] == ["changeset", "contact", "key_service", "endpoints"]
        assert [one.text for one in root.iter("format")] == endpoint["formats"]
        assert root.findtext("changeset") == endpoint["changeset"] == told["changeset"]


async def test_services_are_the_categories_alike_in_both_forms(caller: Caller) -> None:
    listed = await caller.get("services.json")
    (one,) = [one for one in listed.json() if one["service_code"] == caller.service]
    assert one == {
        "service_code": caller.service,
        "service_name": "Street lights",
        "description": "Public works › Street lights",
        "metadata": True,
        "type": "realtime",
        "keywords": "灯, 照明",
        "group": "Public works",
    }
    written = await caller.get("services.xml")
    assert written.headers["content-type"] == "text/xml; charset=utf-8"
    assert written.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    root = ElementTree.fromstring(written.content)
    assert (root.tag, {child.tag for child in root}) == ("services", {"service"})
    (same,) = [child for child in root if child.findtext("service_code") == caller.service]
    assert {child.tag: child.text for child in same} == one | {"metadata": "true"}


async def test_a_definition_lists_attributes_in_their_order(caller: Caller) -> None:
    told = (await caller.get(f"services/{caller.service}.json")).json()
    assert told["service_code"] == caller.service
    assert [one["order"] for one in told["attributes"]] == [1, 2, 3]
    kinds = {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
    for one in told["attributes"]:
        assert (type(one["variable"]), type(one["required"]), one["datatype"] in kinds) == (bool, bool, True)
    assert [value["key"] for value in told["attributes"][0]["values"]] == ["complaint", "suggestion", "help", "enquiry"]
    root = ElementTree.fromstring((await caller.get(f"services/{caller.service}.xml")).content)
    assert [one.tag for one in root] == ["service_code", "attributes"]
    assert root.findtext("attributes/attribute/values/value/key") == "complaint"


async def test_what_is_filed_is_private_but_to_whose_key_it_was(caller: Caller) -> None:
    number = await caller.filed()
    assert errors_of(await caller.get(f"requests/{number}.json"), 404) == ["SERVICE_REQUEST_UNKNOWN"]
    assert (await caller.get("requests.json", service_request_id=number)).json() == []
    (own,) = (await caller.get(f"requests/{number}.json", api_key=caller.api_key)).json()
    assert (own["status"], own["lat"], own["service_code"]) == ("open", 26.0753, caller.service)
    other = await caller.api.city.services.voice.open311_keys.create(OPS, "别的应用", "x")
    assert (await caller.get(f"requests/{number}.json", api_key=other.api_key)).status_code == 404
    case = await caller.case(number)
    assert (case.channel.value, case.kind, case.words.contact) == ("open311", CaseKind.HELP, "13950012345")
    assert (case.public, case.citizen, case.identity.value) == (False, None, "named")


async def test_a_public_one_has_all_fields_of_the_specification(caller: Caller) -> None:
    number = await caller.filed()
    await caller.publish(number)
    answer = await caller.get(f"requests/{number}.json")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    (told,) = answer.json()
    assert list(told) == REQUEST
    assert (told["service_request_id"], told["status"], told["description"]) == (number, "open", "已隐去")
    assert MOMENT.fullmatch(told["requested_datetime"])
    assert MOMENT.fullmatch(told["updated_datetime"])
    assert (told["lat"], told["long"]) == (26.075, 119.306)  # about where, not at whose door
    root = ElementTree.fromstring((await caller.get(f"requests/{number}.xml")).content)
    assert (root.tag, root[0].tag, [one.tag for one in root[0]]) == ("service_requests", "request", REQUEST)
    as_text = {name: None if value is None else str(value) for name, value in told.items()}
    assert {one.tag: one.text for one in root[0]} == as_text


async def test_with_extensions_every_public_step_is_told(caller: Caller) -> None:
    number = await caller.filed()
    await caller.publish(number)
    (told,) = (await caller.get(f"requests/{number}.json", extensions="true")).json()
    assert list(told) == [*REQUEST, "extended_attributes", "notes"]
    assert told["extended_attributes"]["state"] == "accepted"
    assert [(one["type"], one["description"]) for one in told["notes"]] == [("filed", "Filed")]
    (plain,) = (await caller.get("requests.json", service_request_id=number, extensions="false")).json()
    assert list(plain) == REQUEST


async def test_a_list_is_narrowed_by_service_time_place_and_status(caller: Caller) -> None:
    near = await caller.filed(lat="26.1001", long="119.4001")
    far = await caller.filed(lat="26.2001", long="119.4001")
    for number in (near, far):
        await caller.publish(number)

    async def numbers(**asked: Any) -> set[str]:
        answer = await caller.get("requests.json", service_code=caller.service, **asked)
        assert answer.status_code == 200, answer.text
        return {one["service_request_id"] for one in answer.json()} & {near, far}

    assert await numbers() == {near, far}
    assert await numbers(status="open") == {near, far}
    assert await numbers(status="closed") == set()
    assert await numbers(bbox="119.39,26.09,119.41,26.11") == {near}
    assert await numbers(end_date="2020-01-01T00:00:00Z") == set()
    assert await numbers(updated_after="2999-01-01T00:00:00Z") == set()
    changed = (await caller.get(f"requests/{near}.json")).json()[0]["updated_datetime"]
    assert near in await numbers(updated_after=changed)
    assert await numbers(page_size="1", page="10") <= {near, far}
    both = await caller.get("requests.json", service_request_id=f"{far},{near},XX")
    assert [one["service_request_id"] for one in both.json()] == [far, near]


async def test_a_box_finds_no_more_than_is_shown(caller: Caller) -> None:
    """Or whoever asks with smaller and smaller boxes finds the door that is rounded away."""
    number = await caller.filed(lat="26.30012", long="119.50012")
    await caller.publish(number)

    async def within(box: str) -> bool:
        answer = await caller.get("requests.json", service_code=caller.service, bbox=box)
        return number in {one["service_request_id"] for one in answer.json()}

    assert await within("119.5,26.3,119.5,26.3")
    assert not await within("119.5001,26.3001,119.5002,26.3002")


async def test_the_same_form_is_the_same_request(caller: Caller) -> None:
    words = f"井盖松动 {new_id()}"
    answers = await asyncio.gather(*(caller.post(description=words) for _ in range(6)))
    assert len({one.json()[0]["service_request_id"] for one in answers}) == 1
    assert (await caller.post(description=f"{words}!")).json() != answers[0].json()


async def test_an_idempotency_key_stands_for_a_request(caller: Caller) -> None:
    key = new_id()
    first, again = (
        await caller.post(key=key, description="路灯坏了甲"),
        await caller.post(key=key, description="路灯坏了甲"),
    )
    assert first.json() == again.json()
    assert errors_of(await caller.post(key=key, description="路灯坏了乙"), 400) == ["IDEMPOTENCY_CONFLICT"]


async def test_a_client_that_does_not_wait_gets_a_token(caller: Caller) -> None:
    voice = caller.api.city.services.voice
    issued = await voice.open311_keys.create(OPS, "批量", "x", delivery=Delivery.BATCH)
    listed = (await caller.get("services.json", api_key=issued.api_key)).json()
    assert {one["type"] for one in listed} == {"batch"}
    answer = (await caller.post(api_key=issued.api_key)).json()[0]
    assert "service_request_id" not in answer
    waiting = (await caller.get(f"tokens/{answer['token']}.json")).json()
    assert waiting == [{"service_request_id": None, "token": answer["token"]}]
    await voice.open311_filing.round()
    (filed,) = (await caller.get(f"tokens/{answer['token']}.json")).json()
    assert (await caller.case(filed["service_request_id"])).channel.value == "open311"
    root = ElementTree.fromstring((await caller.get(f"tokens/{answer['token']}.xml")).content)
    assert root.findtext("request/service_request_id") == filed["service_request_id"]
    row = await caller.api.city.db["open311_tokens"].find_one({"_id": answer["token"]})
    assert row is not None
    assert "form" not in row


async def _batch(caller: Caller) -> str:
    keys = caller.api.city.services.voice.open311_keys
    return (await keys.create(OPS, "批量", "x", delivery=Delivery.BATCH)).api_key


async def _token(caller: Caller, api_key: str, **given: Any) -> str:
    answer = await caller.post(api_key=api_key, **given)
    assert answer.status_code == 200, answer.text
    return str(answer.json()[0]["token"])


async def test_an_idempotency_key_stands_for_one_content_behind_a_token_too(caller: Caller) -> None:
    api_key, key = await _batch(caller), new_id()
    first = await _token(caller, api_key, key=key, description="路灯坏了甲")
    other = await caller.post(api_key=api_key, key=key, description="路灯坏了乙")
    assert errors_of(other, 400) == ["IDEMPOTENCY_CONFLICT"]
    assert await _token(caller, api_key, key=key, description="路灯坏了甲") == first
    assert await _token(caller, await _batch(caller), key=key, description="路灯坏了乙") != first


@pytest.mark.parametrize("key", [None, "a-key-of-a-day"])
async def test_the_same_form_is_the_same_token_for_a_day(caller: Caller, key: str | None) -> None:
    api_key, words, tokens = await _batch(caller), f"井盖松动 {new_id()}", caller.api.city.db["open311_tokens"]

    async def filed() -> str:
        same = await asyncio.gather(*(_token(caller, api_key, key=key, description=words) for _ in range(3)))
        assert len(set(same)) == 1
        return same[0]

    async def made(token: str, ago: timedelta) -> None:
        at = caller.api.city.clock.now() - ago
        await tokens.update_one({"_id": token}, {"$set": {"made_at": at}})

    first = await filed()
    await made(first, timedelta(hours=23))
    assert await filed() == first
    await made(first, timedelta(days=2))
    second = await filed()
    assert second != first
    await made(second, timedelta(hours=23))
    assert await filed() == second
    await made(second, timedelta(hours=25))
    assert await filed() not in (first, second)
    assert (await caller.get(f"tokens/{first}.json")).status_code == 200


async def test_a_token_that_cannot_be_filed_holds_nobody_up_and_is_seen(caller: Caller) -> None:
    voice, tokens = caller.api.city.services.voice, caller.api.city.db["open311_tokens"]
    issued = await voice.open311_keys.create(OPS, "批量", "x", delivery=Delivery.BATCH)
    broken = await _token(caller, issued.api_key)
    await tokens.update_one({"_id": broken}, {"$set": {"form": b"no seal of ours"}})
    for turn in range(1, 7):
        good = await _token(caller, issued.api_key)
        await tokens.update_one({"_id": broken}, {"$set": {"due_at": caller.api.city.clock.now() - timedelta(days=1)}})
        await voice.open311_filing.round()
        assert (await voice.open311_filing.redeem(good)).number
        row = await tokens.find_one({"_id": broken})
        assert row is not None
        assert (row["state"], row["tries"]) == ("waiting" if turn < 5 else "failed", min(turn, 5))
    _, backlog = await voice.open311_filing.filed_by(issued.client)
    assert (backlog.waiting, backlog.failed) == (0, 1)
    assert errors_of(await caller.get(f"tokens/{broken}.json"), 400) == ["TOKEN_REFUSED"]


async def test_keys_are_wrong_missing_suspended_or_withdrawn_and_then_refused(caller: Caller) -> None:
    keys = caller.api.city.services.voice.open311_keys
    made = await keys.create(OPS, "短命", "x")
    for given in (None, "", "x", f"{made.client}.wrong", "o-1.2.3", "\u0000", "钥匙"):
        assert errors_of(await caller.post(api_key=given), 403) == ["API_KEY_REFUSED"]
    second = await keys.add_key(OPS, made.client)
    assert (await caller.post(api_key=second.api_key)).status_code == 200
    await keys.withdraw_key(OPS, made.client, made.key)
    assert errors_of(await caller.post(api_key=made.api_key), 403) == ["API_KEY_REFUSED"]
    await keys.suspend(OPS, made.client, True)
    assert errors_of(await caller.post("requests.xml", api_key=second.api_key), 403) == ["API_KEY_REFUSED"]


async def test_a_client_files_no_more_than_he_may(caller: Caller) -> None:
    issued = await caller.api.city.services.voice.open311_keys.create(OPS, "少", "x", an_hour=2)
    for _ in range(2):
        assert (await caller.post(api_key=issued.api_key)).status_code == 200
    refused = await caller.post(api_key=issued.api_key)
    assert errors_of(refused, 429) == ["RATE_LIMITED"]
    assert int(refused.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("changed", "status", "name"),
    [
        ({"service_code": "no-such"}, 404, "SERVICE_CODE_UNKNOWN"),
        ({"service_code": None}, 400, "ARGUMENT_MISSING"),
        ({"jurisdiction_id": "sfgov.org"}, 404, "JURISDICTION_UNKNOWN"),
        ({"lat": "95"}, 400, "PLACE_NOT_ON_EARTH"),
        ({"lat": None, "long": None}, 400, "LOCATION_MISSING"),
        ({"lat": None, "long": None, "address_id": "NOPE"}, 400, "ASSET_UNKNOWN"),
        ({"media_url": "http://127.0.0.1/x.jpg"}, 400, "MEDIA_REFUSED"),
        ({"attribute[KIND]": "x"}, 400, "ATTRIBUTE_WRONG"),
        ({"description": ""}, 400, "ARGUMENT_MISSING"),
    ],
)
@pytest.mark.parametrize("ending", ["json", "xml"])
async def test_what_is_wrong_is_named(
    caller: Caller, changed: dict[str, Any], status: int, name: str, ending: str
) -> None:
    assert errors_of(await caller.post(f"requests.{ending}", **changed), status) == [name]


async def test_an_address_alone_is_enough(caller: Caller) -> None:
    number = await caller.filed(lat=None, long=None, address_string="五一广场东侧")
    case = await caller.case(number)
    assert (case.place.point, case.place.address) == (None, "五一广场东侧")


async def test_a_description_may_be_as_long_as_the_specification_says(caller: Caller) -> None:
    number = await caller.filed(description=f"{new_id()} " + "长" * 3_900)
    assert len((await caller.case(number)).words.text) > 3_900
    assert errors_of(await caller.post(description="长" * 4_001), 400) == ["ARGUMENT_WRONG"]


async def test_a_jurisdiction_may_be_named(caller: Caller) -> None:
    assert (await caller.get("services.json", jurisdiction_id="fuzhou.gov.cn")).status_code == 200
    assert (await caller.get("services.json", jurisdiction_id="")).status_code == 200
    assert errors_of(await caller.get("services.xml", jurisdiction_id="xm.gov.cn"), 404) == ["JURISDICTION_UNKNOWN"]


async def test_without_an_ending_accept_decides_and_xml_is_the_default(caller: Caller) -> None:
    http = caller.api.http
    for accept, kind in (("application/json", "application/json"), ("*/*", "text/xml"), ("text/xml", "text/xml")):
        answer = await http.get("/open311/v2/services", headers={"accept": accept})
        assert answer.headers["content-type"].startswith(kind)
    assert errors_of(await caller.get("services.yaml"), 404) == ["FORMAT_UNKNOWN"]
    assert errors_of(await caller.get("nothing.json"), 404) == ["NO_SUCH_RESOURCE"]
    assert errors_of(await http.put("/open311/v2/requests.json"), 404) == ["NO_SUCH_RESOURCE"]


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY a "&lol;&lol;&lol;&lol;">
<!ENTITY b "&a;&a;&a;&a;">]><request><description>&b;</description></request>"""
ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "kind", "status", "name"),
    [
        (BOMB, "text/xml", 400, "FORM_WANTED"),
        (ENTITY, "application/xml", 400, "FORM_WANTED"),
        (BOMB, FORM, 403, "API_KEY_REFUSED"),  # read as a form it holds no key
        ("{}", "application/json", 400, "FORM_WANTED"),
        ("x", "multipart/form-data; boundary=y", 400, "FORM_WANTED"),
        ("x", "", 400, "FORM_WANTED"),
        (b"description=\xff\xfe", FORM, 400, "FORM_WANTED"),
        ("description=%ff", FORM, 400, "FORM_WANTED"),
        ("a=1", f"{FORM}; charset=gbk", 400, "FORM_WANTED"),
        ("&".join(f"f{n}=1" for n in range(300)), FORM, 400, "FORM_WANTED"),
        ("description=" + "x" * 70_000, FORM, 413, "PAYLOAD_TOO_LARGE"),
    ],
)
async def test_other_bodies_are_refused_by_name(
    caller: Caller, body: str | bytes, kind: str, status: int, name: str
) -> None:
    before = await caller.api.city.db["cases"].count_documents({})
    for ending in ("json", "xml"):
        answer = await caller.api.http.post(
            f"/open311/v2/requests.{ending}", content=body, headers={"content-type": kind}
        )
        assert errors_of(answer, status) == [name]
    assert await caller.api.city.db["cases"].count_documents({}) == before


HOSTILE = [
    *("' OR 1=1 --", '{"$gt": ""}', "[$ne]=1", "../../etc/passwd", "%00", "\u0000", "\u202e", "😀" * 50, "x" * 5_000),
    *("<script>alert(1)</script>", "${jndi:ldap://x}", "{{7*7}}", "-1", "0", "1e309", "NaN", "null", "true", "[]"),
    *("9" * 400, "١٢٣", "0x10", "2026-02-30T00:00:00Z", ",,,,", "a,b,c" * 40, "%", "%zz", "\ud7ff", "\ufffe", " "),
    *("\r\nX: y", "--", "*", "(?:a+)+$", "a" * 65, "\\", "\x7f"),
]


@pytest.mark.parametrize("where", ["arguments", "form", "path"])
async def test_a_hundred_hostile_inputs_break_nothing(caller: Caller, where: str) -> None:
    names = ["service_request_id", "start_date", "updated_after", "bbox", "page", "page_size", "status", "service_code"]
    fields = ["lat", "long", "address_id", "address_string", "description", "phone", "attribute[KIND]", "service_code"]
    for place, evil in enumerate(HOSTILE):
        if where == "arguments":
            answer = await caller.get("requests.json", **{names[place % len(names)]: evil, "api_key": caller.api_key})
        elif where == "form":
            answer = await caller.post(**{fields[place % len(fields)]: evil})
        else:
            path = urlencode({"": evil})[1:]
            answer = await caller.api.http.get(
                f"/open311/v2/{('requests', 'services', 'tokens')[place % 3]}/{path}.json"
            )
        assert answer.status_code in (200, 400, 404), (where, evil, answer.text)
        if answer.status_code != 200:
            errors_of(answer, answer.status_code)
