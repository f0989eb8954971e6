"""A file that comes in parts, over a network that breaks off: what came stays, and nothing is mixed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import httpx2

from app.core.uploads.parts import PIECE
from graphql_schema.types.common import global_id
from tests.support.api import Api
from tests.support.fakes import MovableClock
from tests.uploads.files import picture
from tests.uploads.sending import asked, put

_TUS = {"tus-resumable": "1.0.0", "accept-language": "en"}


async def _wish(api: Api, raw: bytes) -> tuple[Any, str]:
    """Who sends it, and the link to send it to."""
    person = await api.sign_in(api.person())
    return person, (await asked(api, person, raw, purpose="CASE"))["target"]["url"]


async def _patch(api: Api, url: str, offset: int, body: bytes | AsyncIterator[bytes]) -> httpx2.Response:
    headers = {**_TUS, "content-type": "application/offset+octet-stream", "upload-offset": str(offset)}
    return await api.http.patch(url, content=body, headers=headers)


async def _come(api: Api, url: str) -> int:
    answer = await api.http.head(url, headers=_TUS)
    assert answer.status_code == 200
    return int(answer.headers["upload-offset"])


async def test_a_file_is_sent_in_parts_and_read_with_the_last(shared_api: Api) -> None:
    raw = picture("PNG", (600, 500))
    assert len(raw) > 2 * PIECE
    person, url = await _wish(shared_api, raw)
    cuts = [0, 1, PIECE, PIECE + 1, len(raw) - 1, len(raw)]
    for start, end in pairwise(cuts):
        assert await _come(shared_api, url) == start
        answer = await _patch(shared_api, url, start, raw[start:end])
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(end))
    upload = await shared_api.data("Upload", person.token, id=_id(url))
    assert (upload["state"], upload["width"]) == ("CLEAN", 600)
    assert await _come(shared_api, url) == len(raw)  # whoever lost the last reply learns that it is done
    assert await shared_api.city.db["upload_parts"].count_documents({"citizen": shared_api.key(person)}) == 0


async def test_what_came_of_a_part_that_broke_off_stays(shared_api: Api) -> None:
    raw = picture("PNG", (600, 500))
    _, url = await _wish(shared_api, raw)

    async def breaking() -> AsyncIterator[bytes]:
        yield raw[: PIECE + 1000]
        raise ConnectionError

    with suppress(ConnectionError):
        await _patch(shared_api, url, 0, breaking())
    come = await _come(shared_api, url)
    assert come in (PIECE, PIECE + 1000)
    assert (await _patch(shared_api, url, come, raw[come:])).status_code == 204


async def test_a_part_that_begins_elsewhere_is_refused_and_told_where_to_begin(shared_api: Api) -> None:
    raw = picture()
    _, url = await _wish(shared_api, raw)
    await _patch(shared_api, url, 0, raw[:1000])
    for offset in (0, 999, 1001):
        answer = await _patch(shared_api, url, offset, b"x" * 10)
        assert (answer.status_code, answer.headers["upload-offset"]) == (409, "1000")
        assert answer.json()["code"] == "UPLOAD_OFFSET_WRONG"
    assert await _come(shared_api, url) == 1000


async def test_of_ten_senders_at_once_one_goes_on(shared_api: Api) -> None:
    raw = picture()
    _, url = await _wish(shared_api, raw)
    answers = await asyncio.gather(*(_patch(shared_api, url, 0, raw[:2000]) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [204, *[409] * 9]
    assert await _come(shared_api, url) == 2000


async def test_more_than_was_announced_is_refused_and_what_was_there_stays(shared_api: Api) -> None:
    raw = picture()
    _, url = await _wish(shared_api, raw)
    await _patch(shared_api, url, 0, raw[:1000])
    answer = await _patch(shared_api, url, 1000, raw[1000:] + b"more")
    assert (answer.status_code, answer.json()["code"]) == (422, "UPLOAD_TOO_LARGE")
    come = await _come(shared_api, url)
    assert (await _patch(shared_api, url, come, raw[come:])).status_code == 204


async def test_what_is_no_picture_is_refused_with_its_last_part(shared_api: Api) -> None:
    raw = b"#!/bin/sh\n" + b"x" * 500
    person, url = await _wish(shared_api, raw)
    await _patch(shared_api, url, 0, raw[:100])
    answer = await _patch(shared_api, url, 100, raw[100:])
    assert (answer.status_code, answer.json()["code"]) == (422, "UPLOAD_KIND_UNKNOWN")
    assert (await shared_api.data("Upload", person.token, id=_id(url)))["state"] == "REFUSED"


async def test_a_link_of_another_file_opens_nothing(shared_api: Api) -> None:
    raw = picture()
    _, url = await _wish(shared_api, raw)
    _, other = await _wish(shared_api, raw)
    mixed = url.partition("?")[0] + "?" + other.partition("?")[2]
    assert (await _patch(shared_api, mixed, 0, raw)).status_code == 422
    assert (await shared_api.http.head(mixed, headers=_TUS)).status_code == 422
    bare = await shared_api.http.patch(url, content=raw, headers={**_TUS, "upload-offset": "0"})
    assert bare.status_code == 415


async def test_a_file_of_a_case_may_take_half_a_day_and_another_a_quarter_of_an_hour(
    api: Api, clock: MovableClock
) -> None:
    raw = picture()
    person, url = await _wish(api, raw)
    other = (await asked(api, person, raw))["target"]["url"]
    clock.advance(minutes=30)
    assert (await put(api, other, raw)).status_code == 422
    await _patch(api, url, 0, raw[:1000])
    clock.advance(hours=11)
    assert (await _patch(api, url, 1000, raw[1000:])).status_code == 204


def _id(url: str) -> str:
    return global_id("Upload", url.partition("/uploads/")[2].partition("?")[0])
