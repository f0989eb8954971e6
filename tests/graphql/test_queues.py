"""Numbers, counters, boards and family doctors through the API: who sees what, each named error in two languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.core.clock import civil_day
from app.core.ids import new_id
from graphql_schema.types.common import global_id
from tests.support.api import Api, Person
from tests.support.halls import Hall, hall_of


async def _take(api: Api, person: Person, hall: Hall, **more: object) -> Any:
    return await api.data("TakeNumber", person.token, queueId=hall.queue, key=new_id(), **more)


async def _at(api: Api, hall: Hall, operation: str, **more: object) -> Any:
    return await api.data(operation, hall.token, "provider", **hall.given(**more))


async def test_a_number_is_taken_called_served_and_seen(spoken: Api) -> None:
    hall, person = await hall_of(spoken), await spoken.verified()
    taken = await _take(spoken, person, hall, serviceId=hall.service)
    opened = await _at(spoken, hall, "OpenCounter", queueIds=[hall.queue])
    (mine,) = await spoken.data("MyTickets", person.token)
    board = await spoken.data("QueueBoard", hall.token, "provider", venueId=hall.venue)
    called = await _at(spoken, hall, "CallNext")
    recalled = await _at(spoken, hall, "Recall")
    shown = await spoken.data("QueueBoard", person.token, venueId=hall.venue)
    served = await _at(spoken, hall, "MarkServed")
    listed = await spoken.data("QueueTickets", hall.token, "provider", queueId=hall.queue)
    node = await spoken.data("Node", person.token, id=taken["ticket"]["id"])

    assert taken["ticket"]["number"] == "A001"
    assert opened["counter"]["open"] is True
    assert mine["place"] == {"ahead": 0, "booked": 0, "priority": 0, "ordinary": 0, "wait": None}
    assert [one["waiting"] for one in board["queues"]] == [1, 0]
    assert (called["ticket"]["state"], recalled["ticket"]["recalls"]) == ("CALLED", 1)
    assert [call["number"] for call in shown["called"]] == ["A001"]
    assert served["ticket"]["state"] == "SERVED"
    assert [edge["node"]["number"] for edge in listed["edges"]] == ["A001"]
    assert node["__typename"] == "Ticket"


async def test_named_errors_of_taking(spoken: Api) -> None:
    hall, person = await hall_of(spoken), await spoken.verified()
    take = {"queueId": hall.queue}
    await _take(spoken, person, hall)
    assert await spoken.refused("TicketHeld", "TakeNumber", person.token, **take, key=new_id()) == {"number": "A001"}
    nowhere = {"queueId": global_id("ServiceQueue", "nowhere:A")}
    await spoken.refused("QueueUnknown", "TakeNumber", person.token, **nowhere, key=new_id())
    stranger = await spoken.sign_in(spoken.person())
    await spoken.refused("NotVerified", "TakeNumber", stranger.token, **take, key=new_id())
    shut = await spoken.data("SetQueueOpen", hall.token, "provider", queueId=hall.queue, open=False, key=new_id())
    assert shut["open"] is False
    other = await spoken.verified()
    closed = await spoken.refused("QueueClosed", "TakeNumber", other.token, **take, key=new_id())
    assert closed == {"opens": "00:00", "closes": "23:59"}


async def test_another_content_under_the_same_key(spoken: Api) -> None:
    hall, person, key = await hall_of(spoken), await spoken.verified(), new_id()
    await spoken.data("TakeNumber", person.token, queueId=hall.queue, key=key)
    await spoken.refused("IdempotencyConflict", "TakeNumber", person.token, queueId=hall.other_queue, key=key)


async def test_named_errors_of_a_number(spoken: Api) -> None:
    hall, person = await hall_of(spoken), await spoken.verified()
    taken = (await _take(spoken, person, hall))["ticket"]["id"]
    waits = {"state": "WAITING"}
    assert await spoken.refused("TicketNotOpen", "ReturnToQueue", person.token, ticketId=taken, key=new_id()) == waits
    stranger = await spoken.verified()
    await spoken.refused("TicketUnknown", "LeaveQueue", stranger.token, ticketId=taken, key=new_id())
    left = await spoken.data("LeaveQueue", person.token, ticketId=taken, key=new_id())
    assert left["ticket"]["state"] == "LEFT"


async def test_who_missed_the_call_comes_back_once(spoken: Api) -> None:
    hall, person = await hall_of(spoken), await spoken.verified()
    taken = (await _take(spoken, person, hall))["ticket"]["id"]
    await _at(spoken, hall, "OpenCounter", queueIds=[hall.queue])
    await _at(spoken, hall, "CallNext")
    await _at(spoken, hall, "MarkAbsent")
    back = await spoken.data("ReturnToQueue", person.token, ticketId=taken, key=new_id())
    assert back["ticket"]["returned"] is True
    await _at(spoken, hall, "CallNext")
    await _at(spoken, hall, "MarkAbsent")
    again = {"ticketId": taken, "key": new_id()}
    await spoken.refused("AlreadyReturned", "PutBack", hall.token, "provider", **again)


async def test_named_errors_of_a_counter(spoken: Api) -> None:
    hall, other = await hall_of(spoken), await hall_of(spoken)
    await spoken.refused("CounterUnknown", "CallNext", hall.token, "provider", **hall.given())
    await _at(spoken, hall, "OpenCounter", queueIds=[hall.queue])
    await spoken.refused("NobodyWaiting", "CallNext", hall.token, "provider", **hall.given())
    await spoken.refused("NobodyCalled", "MarkServed", hall.token, "provider", **hall.given())
    theirs = hall.given(queueIds=[other.queue])
    await spoken.refused("QueueUnknown", "OpenCounter", hall.token, "provider", **theirs)
    drawn = await spoken.data("DrawNumber", hall.token, "provider", queueId=hall.queue, key=new_id())
    await _at(spoken, hall, "CallNext")
    busy = await spoken.refused("CounterBusy", "CloseCounter", hall.token, "provider", **hall.given())
    assert busy == {"number": drawn["ticket"]["number"]}
    sent = await _at(spoken, hall, "TransferToQueue", queueId=hall.other_queue)
    assert sent["ticket"]["queueId"] == hall.other_queue
    closed = await _at(spoken, hall, "CloseCounter")
    assert closed["counter"]["open"] is False
    await spoken.refused("CounterClosed", "CallNext", hall.token, "provider", **hall.given())


async def test_named_errors_of_a_queue(spoken: Api) -> None:
    hall, other = await hall_of(spoken), await hall_of(spoken)
    queue = {"venueId": hall.venue, "letter": "C", "name": {"zh": "丙"}, "quota": 1}
    saved = await spoken.data("SaveQueue", hall.token, "provider", queue=queue, key=new_id())
    assert saved["queue"]["opens"] == "09:00"
    wrong = {**queue, "letter": "cc"}
    invalid = await spoken.refused("QueueInvalid", "SaveQueue", hall.token, "provider", queue=wrong, key=new_id())
    assert invalid == {"field": "letter"}
    theirs = {**queue, "venueId": other.venue}
    await spoken.refused("VenueUnknown", "SaveQueue", hall.token, "provider", queue=theirs, key=new_id())
    unknown = {**queue, "serviceIds": [other.service]}
    await spoken.refused("ServiceUnknown", "SaveQueue", hall.token, "provider", queue=unknown, key=new_id())
    bad = {**queue, "opens": "early"}
    assert await spoken.codes("SaveQueue", hall.token, "provider", queue=bad, key=new_id()) == ["BAD_INPUT"]


async def test_who_has_nothing_booked_draws_a_number(spoken: Api) -> None:
    hall, person = await hall_of(spoken), await spoken.with_card()
    code = await spoken.code(person)
    given = {"venueId": hall.venue, "code": code, "key": new_id()}
    await spoken.refused("NoBookingToday", "CheckIn", hall.token, "provider", **given)
    draw = {"queueId": hall.queue, "code": code, "key": new_id()}
    await spoken.refused("CodeUsed", "DrawNumber", hall.token, "provider", **draw)
    draw = {"queueId": hall.queue, "code": await spoken.code(person), "key": new_id()}
    drawn = await spoken.data("DrawNumber", hall.token, "provider", **draw)
    assert drawn["ticket"]["takenBy"] == "KIOSK"
    (mine,) = await spoken.data("MyTickets", person.token)
    assert mine["ticket"]["number"] == drawn["ticket"]["number"]


async def test_another_providers_board_is_not_there(spoken: Api) -> None:
    hall, other = await hall_of(spoken), await hall_of(spoken)
    assert await spoken.data("QueueBoard", hall.token, "provider", venueId=other.venue) is None
    assert await spoken.data("ServiceCounters", hall.token, "provider", venueId=other.venue) == []
    seen = await spoken.data("QueueTickets", hall.token, "provider", queueId=other.queue)
    assert seen["edges"] == []
    contracts = await spoken.data("FamilyDoctorContracts", hall.token, "provider", teamId=other.team)
    assert contracts["edges"] == []


async def test_a_contract_with_a_family_doctor(spoken: Api) -> None:
    hall, person = await hall_of(spoken), await spoken.verified()
    (team,) = await spoken.data("FamilyDoctorTeams", person.token, venueId=hall.venue)
    signed = await spoken.data("SignFamilyDoctor", person.token, teamId=team["id"], key=new_id())
    mine = await spoken.data("MyFamilyDoctor", person.token)
    listed = await spoken.data("FamilyDoctorContracts", hall.token, "provider", teamId=hall.team)
    sign = {"teamId": team["id"], "key": new_id()}
    exists = await spoken.refused("ContractExists", "SignFamilyDoctor", person.token, **sign)

    assert mine["contract"]["id"] == signed["contract"]["id"]
    assert mine["team"]["places"] == 1999
    assert exists == {"until": signed["contract"]["until"]}
    assert [edge["node"]["maskedName"] for edge in listed["edges"]] == ["测**"]
    assert await _earlier(spoken, person, hall) == timedelta(days=1)

    ended = await spoken.data("EndFamilyDoctor", person.token, key=new_id())
    assert (ended["contract"]["state"], ended["contract"]["endedBy"]) == ("ENDED", "CITIZEN")
    await spoken.refused("ContractUnknown", "EndFamilyDoctor", person.token, key=new_id())
    assert await _earlier(spoken, person, hall) == timedelta(0)


async def _earlier(api: Api, person: Person, hall: Hall) -> timedelta:
    venue = f"{hall.clerk.organisation}.main"
    return await api.city.services.appointments.contracts.earlier(api.key(person), venue)


async def test_a_team_takes_no_more_than_it_can_look_after(spoken: Api) -> None:
    hall = await hall_of(spoken)
    team = {"venueId": hall.venue, "code": "small", "name": {"zh": "小组"}, "doctorIds": [hall.windows[0]]}
    saved = await spoken.data(
        "SaveFamilyDoctorTeam", hall.token, "provider", team={**team, "capacity": 1}, key=new_id()
    )
    sign = {"teamId": saved["team"]["id"]}
    first, second = await spoken.verified(), await spoken.verified()
    signed = await spoken.data("SignFamilyDoctor", first.token, **sign, key=new_id())
    await spoken.refused("TeamFull", "SignFamilyDoctor", second.token, **sign, key=new_id())
    end = {"contractId": signed["contract"]["id"], "key": new_id()}
    ended = await spoken.data("EndFamilyDoctorContract", hall.token, "provider", **end)
    assert ended["contract"]["endedBy"] == "PROVIDER"
    assert (await spoken.data("SignFamilyDoctor", second.token, **sign, key=new_id()))["contract"]["state"] == "ACTIVE"
    until = civil_day(spoken.city.clock.now())
    assert ended["contract"]["since"] == until.isoformat()


async def test_named_errors_of_a_team(spoken: Api) -> None:
    hall, other, person = await hall_of(spoken), await hall_of(spoken), await spoken.verified()
    team: dict[str, Any] = {
        "venueId": hall.venue,
        "code": "x",
        "name": {"zh": "组"},
        "doctorIds": [other.windows[0]],
    }
    save = ("SaveFamilyDoctorTeam", hall.token, "provider")
    await spoken.refused("TeamInvalid", *save, team=team, key=new_id())
    mine = {**team, "doctorIds": [hall.windows[0]]}
    wrong = await spoken.refused("VenueCodeInvalid", *save, team={**mine, "code": "No Code"}, key=new_id())
    assert wrong == {"given": "No Code"}
    await spoken.refused("VenueUnknown", *save, team={**mine, "venueId": other.venue}, key=new_id())
    nobody = {"teamId": global_id("FamilyDoctorTeam", "none"), "key": new_id()}
    await spoken.refused("TeamUnknown", "SignFamilyDoctor", person.token, **nobody)
    missing = {"contractId": global_id("FamilyDoctorContract", new_id()), "key": new_id()}
    await spoken.refused("ContractUnknown", "EndFamilyDoctorContract", hall.token, "provider", **missing)
