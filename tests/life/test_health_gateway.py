"""The hospitals' records by FHIR: the client against its stand-in over real HTTP, well and badly behaved."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from app.core.errors import Unavailable
from app.domains.life.health.records.errors import HealthRecordMissing
from app.domains.life.health.records.model import Answer, Flag, RecordKind, Subject
from app.gateways.health import HttpHealth, NoHealth
from app.gateways.http import Patience
from mocks.city import PEOPLE
from mocks.health import Health, Kind
from mocks.health_values import patient, patient_id
from tests.contracts.conftest import served

KEY = "health-key-of-the-tests"
CHILD, ELDER = (next(p for p in PEOPLE if p.key == key) for key in ("lin-zimo", "lin-qingsheng"))
ALL = tuple(RecordKind)
IN_A_HURRY = Patience(attempt=0.4, overall=2.0, attempts=2, first_wait=0.01, retry_after=1.0)


def subject(person: Any) -> Subject:
    return Subject(f"citizen-{person.key}", person.name, person.id_number)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    stand_in = Health(KEY)
    with served(Starlette(routes=[*stand_in.routes(), *stand_in.control_routes()])) as url:
        yield url


@dataclass
class Records:
    client: HttpHealth
    control: httpx2.AsyncClient

    async def misbehave(self, kind: Kind) -> None:
        (await self.control.post("/control/health/mischief", json={"kind": kind.value})).raise_for_status()

    async def fail(self, **faults: Any) -> None:
        (await self.control.post("/control/health/faults", json=faults)).raise_for_status()

    async def of(self, person: Any, *kinds: RecordKind) -> Answer:
        return await self.client.read(subject(person), kinds or ALL, "r1")


@pytest.fixture
async def records(address: str) -> AsyncIterator[Records]:
    async with (
        HttpHealth(f"{address}/fhir", SecretStr(KEY), patience=IN_A_HURRY) as client,
        httpx2.AsyncClient(base_url=address, trust_env=False) as control,
    ):
        found = Records(client, control)
        yield found
        await found.misbehave(Kind.NONE)
        await control.delete("/control/health/faults")


async def test_a_record_is_read_as_the_hospitals_have_it(records: Records) -> None:
    answer = await records.of(ELDER)
    record = answer.record
    assert answer.whole
    assert {(one.what, one.value, one.flag) for one in record.observations} >= {
        ("血压", "152/94", Flag.HIGH),
        ("空腹血糖", "5.8", Flag.NORMAL),
    }
    assert [one.usual for one in record.observations if one.what == "空腹血糖"] == ["3.9–6.1"]
    assert [one.active for one in record.medications] == [True, True]
    stay = next(one for one in record.encounters if one.kind == "住院")
    assert stay.ended_at is not None
    assert (stay.ended_at - stay.at).days == 6
    assert record.encounters[0].reasons == ("原发性高血压 2 级",)


async def test_pages_are_followed_to_the_last(records: Records) -> None:
    doses = (await records.of(CHILD, RecordKind.IMMUNISATIONS)).record.immunisations
    assert len(doses) > 8, "more than a page"
    assert len({one.id for one in doses}) == len(doses)
    assert [one.on for one in doses] == sorted((one.on for one in doses), reverse=True)
    assert {"卡介苗", "重组乙型肝炎疫苗"} <= {one.vaccine for one in doses}


async def test_only_what_is_asked_for_is_read(records: Records) -> None:
    record = (await records.of(ELDER, RecordKind.MEDICATIONS)).record
    assert record.medications
    assert (record.encounters, record.observations, record.immunisations) == ((), (), ())


async def test_a_dose_given_today_is_there(records: Records) -> None:
    given = {"id_number": ELDER.id_number, "code": "HZV", "name": "重组带状疱疹疫苗"}
    (await records.control.post("/control/health/doses", json=given)).raise_for_status()
    doses = (await records.of(ELDER, RecordKind.IMMUNISATIONS)).record.immunisations
    assert (doses[0].vaccine, doses[0].dose) == ("重组带状疱疹疫苗", 1)


async def test_of_a_stranger_there_is_no_record(records: Records) -> None:
    with pytest.raises(HealthRecordMissing):
        await records.client.read(Subject("c", "某人", "350102199003070054"), ALL, "r1")


async def test_a_number_with_another_name_is_no_answer(records: Records) -> None:
    with pytest.raises(Unavailable):
        await records.client.read(Subject("c", "别人", ELDER.id_number), ALL, "r1")


@pytest.mark.parametrize(
    "kind", [one for one in Kind if one not in (Kind.NONE, Kind.ENDLESS)], ids=lambda one: str(one.value)
)
async def test_what_is_of_somebody_else_or_in_another_form_is_no_answer(records: Records, kind: Kind) -> None:
    await records.misbehave(kind)
    with pytest.raises(Unavailable):
        await records.of(ELDER)


async def test_a_record_without_end_is_read_for_six_pages_and_says_that_there_is_more(records: Records) -> None:
    await records.misbehave(Kind.ENDLESS)
    assert not (await records.of(ELDER, RecordKind.OBSERVATIONS)).whole


@pytest.mark.parametrize("faults", [{"status": 500}, {"delay_ms": 900}, {"drop": True}], ids=["500", "slow", "dropped"])
async def test_one_that_fails_is_unavailable(records: Records, faults: dict[str, Any]) -> None:
    await records.fail(**faults)
    with pytest.raises(Unavailable):
        await records.of(ELDER, RecordKind.MEDICATIONS)


class _Source:
    """Answers as a hospital's system would, with these observations of the elder; slowly, if that is wished."""

    def __init__(self, *observations: dict[str, Any], slow: float = 0.0, raw: bytes | None = None) -> None:
        self._observations = observations
        self._slow = slow
        self._raw = raw

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(self._slow)
        if request.url.path.endswith("/_search"):
            return httpx2.Response(200, json=_bundle(patient(ELDER)))
        return httpx2.Response(200, content=self._raw or json.dumps(_bundle(*self._observations)).encode())

    async def read(self, whole: float = 5.0) -> Answer:
        async with HttpHealth("http://hospital", SecretStr(KEY), transport=httpx2.MockTransport(self)) as client:
            client.whole_read = whole
            return await client.read(subject(ELDER), [RecordKind.OBSERVATIONS], "r1")


