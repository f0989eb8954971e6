"""A file's way into the city: asked for, sent by its link, kept sealed, claimed by a matter, fetched, dropped."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.uploads.errors import UploadClaimed, UploadNotReady, UploadUnknown
from app.core.uploads.model import MOST_BYTES, Upload, UploadState
from app.jobs.uploads import drop_unclaimed_uploads
from graphql_schema.types.common import key_of
from tests.support.api import Api, Person
from tests.support.fakes import MovableClock
from tests.uploads.files import PLACE, document, picture, telling_photo
from tests.uploads.sending import asked, put, sent


async def claimed(api: Api, person: Person, upload: str, by: str) -> tuple[Upload, ...]:
    async def work(tx: Tx) -> tuple[Upload, ...]:
        return await api.city.services.uploads.claim(api.key(person), [upload], by, tx)

    return await api.city.db.transaction(work)


async def test_a_photo_is_sent_and_fetched_again_without_what_it_hid(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    upload = await sent(shared_api, person, telling_photo())
    assert (upload["state"], upload["mediaType"], upload["width"], upload["height"]) == ("CLEAN", "JPEG", 100, 200)
    file = await shared_api.http.get(upload["link"]["url"])
    assert (file.status_code, file.headers["content-type"]) == (200, "image/jpeg")
    assert PLACE.encode() not in file.content
    assert len(file.content) == upload["size"]
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-security-policy"].startswith("sandbox")
    assert "filename*=UTF-8''%E8%BA%AB%E4%BB%BD%E8%AF%81.jpg" in file.headers["content-disposition"]
    small = await shared_api.http.get(upload["thumbnail"]["url"])
    assert Image.open(io.BytesIO(small.content)).format == "WEBP"


async def test_a_large_file_comes_back_whole(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    raw = picture("PNG", (1500, 1200))
    upload = await sent(shared_api, person, raw, "scan.png")
    file = await shared_api.http.get(upload["link"]["url"])
    assert Image.open(io.BytesIO(file.content)).tobytes() == Image.open(io.BytesIO(raw)).tobytes()


async def test_nothing_of_a_file_lies_in_clear_in_the_database(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    upload = await sent(shared_api, person, document(), "a very own name.pdf")
    file = (await shared_api.http.get(upload["link"]["url"])).content
    for name in ("uploads", "uploads.files", "uploads.chunks"):
        for row in await shared_api.city.db[name].find({}).to_list(None):
            assert b"%PDF" not in repr(row).encode()
            assert "a very own name" not in repr(row)
            assert file[100:200] not in row.get("data", b"")


async def test_a_link_is_used_once(shared_api: Api) -> None:
    person, raw = await shared_api.sign_in(shared_api.person()), picture()
    wish = await asked(shared_api, person, raw)
    answers = await asyncio.gather(*(put(shared_api, wish["target"]["url"], raw) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, *[422] * 5]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 422} == {"UPLOAD_UNKNOWN"}


async def test_a_file_that_is_refused_says_why_in_both_places(shared_api: Api) -> None:
    person, raw = await shared_api.sign_in(shared_api.person()), document(51)
    wish = await asked(shared_api, person, raw, "long.pdf")
    answer = await put(shared_api, wish["target"]["url"], raw)
    assert (answer.status_code, answer.json()["code"], answer.json()["pages"]) == (422, "DOCUMENT_TOO_LONG", 50)
    upload = await shared_api.data("Upload", person.token, id=wish["upload"]["id"])
    assert (upload["state"], upload["refusal"]["code"], upload["link"]) == ("REFUSED", "DOCUMENT_TOO_LONG", None)
    assert "50" in upload["refusal"]["message"]


async def test_more_than_was_announced_is_refused_and_less_may_be_sent_again(shared_api: Api) -> None:
    person, raw = await shared_api.sign_in(shared_api.person()), picture()
    wish = await asked(shared_api, person, raw)
    longer = await put(shared_api, wish["target"]["url"], raw + b"!")
    assert (longer.status_code, longer.json()["code"]) == (422, "UPLOAD_TOO_LARGE")
    shorter = await put(shared_api, wish["target"]["url"], raw[:-1])
    assert (shorter.status_code, shorter.json()["code"]) == (400, "BAD_INPUT")
    assert (await put(shared_api, wish["target"]["url"], raw)).status_code == 201


async def test_a_body_without_end_is_cut_at_what_was_announced(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    wish = await asked(shared_api, person, b"", size=1000)
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 100

    with pytest.raises(Exception, match="UPLOAD_TOO_LARGE"):
        await shared_api.city.services.uploads.take(*_parts(wish), endless())
    assert taken == 11


def _parts(wish: Any) -> tuple[str, str, int, str]:
    parts = urlsplit(wish["target"]["url"])
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return parts.path.rpartition("/")[2], query["of"], int(query["until"]), query["proof"]


async def test_what_cannot_be_a_file_is_refused_when_it_is_asked_for(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    wish = {"purpose": "APPLICATION", "name": "a.jpg", "bytes": MOST_BYTES + 1, "key": new_id()}
    told = await shared_api.refused("UploadTooLarge", "RequestUpload", person.token, **wish)
    assert told == {"limit": MOST_BYTES}
    for bad in ({"bytes": 0}, {"bytes": -1}, {"name": " "}, {"name": "a" * 121}, {"name": "\u202e\u0000"}):
        assert await shared_api.codes("RequestUpload", person.token, **{**wish, "bytes": 9, **bad}) == ["BAD_INPUT"]


async def test_links_end_and_are_bound_to_one_use(api: Api, clock: MovableClock) -> None:
    person, raw = await api.sign_in(api.person()), picture()
    upload = await sent(api, person, raw)
    url = upload["link"]["url"]
    for changed in (url.replace("until=", "until=9"), url + "&as=thumbnail", url.replace("proof=", "proof=a")):
        assert (await api.http.get(changed)).status_code == 404
    assert (await api.http.get(url.replace(key_of(upload["id"], "Upload"), new_id()))).status_code == 404
    wish = await asked(api, person, raw)
    clock.advance(minutes=5, seconds=1)
    assert (await api.http.get(url)).status_code == 404
    clock.advance(minutes=10)
    assert (await put(api, wish["target"]["url"], raw)).json()["code"] == "UPLOAD_UNKNOWN"


async def test_an_upload_is_its_citizens_alone(shared_api: Api) -> None:
    person, other = [await shared_api.sign_in(shared_api.person()) for _ in range(2)]
    upload = await sent(shared_api, person, picture())
    for operation in ("Upload", "Node"):
        assert await shared_api.data(operation, other.token, id=upload["id"]) is None
    wish = {"id": upload["id"], "key": new_id()}
    await shared_api.refused("UploadUnknown", "DropUpload", other.token, **wish)
    with pytest.raises(UploadUnknown):
        await claimed(shared_api, other, key_of(upload["id"], "Upload"), "application:1")


async def test_one_matter_claims_it_and_it_stays_until_it_is_released(api: Api, clock: MovableClock) -> None:
    person, uploads = await api.sign_in(api.person()), api.city.services.uploads
    key = key_of((await sent(api, person, picture()))["id"], "Upload")
    tries = (claimed(api, person, key, f"application:{number}") for number in range(8))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(isinstance(outcome, UploadClaimed) for outcome in outcomes) == [False, *[True] * 7]
    (by,) = [f"application:{number}" for number, outcome in enumerate(outcomes) if isinstance(outcome, tuple)]
    await claimed(api, person, key, by)  # a repeat
    assert [upload.id for upload in await uploads.of(api.key(person), by)] == [key]
    clock.advance(days=2)
    await drop_unclaimed_uploads(api.city)
    assert await uploads.of(api.key(person), by)

    async def release(tx: Tx) -> None:
        await uploads.release(api.key(person), [key], by, tx)

    await api.city.db.transaction(release)
    clock.advance(days=1)
    await drop_unclaimed_uploads(api.city)
    for name in ("uploads", "uploads.files", "uploads.chunks"):
        assert await api.city.db[name].find_one({}) is None


async def test_what_was_not_taken_cannot_be_claimed(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    wish = await asked(shared_api, person, picture())
    with pytest.raises(UploadNotReady) as refused:
        await claimed(shared_api, person, key_of(wish["upload"]["id"], "Upload"), "application:1")
    assert refused.value.state == UploadState.REQUESTED.value


async def test_an_upload_that_is_dropped_is_gone_and_a_repeat_is_answered_alike(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    upload = await sent(shared_api, person, picture())
    wish = {"id": upload["id"], "key": new_id()}
    done = await shared_api.data("DropUpload", person.token, **wish)
    assert done == {"__typename": "UploadDropped", "uploadId": upload["id"]}
    assert await shared_api.data("DropUpload", person.token, **wish) == done
    assert await shared_api.data("Upload", person.token, id=upload["id"]) is None
    assert (await shared_api.http.get(upload["link"]["url"])).status_code == 404


async def test_when_no_reader_answers_the_file_may_be_sent_again(api: Api) -> None:
    person, raw = await api.sign_in(api.person()), picture()
    wish, started = await asked(api, person, raw), api.city.reader._start

    async def refuses() -> Any:
        raise ConnectionRefusedError

    api.city.reader._start = refuses  # type: ignore[method-assign]
    assert (await put(api, wish["target"]["url"], raw)).status_code in (500, 503)
    api.city.reader._start = started  # type: ignore[method-assign]
    assert (await put(api, wish["target"]["url"], raw)).status_code == 201


async def test_a_file_that_is_dropped_while_it_is_read_leaves_nothing(api: Api) -> None:
    person, raw = await api.sign_in(api.person()), picture()
    wish, reads = await asked(api, person, raw), api.city.reader.clean

    async def meanwhile(given: bytes) -> Any:
        await api.data("DropUpload", person.token, id=wish["upload"]["id"], key=new_id())
        return await reads(given)

    api.city.reader.clean = meanwhile  # type: ignore[method-assign]
    assert (await put(api, wish["target"]["url"], raw)).json()["code"] == "UPLOAD_UNKNOWN"
    api.city.reader.clean = reads  # type: ignore[method-assign]
    assert await api.city.db["uploads.files"].find_one({}) is None
    assert await api.city.db["uploads.chunks"].find_one({}) is None


async def test_who_leaves_the_city_leaves_no_file(api: Api) -> None:
    person = await api.verified()
    await sent(api, person, picture())
    citizen = api.key(person)
    await api.city.holdings.erase(citizen)
    assert not {name for name in await api.city.holdings.left(citizen) if name.startswith("uploads")}
    assert await api.city.db["uploads.chunks"].find_one({}) is None
