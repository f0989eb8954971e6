"""The pages of indicators and of the index: figures, curves, files, and weights set from their row."""

from __future__ import annotations

import io
from datetime import timedelta
from random import Random

import openpyxl

from app.domains.voice.cases.store import CaseStore
from app.domains.voice.figures.index.model import FIRST
from app.seed.voice.lives import Lives, LivingUnit
from tests.console.conftest import Desk
from tests.support.api import Api


async def test_the_page_shows_figures_draws_them_and_gives_them_along(desks: dict[str, Desk], shared_api: Api) -> None:
    city, unit = shared_api.city, await shared_api.organisation()
    lives, store, now = (
        Lives(Random(2), [LivingUnit(unit)], ["street-lamp"]),
        CaseStore(city.db, city.persons),
        city.clock.now(),
    )
    for n in range(6):
        case = lives.last(now - timedelta(hours=30 * n + 1), now)
        await city.db.transaction(lambda tx, case=case: store.add(case, tx))  # type: ignore[misc]
    await city.services.voice.indicators.counting.recompute()
    months = city.services.voice.indicators.reading.now(2)
    asked = f"first={months.first}&last={months.last}"

    desk = desks["viewer"]
    page = await desk.page(f"/admin/indicators?{asked}")
    assert page.status_code == 200
    for words in ("All indicators", "Hot spots", "On time", "Closed, not confirmed", f"unit={unit}"):
        assert words in page.text, words
    drawn = (await desk.page(f"/admin/indicators/figures?{asked}")).json()
    assert {"quality", "kinds", "channels", "days", "facts"} == drawn["charts"].keys()
    assert sum(line["values"][0] for line in drawn["charts"]["kinds"]) >= 6
    assert int(drawn["tiles"]["filed"]["value"].replace(",", "")) >= 6
    book = openpyxl.load_workbook(io.BytesIO((await desk.page(f"/admin/indicators/report?{asked}")).content))
    assert book.sheetnames[0] == "Indicators"
    table = await desk.page(f"/admin/indicators/table?by=unit&{asked}")
    assert table.headers["content-type"].startswith("text/csv")
    own = await desk.page(f"/admin/indicators?{asked}&unit={unit}")
    assert "All indicators" in own.text
    assert (await desk.page("/admin/indicators?first=2026-13")).status_code == 400
    assert (await desk.page("/admin/indicators/table?by=shoe")).status_code == 400


async def test_weights_are_set_from_the_row_that_holds(desks: dict[str, Desk], shared_api: Api) -> None:
    service = shared_api.city.services.voice.indicators.index
    held = await service.weights()
    operator = desks["operator"]
    assert "Set weights" in (await operator.page("/admin/case-index")).text
    assert "Set weights" not in (await desks["viewer"].page("/admin/case-index")).text
    values = {**FIRST.values, "on_time": FIRST.values["on_time"] - 1, "solved": FIRST.values["solved"] + 1}
    sent = {code: str(n) for code, n in values.items()}
    wrong = await operator.act(
        "/admin/case-index/do/weigh", **{**sent, "on_time": "0"}, reason="try", version=held.version
    )
    assert wrong.status_code == 422
    done = await operator.act("/admin/case-index/do/weigh", **sent, reason="solved counts more", version=held.version)
    assert done.json() == {"done": "The new weights hold.", "go": None}
    assert (await service.weights()).values["solved"] == values["solved"]
    page = await operator.page("/admin/case-index")
    assert "solved counts more" in page.text
    version = (await service.weights()).version
    assert "solved counts more" in (await operator.page(f"/admin/case-index/{version}")).text
    assert (await operator.page("/admin/case-index/999")).status_code == 404
