"""Groups, check-ins to look at, wishes and calls, at the console and at the desk's endpoints."""

from __future__ import annotations

from dataclasses import replace

from app.core.ids import new_id
from app.core.said import Said
from app.domains.community.responders.calls.model import CallKind, CallWish
from app.domains.community.volunteers.groups.model import GroupState
from app.domains.community.wishes.model import Whom, WishKind, WishState
from app.domains.community.wishes.service import WishAsked
from graphql_schema.types.common import parse_global_id
from tests.console.conftest import Desk
from tests.support.api import Api
from tests.support.desk import seated
from tests.support.volunteering import LAKE, named, spot, troop_of


async def test_the_desk_lets_groups_in_decides_findings_and_screens_wishes(
    shared_api: Api, desks: dict[str, Desk]
) -> None:
    clerk, troop = desks["operator"], await troop_of(shared_api.city, budget=0)
    ours, founder = troop.ours, await troop.volunteer()
    made = await ours.groups.found(founder, troop.organisation, Said("台前护河队"), Said("巡河捡垃圾"), new_id())
    assert "台前护河队" in (await clerk.page("/admin/volunteer-groups?state=proposed")).text
    assert (await clerk.act(f"/admin/volunteer-groups/{made.id}/do/let-in")).status_code == 200
    assert (await ours.groups.known(made.id)).state is GroupState.ACTIVE
    activity, shared = await troop.activity(), new_id()
    for _ in range(2):
        who = await troop.signed_up(activity)
        await troop.come(replace(who, session=shared), activity, at=spot(who))
    number = (await ours.register.demand(who.acting())).number
    assert number in (await clerk.page("/admin/check-in-flags")).text
    flag = f"/admin/check-in-flags/{activity.id}:{number}:shared_phone/do/clear"
    assert (await clerk.act(flag, words="借用手机，本人在场")).status_code == 200
    asked = WishAsked(troop.organisation, WishKind.REPAIR, Whom.OLDER, 7, "想换一个灯泡", "厨房的灯坏了，自己够不着")
    wish = await ours.wishes.make(named(new_id()), asked, new_id())
    assert "够不着" in (await clerk.page(f"/admin/micro-wishes/{wish.id}")).text
    assert (await clerk.act(f"/admin/micro-wishes/{wish.id}/do/publish")).status_code == 200
    call = await ours.calls.call(troop.keeper, CallWish(CallKind.INJURY, LAKE, "东门"), new_id())
    assert (await clerk.page(f"/admin/responder-calls/{call.call.id}")).status_code == 200
    for room in ("volunteer-activities", "micro-wishes", "responder-calls"):
        assert (await clerk.page(f"/admin/{room}")).status_code == 200


async def test_volunteers_are_listed_with_their_stars_and_counted_anew(shared_api: Api, desks: dict[str, Desk]) -> None:
    clerk, troop = desks["operator"], await troop_of(shared_api.city, budget=0)
    who = await troop.volunteer()
    number = (await troop.ours.register.demand(who.acting())).number
    await shared_api.city.db["volunteers"].update_one({"_id": who.acting()}, {"$set": {"minutes": 301 * 60}})
    row = (await clerk.page("/admin/volunteers")).text.split(number)[-1][:600]
    assert "★★☆☆☆" in row
    done = await clerk.act(f"/admin/volunteers/{who.acting()}/do/recount")
    assert "0" in done.json()["done"]


async def test_the_map_shows_what_is_urgent_and_one_look_an_hour_stands_in_the_ledger(
    shared_api: Api, desks: dict[str, Desk]
) -> None:
    city, clerk = shared_api.city, desks["operator"]
    person, troop = await shared_api.sign_in(shared_api.person()), await troop_of(city, budget=0)
    point = {"latitude": 26.0823, "longitude": 119.2965}
    said = {"number": "FIRE", "position": point, "accuracy": 12, "key": new_id()}
    called = await shared_api.data("CallEmergency", person.token, **said)
    id_ = parse_global_id(called["id"])[1]
    call = await troop.ours.calls.call(troop.keeper, CallWish(CallKind.INJURY, LAKE, "东门"), new_id())
    for _ in range(3):
        drawn = (await clerk.page("/admin/emergency-map")).text
    assert f"/admin/emergencies/{id_}" in drawn
    assert f"/admin/responder-calls/{call.call.id}" in drawn
    looks = await city.db["disclosures"].count_documents({"citizen": shared_api.key(person)})
    assert looks == 1
    assert (await desks["viewer"].page("/admin/emergency-map")).status_code == 403
    seat = await seated(shared_api, "operator")
    assert id_ in {one["id"] for one in (await seat.ask("GET", "/emergency-map")).json()}


async def test_the_desk_s_endpoints_do_the_same(shared_api: Api) -> None:
    seat, troop = await seated(shared_api, "operator"), await troop_of(shared_api.city, budget=0)
    founder = await troop.volunteer()
    words = (Said("端口护河队"), Said("巡河捡垃圾"))
    made = await troop.ours.groups.found(founder, troop.organisation, *words, new_id())
    refused = await seat.ask("POST", f"/volunteer-groups/{made.id}/decision", {"yes": False, "words": ""})
    assert (refused.status_code, refused.json()["code"]) == (422, "VOLUNTEER_GROUP_INVALID")
    done = await seat.ask("POST", f"/volunteer-groups/{made.id}/decision", {"yes": True})
    assert done.json()["state"] == "active"
    closed = await seat.ask("POST", f"/volunteer-groups/{made.id}/closing")
    assert closed.json()["state"] == "closed"
    recounted = await seat.ask("POST", f"/volunteers/{founder.acting()}/recount")
    assert recounted.json() == {"minutes": 0}
    asked = WishAsked(troop.organisation, WishKind.REPAIR, Whom.OLDER, 7, "想换一个灯泡", "厨房的灯坏了，自己够不着")
    wish = await troop.ours.wishes.make(named(new_id()), asked, new_id())
    assert (await seat.ask("POST", f"/micro-wishes/{wish.id}/screening", {"yes": True})).json()["state"] == "open"
    gone = (await seat.ask("POST", f"/micro-wishes/{wish.id}/withdrawal")).json()
    assert WishState(gone["state"]) is WishState.WITHDRAWN
    for path in ("volunteers", "volunteer-activities", "check-in-flags", "volunteer-points", "responder-calls"):
        assert (await seat.ask("GET", f"/{path}")).status_code == 200
    assert (await seat.ask("GET", f"/responder-calls/{new_id()}")).status_code == 404
