"""What is told of a citizen: to who may, what he agreed to or a law names, and never without his seeing it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.viewer import Role, Viewer
from graphql_schema.types.common import key_of
from tests.support.api import Api, Person
from tests.support.exchange import FakeExchange
from tests.support.fakes import otherwise
from tests.support.shared_data import FIELDS, Pair, consent_to, consents, paired, until, verified_by

PROVIDER = "provider"


def exchange(api: Api) -> FakeExchange:
    found = api.city.outside.exchange
    assert isinstance(found, FakeExchange)
    return found


@pytest.fixture
async def pair(shared_api: Api) -> Pair:
    return await paired(shared_api)


@pytest.fixture
async def person(shared_api: Api) -> Person:
    return await shared_api.with_card()


async def fetched(api: Api, pair: Pair, seen: str, **changed: Any) -> Any:
    said = {"subject": {"verification": seen}, "dataSet": pair.data_set, "fields": list(FIELDS)}
    given = {**said, "purpose": "benefit_review", "key": new_id(), **changed}
    return await api.data("FetchSharedData", pair.asker_token, PROVIDER, **given)


async def ledger(api: Api, person: Person) -> list[dict[str, Any]]:
    page = await api.data("Disclosures", person.token, first=50)
    return [edge["node"] for edge in page["edges"] if edge["node"]["channel"] == "SHARED_DATA"]


async def test_what_was_agreed_to_is_told_and_stands_in_the_ledger(shared_api: Api, pair: Pair, person: Person) -> None:
    seen = await verified_by(shared_api, pair.asker_token, person)
    await consents(shared_api, person, pair)
    done = await fetched(shared_api, pair, seen, fields=["members"])
    assert done["values"] == [
        {"field": "members", "records": [{"facts": [{"name": "value", "value": f"members of {person.name}"}]}]}
    ]
    (row,) = await ledger(shared_api, person)
    assert (row["id"], row["sharedData"]) == (done["id"], [f"{pair.data_set}.members"])
    assert (row["attributes"], row["purpose"], row["organisation"]["code"]) == ([], "benefit_review", pair.asker)
    assert "Your shared data was asked for" in {one["title"] for one in await shared_api.told(person)}
    page = await shared_api.data("Consents", person.token, first=5)
    assert page["edges"][0]["node"]["fetches"] == 1
    verifications = await shared_api.data("Verifications", pair.asker_token, PROVIDER, first=5)
    assert verifications["edges"][0]["node"]["sharedData"] == [f"{pair.data_set}.members"]


async def test_by_law_nothing_is_agreed_to_and_he_sees_it_all_the_same(shared_api: Api, person: Person) -> None:
    pair = await paired(shared_api, ground="LAW", law="《社会救助暂行办法》")
    seen = await verified_by(shared_api, pair.asker_token, person)
    assert (await fetched(shared_api, pair, seen))["__typename"] == "SharedDataFetched"
    assert len(await ledger(shared_api, person)) == 1
    known = await shared_api.data("DataSets", person.token)
    (mine,) = (one for one in known if one["dataSet"]["code"] == pair.data_set)
    assert [(one["ground"], one["law"]) for one in mine["askers"]] == [("LAW", "《社会救助暂行办法》")]
    said = {"consent": consent_to(shared_api, pair), "key": new_id()}
    await shared_api.refused("NobodyAsks", "GiveConsent", person.token, **said)


async def test_a_repeat_is_answered_from_the_sealed_reply_and_asks_nobody(
    shared_api: Api, pair: Pair, person: Person
) -> None:
    seen = await verified_by(shared_api, pair.asker_token, person)
    await consents(shared_api, person, pair)
    key = new_id()
    first = await fetched(shared_api, pair, seen, key=key)
    asked = len(exchange(shared_api).asked)
    assert await fetched(shared_api, pair, seen, key=key) == first
    assert (len(exchange(shared_api).asked), len(await ledger(shared_api, person))) == (asked, 1)
    await shared_api.refused(
        "IdempotencyConflict",
        "FetchSharedData",
        pair.asker_token,
        PROVIDER,
        subject={"verification": seen},
        dataSet=pair.data_set,
        fields=["address"],
        purpose="benefit_review",
        key=key,
    )


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"dataSet": "nothing_here"}, "DataSetUnknown"),
        ({"fields": ["income"]}, "DataFieldUnknown"),
        ({"fields": []}, "NoDataAccess"),
        ({"purpose": "curiosity"}, "NoDataAccess"),
        ({"purpose": "application:GA-0101"}, "NoDataAccess"),
        ({"subject": {"cardNumber": "0000 0000 0000 0000"}}, "SubjectUnknown"),
        ({"subject": {"application": "FZ2026-0000-00000-0"}}, "SubjectUnknown"),
        ({}, "NoConsent"),
    ],
)
async def test_what_is_not_allowed_is_refused_by_name_and_recorded(
    shared_api: Api, pair: Pair, person: Person, changed: dict[str, Any], error: str
) -> None:
    seen = await verified_by(shared_api, pair.asker_token, person)
    assert (await fetched(shared_api, pair, seen, **changed))["__typename"] == error
    assert await ledger(shared_api, person) == []
    rows = await shared_api.city.db["audit"].find({"action": "data.refused"}).sort("_id", -1).limit(50).to_list(None)
    assert any(row["facts"].get("why") and row["facts"]["admitted"] is False for row in rows)


async def test_another_organisations_verification_names_nobody(shared_api: Api, pair: Pair, person: Person) -> None:
    stranger = await shared_api.provider(await shared_api.organisation())
    seen = await verified_by(shared_api, stranger, person)
    await consents(shared_api, person, pair)
    assert (await fetched(shared_api, pair, seen))["__typename"] == "SubjectUnknown"


async def test_a_consent_covers_its_own_fields_and_its_own_time(shared_api: Api, pair: Pair, person: Person) -> None:
    seen = await verified_by(shared_api, pair.asker_token, person)
    await consents(shared_api, person, pair, fields=["members"])
    assert (await fetched(shared_api, pair, seen))["__typename"] == "NoConsent"
    assert (await fetched(shared_api, pair, seen, fields=["members"]))["__typename"] == "SharedDataFetched"


async def test_over_is_over(api: Api) -> None:
    pair, person = await paired(api), await api.with_card()
    seen = await verified_by(api, pair.asker_token, person)
    await consents(api, person, pair, until=until(api, minutes=30))
    api.city.clock.advance(minutes=31)  # type: ignore[attr-defined]
    client = await api.provider(pair.asker)
    assert (await fetched(api, _with(pair, client), seen))["__typename"] == "NoConsent"
    token = (await api.sign_in(person)).token
    page = await api.data("Consents", token, first=5)
    assert page["edges"][0]["node"]["state"] == "EXPIRED"


def _with(pair: Pair, token: str) -> Pair:
    return Pair(pair.data_set, pair.owner, pair.owner_token, pair.asker, token, pair.access)


@pytest.mark.parametrize(
    ("ahead", "good"), [({"minutes": 1}, False), ({"days": 400}, False), ({"days": 365}, True), ({"minutes": 10}, True)]
)
async def test_a_consent_holds_for_minutes_at_least_and_a_year_at_most(
    shared_api: Api, pair: Pair, person: Person, ahead: dict[str, float], good: bool
) -> None:
    consent = consent_to(shared_api, pair, until=until(shared_api, **ahead))
    done = await shared_api.data("GiveConsent", person.token, consent=consent, key=new_id())
    assert done["__typename"] == ("ConsentGiven" if good else "ConsentTimeInvalid")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"organisation": "350100-mzj"}, "NobodyAsks"),
        ({"purpose": "application:T-9"}, "NobodyAsks"),
        ({"purpose": "curiosity"}, "NobodyAsks"),
        ({"fields": []}, "NobodyAsks"),
        ({"fields": ["income"]}, "DataFieldUnknown"),
        ({"dataSet": "nothing_here"}, "DataSetUnknown"),
    ],
)
async def test_nobody_agrees_to_what_nobody_may_ask(
    shared_api: Api, pair: Pair, person: Person, changed: dict[str, Any], error: str
) -> None:
    consent = consent_to(shared_api, pair, **changed)
    done = await shared_api.data("GiveConsent", person.token, consent=consent, key=new_id())
    assert done["__typename"] == error


async def test_a_newer_consent_takes_the_place_of_the_one_before(shared_api: Api, pair: Pair, person: Person) -> None:
    seen = await verified_by(shared_api, pair.asker_token, person)
    await consents(shared_api, person, pair)
    await consents(shared_api, person, pair, fields=["address"])
    assert (await fetched(shared_api, pair, seen))["__typename"] == "NoConsent"
    page = await shared_api.data("Consents", person.token, first=5)
    assert [edge["node"]["state"] for edge in page["edges"]] == ["ACTIVE", "WITHDRAWN"]


async def test_a_withdrawal_holds_from_the_next_request(shared_api: Api, pair: Pair, person: Person) -> None:
    seen = await verified_by(shared_api, pair.asker_token, person)
    consent = await consents(shared_api, person, pair)
    gone = await shared_api.data("WithdrawConsent", person.token, consentId=consent, key=new_id())
    assert gone["consent"]["state"] == "WITHDRAWN"
    assert (await fetched(shared_api, pair, seen))["__typename"] == "NoConsent"
    again = await shared_api.data("WithdrawConsent", person.token, consentId=consent, key=new_id())
    assert again["__typename"] == "ConsentWithdrawn"


async def test_what_is_withdrawn_while_the_source_is_asked_is_not_told(
    shared_api: Api, pair: Pair, person: Person
) -> None:
    seen = await verified_by(shared_api, pair.asker_token, person)
    consent = await consents(shared_api, person, pair)
    with otherwise(exchange(shared_api), gate=asyncio.Event(), reached=asyncio.Event()) as source:
        asking = asyncio.create_task(fetched(shared_api, pair, seen))
        await source.reached.wait()
        await shared_api.data("WithdrawConsent", person.token, consentId=consent, key=new_id())
        assert source.gate is not None
        source.gate.set()
        assert (await asking)["__typename"] == "NoConsent"
    assert await ledger(shared_api, person) == []


async def test_of_many_fetches_and_one_withdrawal_none_is_told_after_it(
    shared_api: Api, pair: Pair, person: Person
) -> None:
    seen = await verified_by(shared_api, pair.asker_token, person)
    consent = await consents(shared_api, person, pair)

    async def withdrawn() -> Any:
        await asyncio.sleep(0.05)
        return await shared_api.data("WithdrawConsent", person.token, consentId=consent, key=new_id())

    *done, gone = await asyncio.gather(*(fetched(shared_api, pair, seen) for _ in range(20)), withdrawn())
    assert gone["__typename"] == "ConsentTakenBack"
    told = [one for one in done if one["__typename"] == "SharedDataFetched"]
    assert {one["__typename"] for one in done} <= {"SharedDataFetched", "NoConsent"}
    rows = await shared_api.city.db["disclosures"].find({"citizen": shared_api.key(person)}).to_list(None)
    shared = [row for row in rows if row["channel"] == "shared_data"]
    kept = await shared_api.city.db["consents"].find_one({"_id": key_of(consent, "Consent")})
    assert kept is not None
    assert len(shared) == len(told) == kept["fetches"], "each that was told is in the ledger, and counted"
    assert (await fetched(shared_api, pair, seen))["__typename"] == "NoConsent"


async def test_a_source_that_is_silent_is_named_and_leaves_nothing_in_the_ledger(
    shared_api: Api, pair: Pair, person: Person
) -> None:
    seen = await verified_by(shared_api, pair.asker_token, person)
    await consents(shared_api, person, pair)
    with otherwise(exchange(shared_api), down=True):
        assert (await fetched(shared_api, pair, seen))["__typename"] == "ExchangeUnavailable"
    assert await ledger(shared_api, person) == []


async def test_an_access_that_was_ended_tells_nothing_more(shared_api: Api, pair: Pair, person: Person) -> None:
    seen = await verified_by(shared_api, pair.asker_token, person)
    await consents(shared_api, person, pair)
    said = {"accessId": pair.access, "state": "ENDED", "answer": "不再需要", "key": new_id()}
    await shared_api.data("AnswerDataAccess", pair.owner_token, PROVIDER, **said)
    assert (await fetched(shared_api, pair, seen))["__typename"] == "NoDataAccess"


async def test_a_guardian_agrees_for_a_wards_applications_only(shared_api: Api, pair: Pair) -> None:
    parent = await shared_api.verified()
    ward = (await shared_api.ward(parent, "APPLICATIONS_MANAGE"))["ward"]["id"]
    said = {"consent": consent_to(shared_api, pair), "key": new_id()}
    assert await shared_api.acting_for(ward).codes("GiveConsent", parent.token, **said) == ["FORBIDDEN"]


async def test_values_stay_nowhere_in_the_database_in_clear(shared_api: Api, pair: Pair, person: Person) -> None:
    seen = await verified_by(shared_api, pair.asker_token, person)
    await consents(shared_api, person, pair)
    secret = f"秘密-{new_id()}"
    with otherwise(exchange(shared_api), values={"members": ({"value": secret},)}):
        done = await fetched(shared_api, pair, seen)
    assert secret in str(done)
    names = await shared_api.city.db._db.list_collection_names()
    found = {name: await shared_api.city.db._db[name].find({}).to_list(None) for name in names}
    assert [name for name, rows in found.items() if secret in str(rows) or secret.encode() in str(rows).encode()] == []


async def test_who_leaves_the_city_agrees_to_nothing_any_more(shared_api: Api, pair: Pair, person: Person) -> None:
    await consents(shared_api, person, pair)
    citizen = shared_api.key(person)
    await shared_api.city.services.government.consents.end_all(Viewer(Role.OPS, actor="worker"), citizen)
    rows = await shared_api.city.db["consents"].find({"citizen": citizen}).to_list(None)
    assert [("active" in row, row["withdrawn_at"] is not None) for row in rows] == [(False, True)]


async def test_a_consent_of_today_is_counted_and_nobodys_name_with_it(api: Api) -> None:
    pair = await paired(api)
    for _ in range(3):
        await consents(api, await api.verified(), pair)
    counted = await api.city.services.government.consents.counted()
    assert counted == {pair.data_set: 3}
    api.city.clock.advance(days=40)  # type: ignore[attr-defined]
    assert (await api.city.services.government.consents.counted())[pair.data_set] == 0


async def test_a_card_number_alone_names_nobody_who_did_not_show_his_card_there(
    shared_api: Api, person: Person
) -> None:
    pair = await paired(shared_api, ground="LAW", law="《社会救助暂行办法》")
    card = await shared_api.city.db["cards"].find_one({"holder": shared_api.key(person)})
    assert card is not None
    by_number = {"subject": {"cardNumber": card["number"]}}
    assert (await fetched(shared_api, pair, "", **by_number))["__typename"] == "SubjectUnknown"
    assert await ledger(shared_api, person) == []
    await verified_by(shared_api, pair.asker_token, person)
    assert (await fetched(shared_api, pair, "", **by_number))["__typename"] == "SharedDataFetched"


async def test_a_repeat_after_the_consent_was_withdrawn_tells_nothing(
    shared_api: Api, pair: Pair, person: Person
) -> None:
    seen, key = await verified_by(shared_api, pair.asker_token, person), new_id()
    given = {"consent": consent_to(shared_api, pair), "key": new_id()}
    done = await shared_api.data("GiveConsent", person.token, **given)
    assert (await fetched(shared_api, pair, seen, key=key))["__typename"] == "SharedDataFetched"
    await shared_api.data("WithdrawConsent", person.token, consentId=done["consent"]["id"], key=new_id())
    assert (await fetched(shared_api, pair, seen, key=key))["__typename"] == "NoConsent"
