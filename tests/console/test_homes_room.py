"""Estates and homes at the console: added, changed, imported, ended; each with its reason in the trail."""

from __future__ import annotations

from urllib.parse import quote

from app.core.ids import new_id
from tests.console.conftest import Desk
from tests.support.api import Api
from tests.support.estates import Grounds, grounds, moved_in

WHY = "户号登记有误"


def said(where: Grounds, **changed: str) -> dict[str, str]:
    words = {"name": "榕荫里二期", "name_en": "Banyan Lane II", "committee": where.committee, "company": where.company}
    place = {"address": "东街 3 号", "latitude": "26.0789", "longitude": "119.3012"}
    rules = {"passes_a_day": "10", "most_entries": "10", "longest_hours": "72", "log_days": "30", "bays": "4"}
    return {**words, **place, **rules, "visitor_bays": "1", **changed}


async def test_an_estate_is_added_changed_closed_and_opened(shared_api: Api, desks: dict[str, Desk]) -> None:
    where, clerk = await grounds(shared_api.city), desks["operator"]
    code = f"new-{new_id()[-12:]}"
    done = await clerk.act("/admin/estates/do/add", code=code, **said(where))
    assert (done.status_code, done.json()["go"]) == (200, f"/admin/estates/{code}"), done.text
    page = (await clerk.page(f"/admin/estates/{code}")).text
    assert "Banyan Lane II" in page
    assert "0 / 0" in page
    done = await clerk.act(f"/admin/estates/{code}/do/amend", rev="1", **said(where, bays="9", visitor_bays=""))
    assert done.status_code == 200, done.text
    stale = await clerk.act(f"/admin/estates/{code}/do/amend", rev="1", **said(where))
    assert stale.json()["code"] == "ESTATE_CHANGED"
    wrong = await clerk.act(f"/admin/estates/{code}/do/amend", rev="2", **said(where, bays="many"))
    assert wrong.json()["code"] == "BAD_INPUT"
    assert (await clerk.act(f"/admin/estates/{code}/do/close", reason="整体拆迁")).status_code == 200
    assert "closed" in (await clerk.page(f"/admin/estates/{code}")).text
    assert (await clerk.act(f"/admin/estates/{code}/do/reopen", reason="延期拆迁")).status_code == 200
    trail = await shared_api.city.db["audit"].find({"target": code, "action": "estate.closed"}).to_list(None)
    assert [bool(row["reason"]) for row in trail] == [True]


async def test_homes_are_imported_added_named_anew_and_ended(shared_api: Api, desks: dict[str, Desk]) -> None:
    where, clerk, chief = await grounds(shared_api.city), desks["operator"], desks["administrator"]
    file = "building,room\n3幢,201\n3幢,202\n"
    assert (await clerk.act(f"/admin/estates/{where.code}/do/homes", text=file)).status_code == 403
    done = await chief.act(f"/admin/estates/{where.code}/do/homes", text=file)
    assert done.json()["done"].startswith("2 homes are new"), done.text
    bad = await chief.act(f"/admin/estates/{where.code}/do/homes", text="building,room\n3幢,\n")
    assert "2" in bad.json()["said"]
    page = (await clerk.page(f"/admin/homes?estate={where.code}&building={quote('3幢')}")).text
    assert ("201" in page, "106" in page) == (True, False)
    made = await clerk.act("/admin/homes/do/add", estate=where.code, building="3幢", room="203")
    assert made.status_code == 200, made.text
    one = made.json()["go"]
    assert "203" in (await clerk.page(one)).text
    again = await clerk.act("/admin/homes/do/add", estate=where.code, building="3幢", room="203")
    assert again.json()["code"] == "HOME_THERE"
    moved = (await clerk.act(f"{one}/do/rename", building="3幢", room="204")).json()["go"]
    assert (await clerk.page(one)).status_code == 404
    assert (await clerk.act(f"{moved}/do/end", reason=WHY)).status_code == 200
    assert (await clerk.page(moved)).status_code == 404


async def test_a_home_with_people_says_so_and_not_who(shared_api: Api, desks: dict[str, Desk]) -> None:
    where, clerk = await grounds(shared_api.city), desks["operator"]
    citizen, residency = await moved_in(shared_api.city, where)
    one = f"/admin/homes/{quote(f'{where.code}:1:101')}"
    refused = await clerk.act(f"{one}/do/end", reason=WHY)
    assert refused.json()["code"] == "HOME_IN_USE"
    text = (await clerk.page(one)).text
    assert not any(secret in text for secret in (citizen, residency))
