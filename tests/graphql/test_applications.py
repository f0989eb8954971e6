"""Applying and handling as the app and a unit's client do it, with each named error in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.ids import new_id
from app.core.messages import message
from app.domains.government.catalogue.model import Offer
from tests.support.api import OPS, Api, Person
from tests.support.applying import ANSWERS, FORM, REASON, amend, offered
from virtual_card.licences.model import Order


@pytest.fixture(scope="session")
async def person(shared_api: Api) -> Person:
    return await shared_api.with_card()


@pytest.fixture(scope="session")
async def offer(shared_api: Api) -> Offer:
    return await offered(shared_api.city)


async def begun(api: Api, person: Person, offer: Offer, answers: dict[str, Any] = ANSWERS) -> str:
    made = await api.data("BeginApplication", person.token, item=offer.item, unit=offer.unit, key=new_id())
    assert made["__typename"] == "DraftKept", made
    id_ = str(made["application"]["id"])
    await api.data("SaveDraft", person.token, application=id_, version=1, answers=answers, given=[], key=new_id())
    return id_


async def submitted(api: Api, person: Person, offer: Offer) -> str:
    id_ = await begun(api, person, offer)
    done = await api.data("SubmitApplication", person.token, application=id_, version=1, key=new_id())
    assert done["__typename"] == "ApplicationHandedIn", done
    return id_


async def test_the_form_comes_with_what_is_known_and_where_it_is_from(
    shared_api: Api, person: Person, offer: Offer
) -> None:
    form = await shared_api.data("ApplicationForm", person.token, item=offer.item, unit=offer.unit)
    assert (form["version"], form["schema"]) == (1, FORM)
    assert {"field": "holder", "value": person.name, "source": "IDENTITY", "name": "name"} in form["prefilled"]
    assert await shared_api.data("ApplicationForm", person.token, item="NO-SUCH") is None


async def test_faults_are_said_by_field_in_the_callers_language(spoken: Api, person: Person, offer: Offer) -> None:
    id_ = await begun(spoken, person, offer, {"pickup": "pigeon", "copies": 12})
    refused = await spoken.data("SubmitApplication", person.token, application=id_, version=1, key=new_id())
    assert refused["__typename"] == "FormInvalid"
    said = {fault["path"]: fault["message"] for fault in refused["faults"]}
    assert said == {
        "/phone": message("FIELD_REQUIRED", spoken.language),
        "/pickup": message("FIELD_NOT_AN_OPTION", spoken.language),
        "/copies": message("FIELD_TOO_LARGE", spoken.language, limit="9"),
    }
    await spoken.data("DiscardDraft", person.token, application=id_, key=new_id())


async def test_missing_materials_are_named_and_a_licence_stands_in(spoken: Api, offer: Offer) -> None:
    person, online = await spoken.with_card(), await offered(spoken.city, visits=0)
    id_ = await begun(spoken, person, online)
    refused = await spoken.data("SubmitApplication", person.token, application=id_, version=1, key=new_id())
    assert refused["__typename"] == "MaterialsMissing"
    (missing,) = refused["missing"]
    assert (missing["key"], missing["lack"]) == ("register", "NOTHING_GIVEN")
    assert missing["why"] == message("LACK_NOTHING_GIVEN", spoken.language)
    assert missing["name"] == ("Household register" if spoken.language == "en" else "户口簿")
    order = Order(spoken.key(person), "household_register", online.unit, {})
    await spoken.city.services.licences.issue_at_desk(OPS, order, new_id())
    (register, photo) = await spoken.data("CheckMaterials", person.token, application=id_)
    assert (register["way"], photo["way"]) == ("LICENCE", "NOT_NEEDED")
    done = await spoken.data("SubmitApplication", person.token, application=id_, version=1, key=new_id())
    assert done["__typename"] == "ApplicationHandedIn"


async def test_named_errors_of_a_draft(spoken: Api, person: Person, offer: Offer) -> None:
    await spoken.refused("NotAppliedOnline", "BeginApplication", person.token, item="NO-SUCH", key=new_id())
    elsewhere = await offered(spoken.city)
    wrong = {"item": offer.item, "unit": elsewhere.unit, "key": new_id()}
    await spoken.refused("NotOfferedHere", "BeginApplication", person.token, **wrong)
    id_ = await begun(spoken, person, elsewhere)
    given = {"application": id_, "version": 1, "answers": ANSWERS}
    strange = [{"material": "passport", "uploadId": id_.replace("=", "")}]
    assert await spoken.codes("SaveDraft", person.token, **given, given=strange, key=new_id()) == ["BAD_INPUT"]
    await spoken.refused(
        "FormVersionChanged", "SaveDraft", person.token, **{**given, "version": 2}, given=[], key=new_id()
    )
    await amend(spoken.city, elsewhere.item)
    changed = {"application": id_, "version": 1, "key": new_id()}
    assert await spoken.refused("FormVersionChanged", "SubmitApplication", person.token, **changed) == {"version": 2}
    moved = await spoken.data("MoveDraft", person.token, application=id_, key=new_id())
    assert (moved["application"]["version"], moved["application"]["answers"]) == (2, ANSWERS)
    await spoken.data("DiscardDraft", person.token, application=id_, key=new_id())
    gone = {"application": id_, "key": new_id()}
    await spoken.refused("ServiceApplicationUnknown", "DiscardDraft", person.token, **gone)


@pytest.mark.parametrize("answers", [[], "text", 7, None, {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": 1}}}}}}}}])
async def test_answers_of_the_wrong_shape_stop_at_the_door(
    shared_api: Api, person: Person, offer: Offer, answers: Any
) -> None:
    id_ = await begun(shared_api, person, offer)
    given = {"application": id_, "version": 1, "answers": answers, "given": [], "key": new_id()}
    (code,) = await shared_api.codes("SaveDraft", person.token, **given)
    assert code in ("BAD_INPUT", "BAD_USER_INPUT")
    await shared_api.data("DiscardDraft", person.token, application=id_, key=new_id())


async def test_another_ones_application_looks_like_none(
    shared_api: Api, person: Person, outsider: Person, offer: Offer
) -> None:
    id_ = await submitted(shared_api, person, offer)
    mine = await shared_api.data("ServiceApplication", person.token, application=id_)
    assert await shared_api.data("ServiceApplication", outsider.token, application=id_) is None
    assert await shared_api.data("ServiceApplication", outsider.token, number=mine["number"]) is None
    assert await shared_api.data("CheckMaterials", outsider.token, application=id_) is None
    assert await shared_api.data("Node", outsider.token, id=id_) is None
    assert (await shared_api.data("Node", person.token, id=id_))["__typename"] == "ServiceApplication"
    wish = {"application": id_, "key": new_id()}
    await shared_api.refused("ServiceApplicationUnknown", "WithdrawServiceApplication", outsider.token, **wish)


async def test_a_guardian_applies_for_a_child_and_both_are_recorded(shared_api: Api, offer: Offer) -> None:
    parent = await shared_api.with_card()
    ward = (await shared_api.ward(parent, "APPLICATIONS_MANAGE"))["ward"]["id"]
    caller = shared_api.acting_for(ward)
    id_ = await submitted(caller, parent, offer)
    row = await shared_api.city.db["service_applications"].find_one({"by": shared_api.key(parent)})
    assert row is not None
    assert row["citizen"] != row["by"]
    assert await shared_api.data("ServiceApplication", parent.token, application=id_) is None
    assert (await caller.data("ServiceApplication", parent.token, application=id_))["state"] == "SUBMITTED"


async def test_a_handler_works_through_the_provider_door_and_a_licence_comes_of_it(spoken: Api) -> None:
    person = await spoken.with_card()
    offer = await offered(spoken.city, result="licence:no_crime_proof")
    desk = await spoken.provider(offer.unit, ("applications",))
    id_ = await submitted(spoken, person, offer)
    wish = {"application": id_}
    await spoken.refused("NotHeld", "AcceptApplication", desk, "provider", **wish, key=new_id())
    claimed = await spoken.data("ClaimApplication", desk, "provider", **wish, key=new_id())
    assert claimed["application"]["promised"]["light"] == "GREEN"
    other = await spoken.provider(offer.unit, ("applications",))
    await spoken.refused("HeldByAnother", "AcceptApplication", other, "provider", **wish, key=new_id())
    opened = await spoken.data("OpenApplication", desk, "provider", **wish, key=new_id())
    assert (opened["applicant"]["name"], opened["application"]["answers"]) == (person.name, ANSWERS)
    await spoken.data("AcceptApplication", desk, "provider", **wish, key=new_id())
    asked = {"points": [{"words": "请补充", "field": "colour"}]}
    await spoken.refused("CorrectionPointUnknown", "AskCorrection", desk, "provider", **wish, **asked, key=new_id())
    asked = {"points": [{"words": "。"}]}
    await spoken.refused("ApplicationWordsMissing", "AskCorrection", desk, "provider", **wish, **asked, key=new_id())
    await spoken.refused("ExtensionRefused", "ExtendApplication", desk, "provider", **wish, days=11, key=new_id())
    decided = {"granted": True, "reason": REASON}
    await spoken.data("DecideApplication", desk, "provider", **wish, **decided, key=new_id())
    unfit = {"facts": [{"name": "shoe_size", "value": "42"}]}
    await spoken.refused("LicenceFactUnfit", "DeliverApplication", desk, "provider", **wish, **unfit, key=new_id())
    done = await spoken.data("DeliverApplication", desk, "provider", **wish, key=new_id())
    assert done["application"]["state"] == "DELIVERED"
    (licence,) = await spoken.data("Licences", person.token)
    mine = await spoken.data("ServiceApplication", person.token, application=id_)
    assert mine["licenceId"] == licence["id"]
    late = {"application": id_, "key": new_id()}
    refused = await spoken.refused("ApplicationStateWrong", "WithdrawServiceApplication", person.token, **late)
    assert refused == {"state": "DELIVERED"}
