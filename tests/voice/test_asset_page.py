"""The page behind a code: without the app, without an account, in both languages; what it shows, takes and refuses."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from app.core.ids import new_id
from app.domains.voice.cases.history.model import CaseChannel, CaseState, Identity
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.street.assets.number import code_for, grouped
from app.domains.voice.street.assets.reporting.model import PER_ADDRESS
from app.wiring import City
from tests.support.api import ADDRESS_HEADER, OPS, Api
from tests.support.street import HERE, HYDRANT_LEAK, hidden, hydrant
from tests.uploads.files import picture, telling_photo

TEXT = "消火栓一直在喷水，路面都结冰了。"


async def _page(api: Api, code: str, language: str = "zh-CN") -> httpx2.Response:
    return await api.http.get(f"/q/{code}", headers={"accept-language": language})


async def _send(api: Api, code: str, page: httpx2.Response, files: Any = None, **said: str) -> httpx2.Response:
    data = {**hidden(page), "category": HYDRANT_LEAK, "text": TEXT, **said}
    return await api.http.post(f"/q/{code}", data=data, files=files or {"photo": ("", b"")})


def _told(answer: httpx2.Response) -> Mapping[str, str]:
    """Number and receipt, as the page shows them."""
    assert answer.status_code == 201, answer.text
    number, receipt = re.findall(r'<code class="copy">([^<]+)</code>', answer.text)
    return {"number": number, "receipt": receipt}


async def _case(city: City, number: str) -> Case:
    store = CaseStore(city.db, city.persons)
    found = await store.get(await store.id_of(number) or "")
    assert found is not None
    return found


async def _of(city: City, code: str) -> int:
    return await city.db["cases"].count_documents({"place.asset": code})


async def test_the_page_says_what_it_is_where_it_stands_and_who_looks_after_it(shared_api: Api) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    page = await _page(shared_api, asset.code)
    assert page.status_code == 200
    for words in ("五一广场东门消火栓", "消火栓", grouped(asset.code), "鼓楼区供水管理站", "消火栓漏水", "报修"):
        assert words in page.text
    assert "路灯不亮" not in page.text  # what a hydrant is never reported for
    english = await _page(shared_api, grouped(asset.code), "en-GB,en;q=0.8")
    assert "Hydrant at the east gate" in english.text
    assert 'lang="en"' in english.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert "script" not in page.text


async def test_a_report_without_a_number_is_nobodys_and_followed_by_its_receipt(shared_api: Api) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    told = _told(await _send(shared_api, asset.code, await _page(shared_api, asset.code)))
    case = await _case(shared_api.city, told["number"])
    assert (case.channel, case.identity, case.state) == (CaseChannel.WEB, Identity.ANONYMOUS, CaseState.FILED)
    assert (case.place.asset, case.place.point, case.category) == (asset.code, HERE, HYDRANT_LEAK)
    assert (case.citizen, case.words.contact, case.words.text) == (None, None, TEXT)
    assert case.place.division == asset.place.division


@pytest.mark.parametrize(("hide", "identity"), [("", Identity.NAMED), ("yes", Identity.CONFIDENTIAL)])
async def test_a_report_with_a_number_is_a_callers(shared_api: Api, hide: str, identity: Identity) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    page = await _page(shared_api, asset.code)
    told = _told(await _send(shared_api, asset.code, page, phone="139 0000 7788", hidden=hide))
    case = await _case(shared_api.city, told["number"])
    assert (case.identity, case.words.contact, case.citizen) == (identity, "+8613900007788", None)
    answers = await shared_api.city.db["channel_answers"].count_documents({"case": case.id})
    assert answers == 1


async def test_a_photo_comes_with_it_without_what_it_hid(shared_api: Api) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    page = await _page(shared_api, asset.code)
    photo = {"photo": ("IMG_1.jpg", telling_photo(), "image/jpeg")}
    case = await _case(shared_api.city, _told(await _send(shared_api, asset.code, page, photo))["number"])
    (file,) = case.files
    kept = (await shared_api.city.services.uploads.attached([file], case.record))[file]
    assert kept.citizen == f"case:{case.id}"
    assert kept.content is not None
    assert kept.content.width == 100


async def test_what_is_no_photo_is_refused_and_what_was_written_stays_in_the_form(shared_api: Api) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    page = await _page(shared_api, asset.code)
    answer = await _send(shared_api, asset.code, page, {"photo": ("x.jpg", b"#!/bin/sh", "image/jpeg")}, phone="1")
    assert answer.status_code == 422
    assert TEXT in answer.text
    assert 'role="alert"' in answer.text
    assert await _of(shared_api.city, asset.code) == 0


async def test_a_form_that_is_sent_twice_and_at_once_is_one_case(shared_api: Api) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    page = await _page(shared_api, asset.code)
    answers = await asyncio.gather(*(_send(shared_api, asset.code, page) for _ in range(8)))
    assert len({_told(answer)["number"] for answer in answers}) == 1
    assert await _of(shared_api.city, asset.code) == 1


async def test_a_form_with_a_photo_sent_at_once_leaves_one_photo(shared_api: Api) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    page, photo = await _page(shared_api, asset.code), {"photo": ("a.jpg", picture(), "image/jpeg")}
    answers = await asyncio.gather(*(_send(shared_api, asset.code, page, photo) for _ in range(8)))
    (number,) = {_told(answer)["number"] for answer in answers}
    since = (await _case(shared_api.city, number)).filed_at - timedelta(seconds=30)
    brought = {"citizen": {"$gt": "case:", "$lt": "case;"}, "claimed_by": None, "requested_at": {"$gte": since}}
    assert await shared_api.city.db["uploads"].count_documents(brought) == 0


@pytest.mark.parametrize("other", ["a photo", "hidden"])
async def test_the_same_form_with_something_else_is_not_the_same_report(shared_api: Api, other: str) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    page = await _page(shared_api, asset.code)
    first = await _send(shared_api, asset.code, page, phone="139 0000 7789")
    photo = {"photo": ("a.jpg", picture(), "image/jpeg")} if other == "a photo" else None
    said = {"hidden": "yes"} if other == "hidden" else {}
    again = await _send(shared_api, asset.code, page, photo, phone="139 0000 7789", **said)
    assert (first.status_code, again.status_code) == (201, 422)
    assert await _of(shared_api.city, asset.code) == 1


@pytest.mark.parametrize(
    "changed",
    [{"proof": "0" * 64}, {"given": "1"}, {"key": new_id()}, {"key": ""}, {"given": "x" * 50}, {"proof": "ü"}],
)
async def test_a_form_that_is_not_ours_files_nothing(shared_api: Api, changed: dict[str, str]) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    answer = await _send(shared_api, asset.code, await _page(shared_api, asset.code), **changed)
    assert answer.status_code == 422
    assert await _of(shared_api.city, asset.code) == 0


async def test_the_form_of_another_asset_files_nothing(shared_api: Api) -> None:
    one, other = await hydrant(shared_api.city, f"H-{new_id()}"), await hydrant(shared_api.city, f"H-{new_id()}")
    answer = await _send(shared_api, one.code, await _page(shared_api, other.code))
    assert answer.status_code == 422
    assert await _of(shared_api.city, one.code) == 0


async def test_another_sites_page_cannot_send_it(shared_api: Api) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    data = {**hidden(await _page(shared_api, asset.code)), "category": HYDRANT_LEAK, "text": TEXT}
    for site in ("cross-site", "same-site"):
        answer = await shared_api.http.post(f"/q/{asset.code}", data=data, headers={"sec-fetch-site": site})
        assert answer.status_code == 403
    assert await _of(shared_api.city, asset.code) == 0


@pytest.mark.parametrize(
    "said",
    [
        {"text": ""},
        {"text": "x"},
        {"text": "长" * 2001},
        {"category": "streets"},
        {"category": "none"},
        {"phone": "12"},
    ],
)
async def test_what_cannot_be_so_is_named_in_the_visitors_language(shared_api: Api, said: dict[str, str]) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    answer = await _send(shared_api, asset.code, await _page(shared_api, asset.code), **said)
    assert answer.status_code == 422
    (problem,) = re.findall(r'role="alert">([^<]+)<', answer.text)
    assert len(problem) > 3
    assert await _of(shared_api.city, asset.code) == 0


async def test_a_body_beyond_all_measure_is_refused(shared_api: Api) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    page = await _page(shared_api, asset.code)
    answer = await _send(shared_api, asset.code, page, {"photo": ("a.png", b"x" * (11 << 20), "image/png")})
    assert answer.status_code == 413
    assert await _of(shared_api.city, asset.code) == 0


async def test_one_address_may_report_so_often_and_no_oftener(shared_api: Api) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    headers, answers = {ADDRESS_HEADER.decode(): "192.0.2.77"}, []
    for _ in range(PER_ADDRESS.most + 1):
        data = {**hidden(await _page(shared_api, asset.code)), "category": HYDRANT_LEAK, "text": TEXT}
        answers.append((await shared_api.http.post(f"/q/{asset.code}", data=data, headers=headers)).status_code)
    assert answers == [201] * PER_ADDRESS.most + [429]


async def test_codes_that_nothing_has_and_what_is_no_code(shared_api: Api) -> None:
    await hydrant(shared_api.city)
    unknown = await _page(shared_api, code_for("nobody", new_id()))
    assert (unknown.status_code, "没有这个编号" in unknown.text) == (404, True)
    for text in ("0", "4821937006", "%3Cscript%3E", "x" * 300):
        answer = await _page(shared_api, text)
        assert (answer.status_code, "编号不对" in answer.text) == (404, True)
        assert "<script" not in answer.text


async def test_what_is_gone_says_so_and_takes_no_report(shared_api: Api) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    page = await _page(shared_api, asset.code)
    await shared_api.city.services.voice.assets.retire(OPS, asset.code, "道路改造", new_id())
    assert (await _page(shared_api, asset.code)).status_code == 410
    assert (await _send(shared_api, asset.code, page)).status_code == 410
    assert await _of(shared_api.city, asset.code) == 0


async def test_of_what_is_open_there_strangers_read_only_what_is_public(shared_api: Api) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    await _send(shared_api, asset.code, await _page(shared_api, asset.code))
    page = await _page(shared_api, asset.code)
    assert "另有 1 件不公开" in page.text
    assert TEXT not in page.text


async def test_pictures_of_every_kind_that_phones_make_are_taken(shared_api: Api) -> None:
    asset = await hydrant(shared_api.city, f"H-{new_id()}")
    for kind in ("PNG", "WEBP"):
        page = await _page(shared_api, asset.code)
        answer = await _send(shared_api, asset.code, page, {"photo": (f"a.{kind}", picture(kind), "image/x")})
        assert answer.status_code == 201
