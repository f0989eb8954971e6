"""Indicators at the desk and at both doors: who reads what, reports, weights set once and by whom."""

from __future__ import annotations

import io
from datetime import timedelta
from random import Random

import openpyxl

from app.domains.voice.cases.store import CaseStore
from app.domains.voice.figures.index.model import FIRST
from app.jobs.indicators import count_cases, look_for_hot_spots
from app.seed.voice.lives import Lives, LivingUnit
from tests.support.api import Api
from tests.support.desk import seated


async def lived(api: Api, unit: str, many: int = 12) -> None:
    city = api.city
    made, now = Lives(Random(1), [LivingUnit(unit)], ["street-lamp"]), city.clock.now()
    store = CaseStore(city.db, city.persons)
    for n in range(many):
        case = made.last(now - timedelta(hours=20 * n + 1), now)
        await city.db.transaction(lambda tx, case=case: store.add(case, tx))  # type: ignore[misc]
    await count_cases(city)
    assert await city.services.voice.indicators.counting.differences() == []


async def test_everybody_reads_the_citys_figures_and_a_unit_its_own(api: Api) -> None:
    unit, other = await api.organisation(), await api.organisation()
    await lived(api, unit)
    public = await api.data("CityIndicators", None, months=2)
    figures = {one["code"]: one for one in public["indicators"]}
    assert figures["filed"]["value"] == 12
    assert "returned" not in figures
    assert len(public["months"]) == 2

    token = await api.provider(unit, ("cases",))
    asked = {"first": public["first"], "last": public["last"], "by": "KIND"}
    own = await api.data("CaseIndicators", token, "provider", **asked)
    assert own["unit"] == unit
    assert {one["code"] for one in own["indicators"]} > figures.keys()
    assert own["parts"]
    assert await api.data("CaseIndicators", token, "provider", unit=other, **asked) is None
    centre = await api.provider(other, ("cases:centre",))
    assert (await api.data("CentreIndicators", centre, "provider", **asked))["unit"] is None
    assert (await api.data("CentreIndicators", centre, "provider", unit=unit, **asked))["unit"] == unit
    wrong = await api.raw("CaseIndicators", {**asked, "first": "2026-13"}, token=token, schema="provider")
    assert wrong.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"


async def test_hot_spots_are_read_by_the_centre(api: Api) -> None:
    organisation = await api.organisation()
    city = api.city
    made, now = Lives(Random(1), [LivingUnit(organisation)], ["flood"]), city.clock.now()
    store = CaseStore(city.db, city.persons)
    for _ in range(9):
        case = made.begun(now - timedelta(hours=3))[0]
        await city.db.transaction(lambda tx, case=case: store.add(case, tx))  # type: ignore[misc]
    await count_cases(city)
    centre = await api.provider(organisation, ("cases:centre",))
    assert await api.data("CaseHotSpots", centre, "provider") == []
    await look_for_hot_spots(city)
    (spot,) = await api.data("CaseHotSpots", centre, "provider")
    assert (spot["district"], spot["category"], spot["count"], spot["usual"]) == ("350102000000", "flood", 9, 0.0)
    shown = (await (await seated(api, "viewer")).ask("GET", "/indicators/hot-spots")).json()
    assert [one["count"] for one in shown["spots"]] == [9]


async def test_the_desk_reads_figures_and_takes_a_report_along(api: Api) -> None:
    unit = await api.organisation()
    await lived(api, unit)
    seat = await seated(api, "viewer")
    board = (await seat.ask("GET", f"/indicators?by=unit&unit={unit}")).json()
    assert [part["value"] for part in board["parts"]] == [unit]
    assert len((await seat.ask("GET", "/indicators/definitions")).json()) > 24
    made = await seat.ask("GET", "/indicators/report?language=en")
    assert made.headers["content-disposition"].endswith('.xlsx"')
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    assert book.sheetnames[0] == "Indicators"
    for by in ("kind", "channel", "district", "unit", "level", "index"):
        table = await seat.ask("GET", f"/indicators/table?by={by}")
        assert (table.status_code, table.headers["content-type"]) == (200, "text/csv; charset=utf-8")
        assert table.text.count("\n") > 1, by
    for path, status, code in (
        ("/indicators?unit=nowhere", 422, "INDICATOR_UNIT_UNKNOWN"),
        ("/indicators?first=2026-02&last=2026-01", 400, "BAD_INPUT"),
        ("/indicators?first=2000-01&last=2026-01", 400, "BAD_INPUT"),
        ("/indicators/table", 400, "BAD_INPUT"),
    ):
        answer = await seat.ask("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
    assert await api.city.db["audit"].count_documents({"action": "indicators.reported"}) == 1


async def test_weights_are_set_by_operators_once_a_version(api: Api) -> None:
    operator, viewer = await seated(api, "operator"), await seated(api, "viewer")
    values = {**FIRST.values, "on_time": FIRST.values["on_time"] + 2, "satisfied": FIRST.values["satisfied"] - 2}
    wish = {"version": 1, "values": values, "reason": "time counts more"}
    assert (await viewer.ask("POST", "/indicators/index/weights", wish)).status_code == 403
    wrong = await operator.ask("POST", "/indicators/index/weights", {**wish, "values": {**values, "on_time": 0}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "WEIGHTS_INVALID")
    made = await operator.ask("POST", "/indicators/index/weights", wish, key="key-of-weights")
    again = await operator.ask("POST", "/indicators/index/weights", wish, key="key-of-weights")
    assert (made.status_code, made.json()) == (201, again.json())
    late = await operator.ask("POST", "/indicators/index/weights", wish)
    assert (late.status_code, late.json()["code"]) == (422, "WEIGHTS_CHANGED")
    assert (await viewer.ask("GET", "/indicators/index")).json()["weights_version"] == 2
    kept = (await viewer.ask("GET", "/indicators/index/weights")).json()["items"]
    assert [(one["version"], one["reason"]) for one in kept] == [(2, "time counts more")]
