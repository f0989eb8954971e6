"""What whoever reports a case does with it, over the API: files, follows, adds, takes back, rates."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from app.core.errors import RateLimited
from app.core.holdings.people import HELD
from app.core.ids import new_id
from app.core.limits import Limits
from app.core.viewer import Role, Viewer
from app.domains.voice.cases.filing.model import COMMENTS_PER_CITIZEN, PER_CITIZEN, RECEIPT_TRIES
from app.domains.voice.cases.ratings.model import RATED_WITHIN
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.rights import CasesExporter
from graphql_schema.types.common import parse_global_id
from tests.support.api import OPS, Api, Person
from tests.support.cases import DISTRICT, LAMP, categorised, filed, replied_to, stored, written
from tests.uploads.files import picture
from tests.uploads.sending import asked, put, sent


@pytest.fixture
async def person(shared_api: Api) -> Person:
    await categorised(shared_api.city)
    return await shared_api.sign_in(shared_api.person())


async def test_a_case_is_filed_and_found_by_its_number(shared_api: Api, person: Person) -> None:
    done = await filed(shared_api, person)
    case = done["case"]
    assert (done["__typename"], done["receipt"]) == ("CaseFiled", None)
    assert (case["state"], case["title"], case["place"]["division"]["code"]) == (
        "FILED",
        "小区门口的路灯三天不亮了。",
        DISTRICT,
    )
    assert [event["step"] for event in case["timeline"]] == ["FILED"]
    again = await shared_api.data("Case", person.token, number=case["number"].lower())
    assert again["id"] == case["id"]
    listed = await shared_api.data("MyCases", person.token, open=True)
    assert [edge["node"]["number"] for edge in listed["edges"]] == [case["number"]]


async def test_the_same_wish_files_one_case(shared_api: Api, person: Person) -> None:
    key, said = new_id(), written()
    first = await shared_api.data("FileCase", person.token, input=said, key=key)
    again = await shared_api.data("FileCase", person.token, input=said, key=key)
    assert first == again
    other = await shared_api.data("FileCase", person.token, input=written(text="别的内容。"), key=key)
    assert other["__typename"] == "IdempotencyConflict"


async def test_of_eight_at_once_with_one_key_all_hear_the_same_and_one_counts(shared_api: Api, person: Person) -> None:
    city, began = shared_api.city, shared_api.city.clock.now()
    citizen, limits = parse_global_id(str(person.citizen_id))[1], Limits(city.db, city.ring, city.clock)
    for _ in range(PER_CITIZEN.most - 2):
        await limits.take(PER_CITIZEN, citizen)
    upload = (await sent(shared_api, person, picture()))["id"]
    key, said = new_id(), written(identity="ANONYMOUS", uploadIds=[upload])
    for _ in range(2):
        wishes = (shared_api.data("FileCase", person.token, input=said, key=key) for _ in range(8))
        answers = await asyncio.gather(*wishes)
        assert [one["case"]["number"] for one in answers] == [answers[0]["case"]["number"]] * 8
        assert [one["receipt"] for one in answers] == [answers[0]["receipt"]] * 8
    left = {"citizen": {"$gt": "case:", "$lt": "case;"}, "claimed_by": None, "requested_at": {"$gte": began}}
    assert await city.db["uploads"].count_documents(left) == 0
    assert (await filed(shared_api, person))["__typename"] == "CaseFiled"
    with pytest.raises(AssertionError, match="RATE_LIMITED"):
        await filed(shared_api, person)


async def test_receipts_are_tried_in_vain_so_often_and_nobody_else_at_that_address_is_kept_out(
    shared_api: Api, person: Person
) -> None:
    cases, address = shared_api.city.services.voice.cases, f"address-{new_id()}"
    mine, other = [await filed(shared_api, person, identity="ANONYMOUS") for _ in range(2)]
    number, receipt = mine["case"]["number"], mine["receipt"]
    for _ in range(RECEIPT_TRIES.most + 5):  # who has it is never counted
        assert await cases.by_receipt(number, receipt, address) is not None
    tries = (cases.by_receipt(number, "wrong", address) for _ in range(RECEIPT_TRIES.most + 20))
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(one is None for one in answers) == RECEIPT_TRIES.most
    assert sum(isinstance(one, RateLimited) for one in answers) == 20
    with pytest.raises(RateLimited):
        await cases.by_receipt(number.lower(), receipt, address)
    assert await cases.by_receipt(other["case"]["number"], other["receipt"], address) is not None
    assert await cases.by_receipt(number, receipt, f"another-{address}") is not None


async def test_of_eight_comments_at_once_with_one_key_one_counts(shared_api: Api, person: Person) -> None:
    city, case = shared_api.city, (await filed(shared_api, person))["case"]
    citizen, limits = parse_global_id(str(person.citizen_id))[1], Limits(city.db, city.ring, city.clock)
    for _ in range(COMMENTS_PER_CITIZEN.most - 1):
        await limits.take(COMMENTS_PER_CITIZEN, citizen)
    said = {"caseId": case["id"], "text": "还是不亮", "uploadIds": [], "key": new_id()}
    answers = await asyncio.gather(*(shared_api.data("CommentOnCase", person.token, **said) for _ in range(8)))
    assert {one["__typename"] for one in answers} == {"CaseCommented"}
    assert len((await stored(shared_api.city, case["id"])).events) == 2


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"text": " "}, "CaseWordsMissing"),
        ({"text": "长" * 2_001}, "CaseWordsTooLong"),
        ({"title": "长" * 61}, "CaseWordsTooLong"),
        ({"category": "no-such"}, "CategoryUnknown"),
        ({"category": "streets"}, "CategoryUnknown"),
        ({"place": {}}, "DivisionUnknown"),
        ({"place": {"division": "110000000000"}}, "DivisionUnknown"),
        ({"place": {"latitude": 91.0, "longitude": 0.0}}, "PlaceNotOnEarth"),
        ({"place": {"asset": "no-such"}}, "AssetUnknown"),
        ({"uploadIds": ["VXBsb2FkOm5vLXN1Y2g="]}, "UploadUnknown"),
    ],
)
async def test_what_cannot_be_filed_is_said_by_name_and_leaves_nothing(
    shared_api: Api, person: Person, changed: dict[str, Any], error: str
) -> None:
    refused = await filed(shared_api, person, **changed)
    assert refused["__typename"] == error, refused
    assert (await shared_api.data("MyCases", person.token))["edges"] == []


async def test_an_anonymous_case_is_nobodys_and_opens_by_its_receipt(shared_api: Api, person: Person) -> None:
    upload = (await sent(shared_api, person, picture()))["id"]
    done = await filed(shared_api, person, identity="ANONYMOUS", uploadIds=[upload])
    case, receipt = done["case"], done["receipt"]
    assert (await shared_api.data("MyCases", person.token))["edges"] == []
    assert await shared_api.data("Case", person.token, caseId=case["id"]) is None
    seen = await shared_api.data("CaseByReceipt", number=case["number"], receipt=receipt)
    assert seen["text"] == case["text"]
    (file,) = seen["files"]
    assert (await shared_api.http.get(file["url"])).status_code == 200
    assert await shared_api.data("CaseByReceipt", number=case["number"], receipt="another") is None

    me, id_ = shared_api.key(person), parse_global_id(case["id"])[1]
    db = shared_api.city.db
    assert me not in str(await db["cases"].find_one({"_id": id_}))
    assert me not in str(await db["audit"].find({"target": id_}).to_list(None))
    assert me not in str(await db["outbox"].find({"facts.case": id_}).to_list(None))
    assert me not in str(await db["uploads"].find({"claimed_by": f"case:{id_}"}).to_list(None))
    assert await db["uploads"].find_one({"citizen": me}) is None


async def test_photos_stay_with_the_case(shared_api: Api, person: Person) -> None:
    upload = (await sent(shared_api, person, picture()))["id"]
    case = (await filed(shared_api, person, uploadIds=[upload]))["case"]
    assert [file["uploadId"] for file in case["files"]] == [upload]
    second = await filed(shared_api, person, uploadIds=[upload])
    assert second["__typename"] == "UploadClaimed"


async def test_a_comment_is_added_and_moves_no_clock(shared_api: Api, person: Person) -> None:
    case = (await filed(shared_api, person))["case"]
    done = await shared_api.data("CommentOnCase", person.token, caseId=case["id"], text="还是不亮", key=new_id())
    assert [event["text"] for event in done["case"]["timeline"]] == [None, "还是不亮"]
    assert done["case"]["clock"] == case["clock"]


async def test_one_that_is_withdrawn_is_over(shared_api: Api, person: Person) -> None:
    case = (await filed(shared_api, person))["case"]
    done = await shared_api.data("WithdrawCase", person.token, caseId=case["id"], key=new_id())
    assert (done["case"]["state"], done["case"]["mayWithdraw"]) == ("WITHDRAWN", False)
    again = await shared_api.data("WithdrawCase", person.token, caseId=case["id"], key=new_id())
    assert (again["__typename"], again["state"]) == ("CaseStateWrong", "WITHDRAWN")


async def test_who_is_content_closes_the_case(shared_api: Api, person: Person) -> None:
    case = (await filed(shared_api, person))["case"]
    await replied_to(shared_api.city, case["id"])
    said = {"solved": True, "grade": 5, "reason": "很快"}
    done = await shared_api.data("RateCase", person.token, caseId=case["id"], rating=said, key=new_id())
    assert (done["case"]["state"], done["case"]["confirmation"]) == ("CLOSED", "CONFIRMED")
    again = await shared_api.data("RateCase", person.token, caseId=case["id"], rating=said, key=new_id())
    assert again["__typename"] == "AlreadyRated"


async def test_who_is_not_content_has_it_reopened_once(shared_api: Api, person: Person) -> None:
    case = (await filed(shared_api, person))["case"]
    await replied_to(shared_api.city, case["id"])
    said = {"solved": False, "grade": 4}
    done = await shared_api.data("RateCase", person.token, caseId=case["id"], rating=said, key=new_id())
    assert (done["case"]["state"], done["case"]["round"], done["case"]["confirmation"]) == ("ACCEPTED", 2, "CONTESTED")


@pytest.mark.parametrize("grade", [0, 6, -1])
async def test_grades_are_1_to_5(shared_api: Api, person: Person, grade: int) -> None:
    case = (await filed(shared_api, person))["case"]
    said = {"solved": True, "grade": grade}
    done = await shared_api.data("RateCase", person.token, caseId=case["id"], rating=said, key=new_id())
    assert done["__typename"] == "GradeInvalid"


async def test_anothers_case_looks_like_one_that_is_not_there(shared_api: Api, person: Person) -> None:
    theirs = (await filed(shared_api, person))["case"]["id"]
    other, said = await shared_api.sign_in(shared_api.person()), {"solved": True, "grade": 5}
    assert await shared_api.data("Case", other.token, caseId=theirs) is None
    refused = await shared_api.data("RateCase", other.token, caseId=theirs, rating=said, key=new_id())
    assert refused["__typename"] == "CaseUnknown"
    assert (await stored(shared_api.city, theirs)).ratings == ()


async def test_an_anonymous_one_is_rated_by_its_receipt(shared_api: Api, person: Person) -> None:
    done = await filed(shared_api, person, identity="ANONYMOUS")
    await replied_to(shared_api.city, done["case"]["id"])
    opened = {"number": done["case"]["number"], "receipt": done["receipt"]}
    rating = {"solved": True, "grade": 5}
    wrong = await shared_api.data("RateCaseByReceipt", **{**opened, "receipt": "another"}, rating=rating, key=new_id())
    assert wrong["__typename"] == "ReceiptWrong"
    rated = await shared_api.data("RateCaseByReceipt", **opened, rating=rating, key=new_id())
    assert rated["case"]["state"] == "CLOSED"


async def test_categories_are_for_everybody(shared_api: Api, person: Person) -> None:
    found = {one["code"]: one for one in await shared_api.data("CaseCategories")}
    assert (found[LAMP]["parent"], found[LAMP]["convenience"]) == ("streets", True)


async def test_a_guardian_asks_for_a_ward_and_both_are_recorded(shared_api: Api) -> None:
    await categorised(shared_api.city)
    parent = await shared_api.with_card()
    ward = (await shared_api.ward(parent, "VOICE_MANAGE"))["ward"]["id"]
    caller = shared_api.acting_for(ward)
    case = (await filed(caller, parent))["case"]
    kept = await stored(shared_api.city, case["id"])
    assert (kept.by, kept.citizen == kept.by) == (shared_api.key(parent), False)
    assert await shared_api.data("Case", parent.token, caseId=case["id"]) is None
    assert (await caller.data("Case", parent.token, caseId=case["id"]))["number"] == case["number"]


async def test_a_guardian_hands_in_what_belongs_to_a_case_and_nothing_else(shared_api: Api) -> None:
    await categorised(shared_api.city)
    parent = await shared_api.verified()
    ward = (await shared_api.ward(parent, "VOICE_MANAGE"))["ward"]["id"]
    caller, raw = shared_api.acting_for(ward), picture()
    wish = await asked(caller, parent, raw, purpose="CASE")
    assert (await put(caller, wish["target"]["url"], raw)).status_code == 201
    case = (await filed(caller, parent, uploadIds=[wish["upload"]["id"]]))["case"]
    assert [file["uploadId"] for file in case["files"]] == [wish["upload"]["id"]]
    other = {"purpose": "APPLICATION", "name": "证件.jpg", "bytes": len(raw), "key": new_id()}
    answer = await shared_api.raw("RequestUpload", other, token=parent.token, subject=ward)
    assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_copy_of_what_is_held_tells_what_the_citizen_was_told_and_nothing_of_the_offices(
    shared_api: Api, person: Person
) -> None:
    case = (await filed(shared_api, person))["case"]
    await replied_to(shared_api.city, case["id"])
    me, city = shared_api.key(person), shared_api.city
    (history,) = [file async for file in CasesExporter(CaseStore(city.db, city.persons)).files(me)]
    (told,) = json.loads(history.content)
    assert (told["number"], told["reply"]) == (case["number"], "已修复")
    assert [step["what"] for step in told["steps"]] == ["filed", "accepted", "dispatched", "handled", "replied"]
    (held,) = [one for one in HELD if one.collection == "cases"]
    (row,) = [row async for row in city.holdings.rows(held, me)]
    assert written()["text"] in row["words"]
    assert not {"said", "events", "handler", "requests"} & row.keys()
    assert "handler-1" not in str(row)


async def test_what_is_open_ends_with_who_leaves_and_nothing_opens_what_he_wrote(
    shared_api: Api, person: Person
) -> None:
    first, second = [(await filed(shared_api, person))["case"]["id"] for _ in range(2)]
    await replied_to(shared_api.city, second)
    me, city = shared_api.key(person), shared_api.city
    await city.services.voice.cases.end_all(OPS, me)
    await city.services.voice.cases.end_all(OPS, me)
    states = [(await stored(city, one)).state.value for one in (first, second)]
    assert states == ["withdrawn", "replied"]

    await city.db.transaction(lambda tx: city.persons.destroy(me, "test", tx))
    city.persons.changed({"_id": me, "destroyed_at": city.clock.now()})
    was = await stored(city, second)
    assert (was.words.text, was.reply) == ("", None)
    steps = CaseSteps(CaseStore(city.db, city.persons), city.calendar, city.outbox, city.audit, city.clock)
    late = was.unconfirmed(OPS, was.replied_at + RATED_WITHIN) if was.replied_at else was
    await city.db.transaction(lambda tx: steps.keep(OPS, late, was, tx))
    assert (await stored(city, second)).state.value == "closed"


async def test_a_case_is_told_of_as_it_happens(shared_api: Api, person: Person) -> None:
    case, city = (await filed(shared_api, person))["case"], shared_api.city
    me = Viewer(role=Role.CITIZEN, actor=shared_api.key(person), subject=shared_api.key(person))
    async with asyncio.timeout(20), city.services.voice.cases.live(me, parse_global_id(case["id"])[1]) as changes:
        await filed(shared_api, person)  # another one of his
        await replied_to(city, case["id"])
        seen = await anext(changes)
    assert (seen.number, seen.state.value) == (case["number"], "replied")
    (told,) = await city.db["outbox"].find({"type": "case.replied", "facts.number": case["number"]}).to_list(None)
    assert (told["citizen"], told["facts"]["organisation"]) == (shared_api.key(person), "unit-1")
