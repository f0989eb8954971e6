"""Estates, late repairs and odd entries at the console: what is seen, and that nobody is."""

from __future__ import annotations

from app.core.ids import new_id
from app.domains.community.estates.model import EstateRules
from app.domains.community.gates.model import Reported
from app.domains.community.repairs.model import RepairKind, RepairWish
from tests.console.conftest import Desk
from tests.support.api import Api
from tests.support.estates import code_of, grounds, invited, moved_in, named, plate, takes_repairs


async def test_the_desk_sees_estates_repairs_and_odd_entries_and_nobody_in_them(
    shared_api: Api, desks: dict[str, Desk]
) -> None:
    city, clerk = shared_api.city, desks["operator"]
    await takes_repairs(city)
    where = await grounds(city, bays=7, rules=EstateRules(visitor_bays=2))
    citizen, residency = await moved_in(city, where)
    neighbourhood, guest = city.services.community.neighbourhood, plate()
    await invited(city, citizen, residency, plate=guest)
    gates = neighbourhood.gates
    await gates.passing.pass_(where.keeper, where.gate("cars"), guest, False, new_id())
    page = (await clerk.page(f"/admin/estates/{where.code}")).text
    for words in ("Bays for visitors", "Cars that are in", "East", "Company"):
        assert words in page, words
    assert where.code in (await clerk.page("/admin/estates")).text
    seen = await invited(city, citizen, residency)
    code = code_of(city, seen)
    await gates.visitors.revoke(named(citizen), seen.one.id, new_id())
    told = [Reported("1", code, city.clock.now())]
    await gates.reporting.report(where.keeper, where.gate(), told)
    odd = (await clerk.page("/admin/odd-gate-entries")).text
    assert where.code in odd
    assert "after it was revoked" in odd
    wish = RepairWish(RepairKind.LIFT, "电梯停在三楼")
    repair = await neighbourhood.keeping.repairs.report(named(citizen), residency, wish, new_id())
    done = await neighbourhood.keeping.repairs.hand_over(named(citizen), repair.repair.id, new_id())
    assert done.repair.handed_over is not None
    given = (await clerk.page("/admin/late-repairs?which=given")).text
    assert done.repair.handed_over.number in given
    for text in (page, odd, given):
        assert not any(one in text for one in (citizen, residency, "101", "陈客", guest, "电梯停在三楼"))


async def test_the_desk_settles_bays_for_visitors_and_keeps_them_when_it_changes_something_else(
    shared_api: Api, desks: dict[str, Desk]
) -> None:
    where = await grounds(shared_api.city, bays=7, rules=EstateRules(visitor_bays=2))
    text = (await desks["operator"].page(f"/admin/api/estates/{where.code}", accept="application/json")).text
    assert '"visitor_bays":2' in text.replace(" ", "")
