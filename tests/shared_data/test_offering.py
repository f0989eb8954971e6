"""Offering data, asking for access, answering: each named error, and who may not."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.ids import new_id
from app.core.viewer import Role, Viewer
from app.domains.government.shared_data.accesses.model import AccessState
from graphql_schema.types.common import key_of
from tests.support.api import Api
from tests.support.shared_data import FIELDS, offer_of, offered, paired, set_code, wanted

PROVIDER = "provider"


async def test_an_offer_is_amended_by_its_owner_and_nobody_else(shared_api: Api) -> None:
    code, _, owner = await offered(shared_api)
    amended = offer_of(code, basis="《政务数据共享条例》")
    again = await shared_api.data("OfferDataSet", owner, PROVIDER, dataSet=amended, key=new_id())
    assert (again["dataSet"]["version"], again["dataSet"]["basis"]) == (2, "《政务数据共享条例》")
    other = await shared_api.provider(await shared_api.organisation())
    await shared_api.refused("DataSetTaken", "OfferDataSet", other, PROVIDER, dataSet=offer_of(code), key=new_id())


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"code": "Not-A-Code"}, "code"),
        ({"fields": []}, "fields"),
        ({"fields": [{"code": "a_b", "title": {"zh": "甲"}, "kind": "TEXT"}] * 2}, "fields"),
        ({"purposes": []}, "purposes"),
        ({"basis": " "}, "basis"),
        ({"freshHours": 0}, "freshHours"),
        ({"source": "x"}, "source"),
        ({"name": {"zh": "", "en": ""}}, "name"),
    ],
)
async def test_an_offer_that_makes_no_sense_is_refused(shared_api: Api, changed: dict[str, Any], what: str) -> None:
    token = await shared_api.provider(await shared_api.organisation())
    said = {"dataSet": offer_of(**{"code": set_code(), **changed}), "key": new_id()}
    assert await shared_api.refused("DataSetInvalid", "OfferDataSet", token, PROVIDER, **said) == {"what": what}


async def test_who_tries_out_offers_nothing_to_the_city(shared_api: Api) -> None:
    token = await shared_api.provider_in_test_mode()
    said = {"dataSet": offer_of(set_code()), "key": new_id()}
    assert await shared_api.codes("OfferDataSet", token, PROVIDER, **said) == ["FORBIDDEN"]


async def test_what_was_withdrawn_is_unknown_to_everybody_and_can_be_offered_again(shared_api: Api) -> None:
    code, _, owner = await offered(shared_api)
    gone = await shared_api.data("WithdrawDataSet", owner, PROVIDER, code=code, key=new_id())
    assert gone["dataSet"]["state"] == "WITHDRAWN"
    asker = await shared_api.provider(await shared_api.organisation())
    said = {"access": wanted(shared_api, code), "key": new_id()}
    await shared_api.refused("DataSetUnknown", "RequestDataAccess", asker, PROVIDER, **said)
    known = await shared_api.data("DataSets", asker, PROVIDER)
    assert code not in {one["code"] for one in known}
    back = await shared_api.data("OfferDataSet", owner, PROVIDER, dataSet=offer_of(code), key=new_id())
    assert (back["dataSet"]["state"], back["dataSet"]["version"]) == ("OFFERED", 3)


@pytest.mark.parametrize(
    ("changed", "error", "data"),
    [
        ({"dataSet": "nothing_here"}, "DataSetUnknown", {}),
        ({"fields": ["members", "income"]}, "DataFieldUnknown", {"field": "income"}),
        ({"fields": []}, "DataAccessInvalid", {"what": "fields"}),
        ({"purpose": "curiosity"}, "PurposeNotOffered", {}),
        ({"purpose": "application:GA-0101"}, "PurposeNotOffered", {}),
        ({"why": "x"}, "DataAccessInvalid", {"what": "why"}),
        ({"until": "2020-01-01"}, "DataAccessInvalid", {"what": "until"}),
        ({"ground": "LAW"}, "DataAccessInvalid", {"what": "law"}),
        ({"law": "《社会救助暂行办法》"}, "DataAccessInvalid", {"what": "law"}),
    ],
)
async def test_what_cannot_be_asked_for(
    shared_api: Api, changed: dict[str, Any], error: str, data: dict[str, Any]
) -> None:
    code, _, _ = await offered(shared_api)
    token = await shared_api.provider(await shared_api.organisation())
    said = {"access": wanted(shared_api, code, **changed), "key": new_id()}
    assert await shared_api.refused(error, "RequestDataAccess", token, PROVIDER, **said) == data


async def test_an_access_is_answered_by_its_owner_once_and_ended_by_either(shared_api: Api) -> None:
    pair = await paired(shared_api)

    async def said(token: str, state: str) -> Any:
        given = {"accessId": pair.access, "state": state, "answer": "理由", "key": new_id()}
        return await shared_api.data("AnswerDataAccess", token, PROVIDER, **given)

    stranger = await shared_api.provider(await shared_api.organisation())
    assert (await said(stranger, "ENDED"))["__typename"] == "DataAccessUnknown"
    assert (await said(pair.asker_token, "REFUSED"))["__typename"] == "DataAccessUnknown", "not one's own wish"
    assert (await said(pair.owner_token, "REFUSED"))["state"] == "GRANTED", "it was granted before"
    assert (await said(pair.asker_token, "ENDED"))["dataAccess"]["state"] == "ENDED"
    assert (await said(pair.owner_token, "ENDED"))["state"] == "ENDED"


async def test_each_side_sees_what_is_its_own(shared_api: Api) -> None:
    pair = await paired(shared_api)

    async def listed(token: str, of_mine: bool) -> list[str]:
        page = await shared_api.data("DataAccesses", token, PROVIDER, ofMine=of_mine, first=10)
        return [edge["node"]["id"] for edge in page["edges"]]

    assert await listed(pair.asker_token, False) == [pair.access] == await listed(pair.owner_token, True)
    assert await listed(pair.asker_token, True) == [] == await listed(pair.owner_token, False)


async def test_a_repeat_is_answered_as_the_first_time(shared_api: Api) -> None:
    code, _, _ = await offered(shared_api)
    token, key = await shared_api.provider(await shared_api.organisation()), new_id()
    said = {"access": wanted(shared_api, code), "key": key}
    first = await shared_api.data("RequestDataAccess", token, PROVIDER, **said)
    assert await shared_api.data("RequestDataAccess", token, PROVIDER, **said) == first
    other = {"access": wanted(shared_api, code, fields=[FIELDS[0]]), "key": key}
    await shared_api.refused("IdempotencyConflict", "RequestDataAccess", token, PROVIDER, **other)


async def test_the_desk_answers_in_the_place_of_a_department(shared_api: Api) -> None:
    code, _, _ = await offered(shared_api)
    token = await shared_api.provider(await shared_api.organisation())
    said = {"access": wanted(shared_api, code), "key": new_id()}
    asked = await shared_api.data("RequestDataAccess", token, PROVIDER, **said)
    accesses = shared_api.city.services.government.data_accesses
    ops = Viewer(Role.OPS, actor="desk", roles=frozenset({"operator"}))
    key = key_of(asked["dataAccess"]["id"], "DataAccess")
    done = await accesses.answer(ops, key, AccessState.GRANTED, "代为同意", new_id())
    assert done.state is AccessState.GRANTED
