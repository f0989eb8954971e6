"""A citizen's own data: a copy of it, its correction, its erasure, and what is left to prove it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.core.holdings.model import Fate
from app.core.holdings.people import HELD
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.sealed import SealBroken
from app.core.viewer import Role, Viewer
from app.domains.identity.rights.corrections.errors import (
    CorrectionSettled,
    CorrectionUnknown,
    RegistryDisagrees,
    RevealWithoutReason,
)
from app.domains.identity.rights.corrections.model import CorrectionState
from app.domains.identity.rights.erasures.errors import NothingHeld
from app.domains.identity.rights.erasures.model import COOLING_OFF, LOOKUPS_KEPT, SWEEP_AFTER, ErasureState
from app.domains.identity.rights.exports.model import KEPT
from app.domains.identity.verification.errors import RegistryUnavailable
from graphql_schema.types.common import global_id
from tests.graphql.test_disclosures import looked_up
from tests.support.api import Api, Person
from tests.support.fakes import FakeRegistry, MovableClock
from virtual_card.disclosures.model import DisputeState

CHEN = Viewer(role=Role.OPS, actor="chen", roles=frozenset({"operator"}))


async def asked(api: Api, operation: str, person: Person, **given: Any) -> Any:
    done = await api.data(operation, person.token, **given, key=new_id())
    assert "code" not in done, done
    return done


async def made(api: Api, person: Person) -> Any:
    """An export that is ready, as the app sees it."""
    await asked(api, "RequestDataExport", person)
    assert await api.city.services.exports.make_next() == 1
    return (await api.data("DataExports", person.token))[0]


async def fetched(api: Api, link: str) -> Any:
    split = urlsplit(link)
    return await api.http.get(f"{split.path}?{split.query}")


async def erased(api: Api, clock: MovableClock, person: Person) -> None:
    await asked(api, "RequestErasure", person)
    clock.advance(seconds=COOLING_OFF.total_seconds())
    assert await api.city.services.erasures.run_due() == 1


async def rows(api: Api, collection: str, **which: Any) -> list[dict[str, Any]]:
    return await api.city.db[collection].find(which).to_list(None)


async def test_a_copy_holds_everything_in_the_open_and_both_languages(api: Api) -> None:
    person = await api.with_card()
    await looked_up(api, person, await api.provider())
    await api.told(person)
    await api.data("RegisterPushToken", person.token, token="a-push-token-of-this-phone")
    export = await made(api, person)
    assert (export["state"], export["size"] > 10_000) == ("READY", True)
    answer = await fetched(api, export["link"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    names = set(archive.namelist())
    assert {"README.en.txt", "README.zh-CN.txt", "citizens.json", "cards.json", "disclosures.json"} <= names
    assert {"inbox.json", "sessions.json", "audit.json", "push_devices.json", "portrait.jpg", "card.png"} <= names
    # Whose rows say nothing of him but an id, or stand in a file of their own, have no file.
    assert not {"photos.json", "export_chunks.json", "guardianships.json"} & names
    (citizen,) = json.loads(archive.read("citizens.json"))
    assert (citizen["name"], citizen["phone"], citizen["id_number"]) == (person.name, person.phone, person.id_number)
    assert archive.read("card.png").startswith(b"\x89PNG")
    assert "token" not in json.loads(archive.read("push_devices.json"))[0]
    (card,) = json.loads(archive.read("cards.json"))
    assert [sorted(event) for event in card["history"]] == [["at", "reason", "state"]]
    assert (await api.told(person))[0]["event"] == "export.ready"


async def test_a_copy_is_the_asker_s_alone_and_a_link_is_good_for_five_minutes(api: Api, clock: MovableClock) -> None:
    person, other = await api.verified(), await api.verified()
    link = (await made(api, person))["link"]
    assert await api.data("DataExports", other.token) == []
    another = link[:-1] + ("1" if link.endswith("0") else "0")
    for forged in (link.replace(api.key(person), api.key(other)), another, link.replace("until=", "until=9")):
        assert (await fetched(api, forged)).status_code == 404
    clock.advance(minutes=6)
    assert (await fetched(api, link)).status_code == 404


async def test_a_copy_is_deleted_after_three_days(api: Api, clock: MovableClock) -> None:
    person = await api.verified()
    await made(api, person)
    clock.advance(seconds=KEPT.total_seconds())
    await api.sign_in(person)
    (shown,) = await api.data("DataExports", person.token)
    assert shown["link"] is None
    assert await rows(api, "export_chunks") != []
    await api.city.services.exports.drop_old()
    assert await rows(api, "export_chunks") == []
    (shown,) = await api.data("DataExports", person.token)
    assert shown["state"] == "EXPIRED"


async def test_one_copy_is_made_at_a_time_and_a_repeat_is_the_same(api: Api) -> None:
    person, key = await api.verified(), new_id()
    first = await api.data("RequestDataExport", person.token, key=key)
    assert await api.data("RequestDataExport", person.token, key=key) == first
    await api.refused("ExportUnderway", "RequestDataExport", person.token, key=new_id())


async def test_an_export_whose_maker_died_is_made_by_the_next(api: Api, clock: MovableClock) -> None:
    person = await api.verified()
    await asked(api, "RequestDataExport", person)
    exports = api.city.services.exports
    claim = await exports._exports.claim(clock.now())
    assert claim is not None
    await exports._exports.keep(claim, b"half of an archive", clock.now())
    assert await exports.make_next() == 0, "it is in hand"
    clock.advance(minutes=6)
    assert await exports.make_next() == 1
    await exports._settle(claim, {"state": "failed"}, "export.failed")
    (shown,) = await api.data("DataExports", (await api.sign_in(person)).token)
    assert shown["state"] == "READY"
    assert zipfile.ZipFile(io.BytesIO((await fetched(api, shown["link"])).content)).testzip() is None


async def test_a_name_is_corrected_from_the_registry_and_never_from_free_text(api: Api, registry: FakeRegistry) -> None:
    person, desk = await api.with_card(), api.city.services.corrections
    wish = {"field": "NAME", "wanted": "测试新名", "reason": "我改名了"}
    done = await asked(api, "RequestCorrection", person, **wish)
    (waiting,) = (await desk.waiting(CorrectionState.OPEN, PageRequest(50))).items
    assert (waiting.wanted, waiting.reason, waiting.citizen) == (None, None, api.key(person))
    with pytest.raises(RegistryDisagrees):
        await desk.accept(CHEN, waiting.id, "已更正", new_id())
    registry.down = True
    with pytest.raises(RegistryUnavailable):
        await desk.accept(CHEN, waiting.id, "已更正", new_id())
    registry.down = False
    assert (await api.data("Corrections", person.token))[0]["state"] == "OPEN"
    registry.people[person.id_number] = "测试新名"
    key = new_id()
    assert await desk.accept(CHEN, waiting.id, "已更正", key) == await desk.accept(CHEN, waiting.id, "已更正", key)
    (shown,) = await api.data("Corrections", person.token)
    assert (shown["id"], shown["state"], shown["answer"]) == (done["correction"]["id"], "ACCEPTED", "已更正")
    assert await api.city.citizens.id_number(api.key(person)) is not None
    found = await api.city.citizens.get(api.key(person))
    assert found is not None
    assert found.name == "测试新名"
    assert (await api.told(person))[0]["event"] == "correction.accepted"
    with pytest.raises(CorrectionSettled):
        await desk.reject(CHEN, waiting.id, "太晚了", new_id())


async def test_a_corrected_number_gives_the_old_one_free(api: Api, registry: FakeRegistry) -> None:
    person, desk = await api.verified(), api.city.services.corrections
    other = api.person()
    registry.people[other.id_number] = person.name
    wish = {"field": "ID_NUMBER", "wanted": other.id_number, "reason": "登记错误"}
    await asked(api, "RequestCorrection", person, **wish)
    (waiting,) = (await desk.waiting(CorrectionState.OPEN, PageRequest(50))).items
    await desk.accept(CHEN, waiting.id, "已更正", new_id())
    number = await api.city.citizens.id_number(api.key(person))
    assert number is not None
    assert number.text == other.id_number
    heir = api.person()
    heir.id_number, heir.name = person.id_number, person.name
    await api.verified(heir)


async def test_who_reads_what_a_citizen_wrote_says_why_and_is_seen(api: Api) -> None:
    person, desk = await api.verified(), api.city.services.corrections
    wish = {"field": "OTHER", "wanted": "我的地址不对", "reason": "我搬家了"}
    await asked(api, "RequestCorrection", person, **wish)
    (waiting,) = (await desk.waiting(CorrectionState.OPEN, PageRequest(50))).items
    with pytest.raises(RevealWithoutReason):
        await desk.reveal(CHEN, waiting.id, "  ")
    with pytest.raises(CorrectionUnknown):
        await desk.reveal(CHEN, "nothing", "handling the request")
    read = await desk.reveal(CHEN, waiting.id, "handling the request")
    assert (read.wanted, read.reason) == ("我的地址不对", "我搬家了")
    (looked,) = (await api.raw("Disclosures", {"first": 9}, token=person.token)).json()["data"]["disclosures"]["edges"]
    assert (looked["node"]["channel"], looked["node"]["attributes"]) == ("STAFF_READ", ["CORRECTION"])
    await desk.reject(CHEN, waiting.id, "本市不登记地址", new_id())
    (shown,) = await api.data("Corrections", person.token)
    assert (shown["state"], shown["answer"]) == ("REJECTED", "本市不登记地址")


async def test_wishes_of_the_wrong_form_are_named(api: Api) -> None:
    verified, phone_only = await api.verified(), await api.sign_in(api.person())
    for field, wanted, wrong in (("NAME", "1", "CorrectionTextMissing"), ("NAME", "R2D2", "NameInvalid")):
        wish = {"field": field, "wanted": wanted, "reason": "because", "key": new_id()}
        await api.refused(wrong, "RequestCorrection", verified.token, **wish)
    wish = {"field": "PHOTO", "wanted": "a newer one", "reason": "because", "key": new_id()}
    await api.refused("NothingToCorrect", "RequestCorrection", phone_only.token, **wish)
    unknown = {"correctionId": global_id("Correction", new_id()), "key": new_id()}
    await api.refused("CorrectionUnknown", "WithdrawCorrection", verified.token, **unknown)
    done = await asked(api, "RequestCorrection", verified, field="PHOTO", wanted="a newer one", reason="because")
    mine = {"correctionId": done["correction"]["id"]}
    await api.refused("CorrectionUnknown", "WithdrawCorrection", phone_only.token, **mine, key=new_id())
    await asked(api, "WithdrawCorrection", verified, **mine)
    await api.refused("CorrectionSettled", "WithdrawCorrection", verified.token, **mine, key=new_id())


async def test_an_erasure_can_be_taken_back_for_a_week(api: Api, clock: MovableClock) -> None:
    person = await api.verified()
    done = await asked(api, "RequestErasure", person)
    kinds = {one["kind"]: one for one in done["erasure"]["retained"]}
    assert kinds.keys() == {"AUDIT", "LOOKUPS", "HANDLING", "PAYMENTS", "CARD_NUMBER", "BACKUPS"}
    assert "Cybersecurity Law" in kinds["AUDIT"]["statute"]
    assert kinds["LOOKUPS"]["until"] > done["erasure"]["erasesAt"][:10]
    assert (await api.told(person))[0]["event"] == "erasure.requested"
    await api.refused("ErasureUnderway", "RequestErasure", person.token, key=new_id())
    await asked(api, "WithdrawErasure", person)
    await api.refused("NoErasure", "WithdrawErasure", person.token, key=new_id())
    clock.advance(seconds=COOLING_OFF.total_seconds())
    assert await api.city.services.erasures.run_due() == 0
    assert (await api.sign_in(person)).citizen_id == person.citizen_id


async def test_a_correction_of_who_is_erased_waits_for_nobody(api: Api, clock: MovableClock) -> None:
    person, desk = await api.verified(), api.city.services.corrections
    done = await asked(api, "RequestCorrection", person, field="OTHER", wanted="不对", reason="不对")
    await erased(api, clock, person)
    assert not (await desk.waiting(CorrectionState.OPEN, PageRequest(10))).items
    (left,) = (await desk.waiting(CorrectionState.WITHDRAWN, PageRequest(10))).items
    assert global_id("Correction", left.id) == done["correction"]["id"]
    for settle in (desk.accept, desk.reject):
        with pytest.raises(CorrectionSettled):
            await settle(CHEN, left.id, "answered too late", new_id())


async def test_a_dispute_of_who_is_erased_waits_for_nobody(api: Api, clock: MovableClock) -> None:
    person, desk = await api.with_card(), api.city.services.disclosures
    await looked_up(api, person, await api.provider())
    (looked,) = (await api.raw("Disclosures", {"first": 9}, token=person.token)).json()["data"]["disclosures"]["edges"]
    await asked(api, "DisputeDisclosure", person, disclosureId=looked["node"]["id"], reason="我没有去过")
    assert len((await desk.disputed(PageRequest(10))).items) == 1
    await erased(api, clock, person)
    assert not (await desk.disputed(PageRequest(10))).items
    (left,) = (await desk.of_citizen(api.key(person), PageRequest(10))).items
    assert left.dispute is not None
    assert left.dispute.state is DisputeState.WITHDRAWN
    assert len(await rows(api, "audit", action="disclosure.withdrawn", subject=api.key(person))) == 1


async def test_whoever_was_erased_is_gone_and_nothing_opens_what_is_left(api: Api, clock: MovableClock) -> None:
    person, provider = await api.with_card(), await api.provider()
    (disclosure,) = await looked_up(api, person, provider)
    await asked(api, "DisputeDisclosure", person, disclosureId=disclosure, reason="不是我")
    await asked(api, "RequestCorrection", person, field="OTHER", wanted="不对", reason="不对")
    await api.data("RegisterPushToken", person.token, token="a-push-token-of-this-phone")
    await made(api, person)
    await api.told(person)
    citizen = api.key(person)
    key = await api.city.persons.of(citizen)
    kept = {held.collection: await rows(api, held.collection, **{held.owner: citizen}) for held in HELD}
    await erased(api, clock, person)
    assert await api.codes("Me", person.token) == ["UNAUTHENTICATED"]
    proof = await api.city.services.erasures.proof(CHEN, citizen)
    assert proof.holds
    named = {"citizens", "inbox", "outbox", "card_numbers"}
    assert proof.left.keys() <= {held.collection for held in HELD if held.fate is Fate.KEPT} | named
    assert (proof.left["card_numbers"], proof.left["outbox"]) == (1, len(await rows(api, "outbox", citizen=citizen)))
    assert {one.place: (one.left, one.open) for one in proof.unsealed}["disclosures.dispute.reason"] == (1, 0)
    (row,) = await rows(api, "citizens", _id=citizen)
    assert row.keys() == {"_id", "assurance", "created_at", "erased_at"}
    # A copy of the rows as they were, such as a back-up's, opens with none of the keys that are left.
    (before,) = kept["citizens"]
    assert key.secret is not None
    now = await api.city.persons.of(citizen)
    for field in ("phone", "name", "id_number"):
        with pytest.raises(SealBroken):
            now.open(before[field], record=citizen, field=field)
        with pytest.raises(SealBroken):
            api.city.persons._ring.open(before[field], record=citizen, field=field)
    card = (await rows(api, "cards", holder=citizen))[0]
    assert card["state"] == "revoked"
    acts = sorted((row["_id"], row["action"]) for row in await rows(api, "audit", subject=citizen))
    assert [act for _, act in acts][-2:] == ["citizen.erased", "erasure.proved"]


async def test_the_same_phone_and_person_can_come_back_as_somebody_new(api: Api, clock: MovableClock) -> None:
    person = await api.with_card()
    citizen = person.citizen_id
    await erased(api, clock, person)
    again = await api.with_card(person)
    assert again.citizen_id != citizen
    assert await api.data("DataExports", again.token) == []
    assert await api.data("Erasure", again.token) is None


async def test_what_was_under_way_is_swept_and_look_ups_go_when_the_law_lets_them(
    api: Api, clock: MovableClock
) -> None:
    person = await api.with_card()
    await looked_up(api, person, await api.provider())
    events, citizen = await api.events(person), api.key(person)
    await erased(api, clock, person)
    for event in [*events, *await api.events(person)]:  # told by a worker that had them in hand
        await api.city.dispatcher.tell(event)
    await api.city.citizens.mark_service_used(citizen, "late")
    clock.advance(seconds=SWEEP_AFTER.total_seconds())
    assert await api.city.services.erasures.run_due() == 1
    assert "services" not in (await rows(api, "citizens", _id=citizen))[0]
    proof = await api.city.services.erasures.proof(CHEN, citizen)
    assert "inbox" not in proof.left
    assert proof.left["disclosures"] == 1
    clock.advance(seconds=LOOKUPS_KEPT.total_seconds())
    assert await api.city.services.erasures.run_due() == 1
    proof = await api.city.services.erasures.proof(CHEN, citizen)
    assert "disclosures" not in proof.left
    assert proof.erasure is not None
    assert proof.erasure.state is ErasureState.RELEASED
    assert await api.city.services.erasures.run_due() == 0


async def test_guardians_and_wards_part(api: Api, clock: MovableClock) -> None:
    parent = await api.verified()
    ward = (await api.ward(parent))["ward"]["id"]
    await erased(api, clock, parent)
    assert await rows(api, "guardianships", guardian=api.key(parent)) == []
    other = await api.verified(parent)
    assert await api.data("Wards", other.token) == []
    answer = await api.raw("Card", token=other.token, subject=ward)
    assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_licences_end_after_all_that_could_issue_one(api: Api) -> None:
    names = [parting.name for parting in api.city.services.erasures._partings]
    assert names[-1] == "licences"
    assert "applications" in names


@pytest.mark.parametrize("killed_after", range(6))
async def test_an_erasure_that_is_killed_between_steps_is_gone_on_with(
    api: Api, clock: MovableClock, killed_after: int
) -> None:
    person = await api.with_card()
    await asked(api, "RequestErasure", person)
    clock.advance(seconds=COOLING_OFF.total_seconds())
    erasures, citizen = api.city.services.erasures, api.key(person)
    claim = await erasures._erasures.claim(clock.now())
    assert claim is not None
    for parting in erasures._partings[:killed_after]:
        await parting.part(citizen)
        if (
            parting is not erasures._partings[min(killed_after, len(erasures._partings)) - 1]
        ):  # killed before it is noted
            await erasures._erasures.step_done(claim, parting.name, clock.now())
    if killed_after > len(erasures._partings):
        await erasures._holdings.erase(citizen)
    assert await erasures.run_due() == 0, "it is in hand"
    clock.advance(minutes=6)
    assert await erasures.run_due() == 1
    assert (await erasures.proof(CHEN, citizen)).holds
    assert not await erasures._erasures.settle(claim, {"state": "erasing"}), "the one that was killed comes too late"
    revoked = [event for event in await api.events(person) if event.type == "card.revoked"]
    assert len(revoked) == 1


async def test_who_comes_back_with_an_older_back_up_is_erased_once_more(api: Api, clock: MovableClock) -> None:
    person = await api.with_card()
    citizen, erasures = api.key(person), api.city.services.erasures
    kept = {name: await rows(api, name, _id=citizen) for name in ("citizens", "person_keys", "photos")}
    await erased(api, clock, person)
    assert citizen in await erasures.erased()
    for name, copies in kept.items():
        await api.city.db[name].delete_many({"_id": citizen})
        await api.city.db[name].insert_many(copies)
    assert not (await erasures.proof(CHEN, citizen)).holds
    assert [await erasures.repeat(CHEN, citizen) for _ in range(2)] == [True, False]
    assert (await erasures.proof(CHEN, citizen)).holds
    assert await rows(api, "photos", _id=citizen) == []


async def test_of_nobody_there_is_no_proof(api: Api) -> None:
    with pytest.raises(NothingHeld):
        await api.city.services.erasures.proof(CHEN, new_id())
    person = await api.verified()
    proof = await api.city.services.erasures.proof(CHEN, api.key(person))
    assert not proof.holds
    assert {one.place: (one.left, one.open) for one in proof.unsealed}["citizens.phone"] == (1, 1)
