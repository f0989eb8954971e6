"""The home page: with nothing, with everything, whose it is, and what one chooses of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import CITY_TIME
from app.core.ids import new_id
from app.core.mongo import Tx, command_log
from app.core.said import Said
from app.domains.life.culture.library.model import BooksDue, Loan, ReaderCard, books_due
from app.domains.life.culture.library.store import ReaderCardStore
from app.domains.life.home.errors import SceneUnfit, SuggestionUnknown
from app.domains.life.home.model import (
    MOST_DUE,
    MOST_WAVED_AWAY,
    WAVED_AWAY_FOR,
    Choices,
    Due,
    DueKind,
    Entry,
    PartOfDay,
    Scene,
    Suggestion,
    Turn,
    Why,
    ordered,
    parsed_key,
    part_of_day,
    suggested,
    turns_of_age,
)
from app.domains.life.home.store import ChoiceStore
from graphql_schema.types.common import key_of
from tests.support.api import OPS, Api, Person
from tests.support.belongings import belongings
from tests.support.bookings import held, times_of
from tests.support.home_walk import HERE, a_scene, lived

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


# The rules


@pytest.mark.parametrize(
    ("hour", "part"),
    [
        (0, PartOfDay.NIGHT),
        (5, PartOfDay.MORNING),
        (10, PartOfDay.MORNING),
        (11, PartOfDay.NOON),
        (13, PartOfDay.AFTERNOON),
        (18, PartOfDay.EVENING),
        (22, PartOfDay.NIGHT),
    ],
)
def test_the_greeting_is_of_the_citys_hour(hour: int, part: PartOfDay) -> None:
    assert part_of_day(datetime(2026, 11, 22, hour, 30, tzinfo=CITY_TIME)) is part


_DUES = st.lists(
    st.builds(
        Due,
        st.sampled_from(DueKind),
        st.text("abc", min_size=1, max_size=4),
        st.just(Said("x")),
        at=st.none() | st.integers(-40, 40).map(lambda days: NOW + timedelta(days=days)),
    ),
    max_size=40,
)


@given(_DUES)
def test_what_cannot_wait_comes_first_and_what_is_far_off_is_left_out(dues: list[Due]) -> None:
    shown = ordered(dues, NOW)
    assert len(shown) <= MOST_DUE
    timed = {DueKind.BOOKING, DueKind.EVENT_TICKET, DueKind.CREDIT, DueKind.BILL, DueKind.LICENCE_ENDS}
    timed |= {DueKind.FAMILY_VISIT}
    timed |= {DueKind.VISITOR, DueKind.FOLLOW_UP, DueKind.BOOKS, DueKind.PARCEL}
    by_time = [one.kind in timed for one in shown]
    assert by_time == sorted(by_time)
    moments = [one.at for one in shown if one.kind in timed and one.at is not None]
    assert moments == sorted(moments)
    assert all(at <= NOW + timedelta(days=14) for at in moments)


@pytest.mark.parametrize(
    ("born", "turns"),
    [
        (None, ()),
        ("1968-12", ()),  # 57 until the end of the month
        ("1968-11", (Turn.RETIREMENT,)),
        ("1963-12", (Turn.RETIREMENT,)),
        ("1963-11", ()),
        ("2020-01", ()),
    ],
)
def test_age_alone_suggests_no_more_than_age_can(born: str | None, turns: tuple[Turn, ...]) -> None:
    assert turns_of_age(born, date(2026, 11, 22)) == turns


def test_a_service_is_suggested_once_for_its_first_reason_and_not_while_it_is_waved_away() -> None:
    chosen = Suggestion("a", Said("甲"), Why.CHOSEN, Turn.SCHOOL)
    used, other = Suggestion("a", Said("甲"), Why.USED), Suggestion("b", Said("乙"), Why.USED)
    assert suggested([chosen, used, other], Choices("c"), NOW) == (chosen, other)
    waved = Choices("c", waved_away={chosen.key: NOW - timedelta(days=1)})
    assert suggested([chosen, used, other], waved, NOW) == (other,), "for no other reason either"
    assert suggested([chosen], waved, NOW + WAVED_AWAY_FOR) == (chosen,)
    assert all(parsed_key(one.key) == one.key for one in (chosen, used, other))


def test_no_reason_has_more_than_its_share_and_what_is_waved_away_makes_room() -> None:
    school = [Suggestion(f"s{n}", Said("甲"), Why.CHOSEN, Turn.SCHOOL) for n in range(8)]
    work = [Suggestion(f"w{n}", Said("乙"), Why.CHOSEN, Turn.WORK) for n in range(8)]
    assert [one.item for one in suggested([*school, *work], Choices("c"), NOW)] == ["s0", "s1", "s2", "w0", "w1", "w2"]
    waved = Choices("c", waved_away={school[0].key: NOW, school[2].key: NOW})
    assert [one.item for one in suggested(school, waved, NOW)] == ["s1", "s3", "s4"]


@pytest.mark.parametrize("key", ["", "used", "used:", "used::", "guess::a", "chosen:dance:a", "used::a.b", "used::$a"])
def test_a_key_that_nothing_has_is_unknown(key: str) -> None:
    with pytest.raises(SuggestionUnknown):
        parsed_key(key)


# The page


async def home(api: Api, person: Person, **given: Any) -> dict[str, Any]:
    answer = (await api.raw("Home", given, token=person.token)).json()
    assert "errors" not in answer, answer
    return dict(answer["data"])


async def test_somebody_new_has_a_greeting_the_scenes_and_nothing_else(shared_api: Api) -> None:
    await a_scene(shared_api)
    seen = await home(shared_api, await shared_api.sign_in(shared_api.person()), near=HERE)
    page = seen["home"]
    assert (page["verified"], page["due"], page["suggestions"], page["turns"]) == (False, [], [], [])
    assert page["card"] is None
    assert [one["code"] for one in page["scenes"]] == ["school"]
    assert page["scenes"][0]["entries"] == [{"name": "Fees", "to": "/bills"}]


async def test_all_that_waits_is_there_by_six_commands(shared_api: Api) -> None:
    person = await shared_api.with_card()
    api, client = shared_api, await shared_api.provider(await shared_api.organisation())
    await belongings(api, person, client)
    await held(api, person, await times_of(api), 2)
    await api.data("ChooseLifeEvents", person.token, turns=["MARRIAGE", "SCHOOL", "HOME"], key=new_id())
    sent: list[str] = []
    token = command_log.set(sent)
    seen = await home(api, person, near=HERE)
    command_log.reset(token)
    kinds = {one["kind"] for one in seen["home"]["due"]}
    assert {"APPLICATION_DRAFT", "BOOKING_TO_CONFIRM", "TICKET", "BILL", "TREATMENT_TO_ANSWER"} <= kinds, kinds
    assert len(sent) <= 6, sent
    assert seen["home"]["unreadCount"] > 0
    assert [one["kind"] for one in seen["home"]["due"] if not one["title"]] == []

    other = (await home(api, await api.with_card()))["home"]
    assert other["due"] == []


async def test_what_waits_in_health_at_home_and_at_the_library_is_there(shared_api: Api) -> None:
    api, person = shared_api, await shared_api.with_card()
    await lived(api, _key(person))
    due = {one["kind"]: one for one in (await home(api, person))["home"]["due"]}
    assert {"FOLLOW_UP", "VISITOR", "REPAIR_TO_RATE", "BOOKS"} <= due.keys()
    assert due["BOOKS"]["title"] == "2 library books"
    assert due["REPAIR_TO_RATE"]["title"] == "Lift"
    assert due["VISITOR"]["place"] == "Rong Garden"
    assert due["FOLLOW_UP"]["title"] == "Blood pressure check"
    assert {one["title"] for one in (await home(api.speaking("zh-CN"), person))["home"]["due"]} >= {"电梯", "访客"}


async def test_a_guardian_sees_what_waits_for_each_ward_by_name_and_in_the_matters_he_sees_to(shared_api: Api) -> None:
    api, guardian = shared_api, await shared_api.with_card()
    elder, younger = api.child_of(guardian), api.child_of(guardian)
    api.registry.people[younger.id_number] = younger.name = "测试幼子"
    first = (await api.ward(guardian, "HEALTH_READ", "VOICE_MANAGE", child=elder))["ward"]["id"]
    second = (await api.ward(guardian, "CARD_SHOW", child=younger))["ward"]["id"]
    for ward in (first, second):
        await lived(api, key_of(ward, "Citizen"))
    await api.city.persons.forget()
    sent: list[str] = []
    token = command_log.set(sent)
    page = (await home(api, guardian, near=HERE))["home"]
    command_log.reset(token)
    assert len(sent) <= 6, sent
    assert page["due"] == [], "what is a ward's is not one's own"
    assert [(one["wardId"], one["name"], one["relation"]) for one in page["wards"]] == [
        (first, elder.name, "parent"),
        (second, "测试幼子", "parent"),
    ]
    of_elder, of_younger = ({due["kind"] for due in one["due"]} for one in page["wards"])
    assert of_elder == {"FOLLOW_UP", "REPAIR_TO_RATE"}
    assert of_younger == set(), "a card shown is no health read"

    (plan,) = [one["aboutId"] for one in page["wards"][0]["due"] if one["kind"] == "FOLLOW_UP"]
    plans = (await api.raw("MyFollowUpPlans", token=guardian.token, subject=first)).json()["data"]["followUpPlans"]
    assert [one["id"] for one in plans] == [plan], "the page leads to what one sees when acting for the ward"

    (held,) = [one for one in await api.data("Wards", guardian.token) if one["ward"]["id"] == first]
    await api.data("RevokeGuardianship", guardian.token, guardianshipId=held["id"], key=new_id())
    assert [one["wardId"] for one in (await home(api, guardian))["home"]["wards"]] == [second]
    assert (await home(api, await api.with_card()))["home"]["wards"] == []


async def test_a_ward_has_no_home_page_of_his_own_for_his_guardian(shared_api: Api) -> None:
    guardian = await shared_api.with_card()
    ward = (await shared_api.ward(guardian))["ward"]["id"]
    answer = (await shared_api.raw("Home", token=guardian.token, subject=ward)).json()
    assert [one["extensions"]["code"] for one in answer["errors"]] == ["FORBIDDEN"]


async def test_who_is_not_signed_in_sees_the_hour_the_scenes_and_what_is_near(shared_api: Api) -> None:
    await a_scene(shared_api)
    page = await shared_api.data("OpenHome", near=HERE)
    assert page["partOfDay"]
    assert [one["code"] for one in page["scenes"]] == ["school"]
    answer = (await shared_api.raw("OpenHome", {"near": {"latitude": 91.0, "longitude": 0.0}})).json()
    assert [one["extensions"]["code"] for one in answer["errors"]] == ["BAD_INPUT"]


async def test_what_one_used_says_when_he_applied_and_only_of_what_is_done_and_still_offered(shared_api: Api) -> None:
    api, person = shared_api, await shared_api.sign_in(shared_api.person())
    item, gone = await _published(api, "none"), await _published(api, "none")
    applied, decided = datetime(2026, 3, 4, 6, tzinfo=UTC), datetime(2026, 5, 6, 6, tzinfo=UTC)
    for number, (code, state) in enumerate([(item, "delivered"), (gone, "decided"), (item, "in_review")]):
        row = {"_id": new_id(), "citizen": _key(person), "item": code, "state": state, "number": f"N{number}"}
        times = {"submitted_at": applied, "changed_at": decided}
        await api.city.db["service_applications"].insert_one({**row, **times})
    await api.city.db["service_items"].update_one({"code": gone}, {"$set": {"shown": False}})
    (only,) = (await home(api, person))["home"]["suggestions"]
    assert (only["item"], only["reason"]) == (item, "You applied for it before (2026-03-04)")
    (only,) = (await home(api.speaking("zh-CN"), person))["home"]["suggestions"]
    assert only["reason"] == "您申请过（2026-03-04）"


async def test_what_is_waved_away_is_bounded(shared_api: Api) -> None:
    api, person = shared_api, await shared_api.sign_in(shared_api.person())
    store, now = ChoiceStore(api.city.db), api.city.clock.now()

    async def work(tx: Tx) -> None:
        for number in range(MOST_WAVED_AWAY + 5):
            await store.wave_away(_key(person), f"used::{number}", now, now - WAVED_AWAY_FOR, tx)

    await api.city.db.transaction(work)
    (kept,) = (await api.city.db.gather([store.of(_key(person))]))[0]
    assert list(kept.waved_away) == [f"used::{number}" for number in range(5, MOST_WAVED_AWAY + 5)]


async def test_services_are_suggested_for_what_one_chose_until_they_are_waved_away(shared_api: Api) -> None:
    api, person = shared_api, await shared_api.sign_in(shared_api.person())
    item = await _published(api, "school")
    assert (await home(api, person))["home"]["suggestions"] == []
    await api.data("ChooseLifeEvents", person.token, turns=["SCHOOL"], key=new_id())
    first = (await home(api, person))["home"]["suggestions"]
    (mine,) = [one for one in first if one["item"] == item]
    assert (mine["why"], mine["turn"], mine["reason"]) == ("CHOSEN", "SCHOOL", "Because you chose: school")
    await api.data("DismissSuggestion", person.token, suggestion=mine["key"], key=new_id())
    assert item not in {one["item"] for one in (await home(api, person))["home"]["suggestions"]}
    await api.data("ChooseLifeEvents", person.token, turns=[], key=new_id())
    assert (await home(api, person))["home"]["suggestions"] == []


async def test_bad_input_is_named(shared_api: Api) -> None:
    api, person = shared_api, await shared_api.sign_in(shared_api.person())
    refused = await api.data("DismissSuggestion", person.token, suggestion="nothing", key=new_id())
    assert refused["code"] == "SUGGESTION_UNKNOWN"
    key = new_id()
    await api.data("ChooseLifeEvents", person.token, turns=["SCHOOL"], key=key)
    again = await api.data("ChooseLifeEvents", person.token, turns=["WORK"], key=key)
    assert again["__typename"] == "IdempotencyConflict"
    for variables, code in (({"near": {"latitude": 91.0, "longitude": 0.0}}, "BAD_INPUT"),):
        answer = (await api.raw("Home", variables, token=person.token)).json()
        assert [error["extensions"]["code"] for error in answer["errors"]] == [code]
    four = {"turns": ["SCHOOL", "WORK", "HOME", "BIRTH"], "key": new_id()}
    answer = (await api.raw("ChooseLifeEvents", four, token=person.token)).json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_INPUT"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "Ä"}, "code"),
        ({"name": Said("")}, "name"),
        ({"place": 0}, "place"),
        ({"entries": ()}, "entries"),
        ({"entries": (Entry(Said("x"), "https://elsewhere.test"),)}, "entries"),
        ({"entries": (Entry(Said("x"), "//elsewhere.test"),)}, "entries"),
    ],
)
async def test_a_scene_leads_nowhere_but_into_the_app(shared_api: Api, changed: dict[str, Any], field: str) -> None:
    good: dict[str, Any] = {"code": "fit", "name": Said("x"), "place": 1, "entries": (Entry(Said("x"), "/bills"),)}
    with pytest.raises(SceneUnfit) as refused:
        await shared_api.city.services.life.home.scenes.put(OPS, Scene(**{**good, **changed}))
    assert refused.value.field == field


async def test_books_are_remembered_only_of_who_wants_reminders_and_go_with_the_card(shared_api: Api) -> None:
    db, cards = shared_api.city.db, ReaderCardStore(shared_api.city.db, shared_api.city.persons)
    reader, today = _key(await shared_api.sign_in(shared_api.person())), date(2026, 11, 22)
    loans = [
        Loan("1", "a", today - timedelta(days=1)),
        Loan("2", "b", today),
        Loan("3", "c", today + timedelta(days=9)),
    ]
    card = ReaderCard(reader, "L1234", NOW)
    due = BooksDue(2, today - timedelta(days=1))
    assert books_due(loans, today) == due
    assert books_due(loans[2:], today) is None

    async def noted() -> list[BooksDue]:
        return (await db.gather([cards.due_of(reader)]))[0]

    await cards.note_due(reader, due)
    assert await noted() == [], "without a card there is nothing to note it on"
    await db.transaction(lambda tx: cards.put(card, tx))
    await cards.note_due(reader, due)
    assert await noted() == [due]
    await cards.note_due(reader, None)
    assert await noted() == [], "what was brought back is not due"
    await cards.note_due(reader, due)
    await db.transaction(lambda tx: cards.remind(reader, False, tx))
    await cards.note_due(reader, due)
    assert await noted() == []
    await db.transaction(lambda tx: cards.put(card, tx))
    await cards.note_due(reader, due)
    await db.transaction(lambda tx: cards.put(replace(card, number="L9"), tx))
    assert await noted() == [], "another card has other books"


def _key(person: Person) -> str:
    return key_of(str(person.citizen_id), "Citizen")


async def _published(api: Api, event: str) -> str:
    code = f"home-{new_id()[-8:]}"
    row = await api.city.db["service_items"].find_one({"shown": True})
    assert row is not None
    copied = {**row, "_id": f"{code}@1", "code": code, "rank": "0", "life_events": [event]}
    await api.city.db["service_items"].insert_one(copied)
    return code