def _bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}


def _observed(**changed: Any) -> dict[str, Any]:
    about = {"id": "o1", "status": "final", "subject": {"reference": f"Patient/{patient_id(ELDER)}"}}
    said = {"code": {"text": "血小板"}, "effectiveDateTime": "2026-01-05T10:00:00+08:00"}
    return {"resourceType": "Observation", **about, **said, "valueQuantity": {"value": 5}, **changed}


@pytest.mark.parametrize(
    ("value", "bounds", "flag", "usual"),
    [
        (5.0, {"low": {"value": 3.9}, "high": {"value": 6.1}}, Flag.NORMAL, "3.9–6.1"),
        (3.8, {"low": {"value": 3.9}, "high": {"value": 6.1}}, Flag.LOW, "3.9–6.1"),
        (6.2, {"high": {"value": 6.1}}, Flag.HIGH, "≤ 6.1"),
        (1_234_567, {"low": {"value": 1_000_000}}, Flag.NORMAL, "≥ 1000000"),
        (5.0, {"text": "阴性"}, None, "阴性"),
    ],
)
async def test_a_value_is_read_by_its_range_where_the_hospital_has_not_said_how_it_lies(
    value: float, bounds: dict[str, Any], flag: Flag | None, usual: str
) -> None:
    source = _Source(_observed(valueQuantity={"value": value}, referenceRange=[bounds]))
    (one,) = (await source.read()).record.observations
    assert (one.flag, one.usual, one.value) == (flag, usual, f"{value:.10g}")


@pytest.mark.parametrize(
    "garbage",
    [
        {"effectiveDateTime": "0001-01-01T00:00:00+14:00"},
        {"effectiveDateTime": "9999-12-31T23:59:59-12:00"},
        {"valueQuantity": {"value": "much"}},
        {"valueQuantity": None},
        {"id": ""},
        {"subject": {}},
        {"subject": {"reference": "Patient/somebody-else"}},
        {"code": []},
    ],
    ids=lambda one: json.dumps(one)[:40],
)
async def test_garbage_is_no_answer(garbage: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        await _Source(_observed(**garbage)).read()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"<html>",
        b"null",
        b"[" * 100_000,
        json.dumps(_bundle(_observed())).encode().replace(b'"value": 5', b'"value": NaN'),
        json.dumps(_bundle(_observed())).encode().replace(b'"value": 5', b'"value": 1e999'),
    ],
    ids=lambda raw: str(raw[:12]),
)
async def test_what_is_no_bundle_is_no_answer(raw: bytes) -> None:
    with pytest.raises(Unavailable):
        await _Source(raw=raw or b" ").read()


async def test_one_that_answers_each_question_slowly_has_an_end_in_all() -> None:
    with pytest.raises(Unavailable):
        await _Source(_observed(), slow=0.2).read(whole=0.3)


async def test_one_failure_is_passed_over(records: Records) -> None:
    await records.fail(status=503, next=1)
    assert (await records.of(ELDER, RecordKind.MEDICATIONS)).record.medications


async def test_a_wrong_key_is_unavailable(address: str) -> None:
    async with HttpHealth(f"{address}/fhir", SecretStr("wrong"), patience=IN_A_HURRY) as client:
        with pytest.raises(Unavailable):
            await client.read(subject(ELDER), ALL, "r1")


async def test_a_city_without_records_says_that_they_are_unavailable() -> None:
    with pytest.raises(Unavailable):
        await NoHealth().read(subject(ELDER), ALL, "r1")
