"""Pictures and signed files of licences: fetched by links, checked without the city, barred by the list."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.core.errors import Outcome
from app.core.ids import new_id
from tests.licences.orders import issued
from tests.support.api import OPS, Api, Person
from tests.support.fakes import MovableClock
from virtual_card.codes import status_list
from virtual_card.codes.errors import StatusListStale
from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.licences.documents.errors import (
    LicenceFileExpired,
    LicenceFileMalformed,
    LicenceFileRevoked,
    LicenceFileUntrusted,
)
from virtual_card.licences.documents.model import LIFE, LicenceFile, check, open_, seal
from virtual_card.licences.model import DeskAct, LicenceState

KEY = SigningKey.new("licence-0001")
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
FILE = LicenceFile(
    city="http://city.test",
    number="DL202648210937K",
    kind="driving_licence",
    issuer="350100-gaj",
    facts={"name": "林晓明", "class": "C1"},
    valid_from=NOW.date(),
    valid_until=None,
    status_index=7,
    signed_at=NOW,
    expires_at=NOW + LIFE,
)


async def fetched(api: Api, person: Person) -> tuple[Any, bytes]:
    (licence,) = await api.data("Licences", person.token)
    file = await api.http.get(licence["document"]["url"])
    assert file.headers["content-type"] == "application/rong-licence+cwt"
    return licence, file.content


async def published(api: Api, now: datetime) -> tuple[KeySet, status_list.StatusList]:
    keys = KeySet.from_jwks((await api.http.get("/.well-known/licence-keys")).json())
    data = (await api.http.get("/.well-known/licence-status")).content
    return keys, status_list.decode(data, keys, now, DAY)


async def test_whoever_has_keys_and_list_checks_a_file_without_the_city(api: Api, clock: MovableClock) -> None:
    person = await api.verified()
    made = await issued(api, person)
    _, data = await fetched(api, person)
    keys, listed = await published(api, clock.now())
    good = check(data, keys, listed, clock.now(), DAY)
    assert good.file.facts == {"name": person.name, "sex": made.facts["sex"], "birth": "1990-05-20", "class": "C1"}
    assert good.file.number == made.number
    await api.city.services.licences.act(OPS, made.number, DeskAct(LicenceState.REVOKED, "error"), new_id())
    api.city.services.licence_documents.status_list.changed({})
    assert check(data, keys, listed, clock.now(), DAY).stale < timedelta(
        minutes=1
    )  # the stale window: as old as the list
    keys, listed = await published(api, clock.now())
    with pytest.raises(LicenceFileRevoked):
        check(data, keys, listed, clock.now(), DAY)


async def test_one_that_was_replaced_is_barred_and_the_new_one_good(api: Api, clock: MovableClock) -> None:
    person = await api.verified()
    await issued(api, person)
    _, old = await fetched(api, person)
    await issued(api, person)
    _, new = await fetched(api, person)
    api.city.services.licence_documents.status_list.changed({})
    keys, listed = await published(api, clock.now())
    with pytest.raises(LicenceFileRevoked):
        check(old, keys, listed, clock.now(), DAY)
    assert check(new, keys, listed, clock.now(), DAY).file.kind == "driving_licence"


async def test_a_face_is_fetched_by_its_link_alone(api: Api, clock: MovableClock) -> None:
    person = await api.verified()
    await issued(api, person, "marriage_certificate", facts={"spouse": "甲乙"})
    (licence,) = await api.data("Licences", person.token)
    for format in ("webp", "png"):
        answer = await api.http.get(licence["face"][format])
        assert Image.open(io.BytesIO(answer.content)).size == (900, 1260)
        known = await api.http.get(licence["face"][format], headers={"if-none-match": answer.headers["etag"]})
        assert known.status_code == 304
    url = licence["face"]["png"]
    for changed in (url.replace(".png", ".cwt"), url.replace(".png", ".gif"), url.replace("until=", "until=9")):
        assert (await api.http.get(changed)).status_code == 404
    clock.advance(minutes=6)
    assert (await api.http.get(url)).status_code == 404


async def test_what_does_not_hold_has_a_face_and_no_file(shared_api: Api) -> None:
    person = await shared_api.verified()
    made = await issued(shared_api, person)
    (before,) = await shared_api.data("Licences", person.token)
    act = DeskAct(LicenceState.REVOKED, "error")
    await shared_api.city.services.licences.act(OPS, made.number, act, new_id())
    (after,) = await shared_api.data("Licences", person.token)
    assert after["document"] is None
    assert (await shared_api.http.get(before["document"]["url"])).status_code == 404
    assert (await shared_api.http.get(after["face"]["webp"])).status_code == 200


def test_a_file_ends_and_a_list_may_not_be_too_old() -> None:
    data, keys = seal(FILE, KEY), KeySet([KEY.public])
    assert open_(data, keys, NOW) == FILE
    with pytest.raises(LicenceFileExpired):
        open_(data, keys, NOW + LIFE + timedelta(minutes=6))
    listed = status_list.decode(status_list.encode([], 64, KEY, NOW, DAY / 48), keys, NOW, DAY)
    assert check(data, keys, listed, NOW + timedelta(hours=3), DAY).stale == timedelta(hours=3)
    with pytest.raises(StatusListStale):
        check(data, keys, listed, NOW + timedelta(hours=3), timedelta(hours=1))


def test_a_file_of_another_key_or_of_other_words_is_not_trusted() -> None:
    data = seal(FILE, KEY)
    with pytest.raises(LicenceFileUntrusted):
        open_(data, KeySet([SigningKey.new("licence-0001").public]), NOW)
    with pytest.raises(LicenceFileUntrusted):
        open_(data.replace("林晓明".encode(), "林晓日".encode()), KeySet([KEY.public]), NOW)
    listed = status_list.encode([], 64, KEY, NOW, DAY / 48)
    with pytest.raises(LicenceFileUntrusted):
        open_(listed, KeySet([KEY.public]), NOW)
    with pytest.raises(LicenceFileMalformed):
        open_(b"x" * 20_000, KeySet([KEY.public]), NOW)


@given(st.data())
def test_whatever_becomes_of_a_file_it_is_refused_by_name(data: st.DataObject) -> None:
    raw = bytearray(seal(FILE, KEY))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Outcome):
        open_(bytes(raw), KeySet([KEY.public]), NOW)
