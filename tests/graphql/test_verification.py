"""Real-name verification: what is refused, what is counted, and what a repeat finds."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest

from app.core.ids import new_id
from mocks.people import id_number
from tests.conftest import Fakes
from tests.support.api import Api, Person
from tests.support.fakes import MovableClock


def _said(person: Person, **changed: Any) -> dict[str, Any]:
    return {"name": person.name, "idNumber": person.id_number, "key": new_id(), **changed}


def _bad_check_digit(number: str) -> str:
    return number[:-1] + ("0" if number[-1] != "0" else "1")


def _another(number: str) -> str:
    """A well-formed number that the registry does not know."""
    return id_number("350199", date(1990, 5, 20), number[14:17])


async def test_a_verified_person_has_the_new_level_at_once(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    before = await shared_api.data("Me", person.token)
    done = await shared_api.data("VerifyIdentity", person.token, **_said(person))
    after = await shared_api.data("Me", done["accessToken"])
    assert (before["assurance"], before["name"]) == ("PHONE", None)
    assert done["citizen"] == {"id": person.citizen_id, "name": person.name, "assurance": "REAL_NAME"}
    assert (after["assurance"], after["birthMonth"]) == ("REAL_NAME", "1990-05")
    assert after["phone"] == f"{person.phone[:3]} {person.phone[3:6]}****{person.phone[-4:]}"
    assert [event.type for event in await shared_api.events(person)] == ["citizen.verified"]


@pytest.mark.parametrize("name", ["", "林", "林1", "x" * 51, "<b>林</b>", "林\u202e芳"])
async def test_a_text_that_is_no_name_is_refused(spoken: Api, holder: Person, name: str) -> None:
    assert await spoken.refused("NameInvalid", "VerifyIdentity", holder.token, **_said(holder, name=name)) == {}


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("", "FORM"),
        ("35010219900520123", "FORM"),
        ("3501021990052012345", "FORM"),
        ("35010219900520١23X", "FORM"),
        ("350102199013201234", "DATE"),
        ("350102199002301234", "DATE"),
        (None, "CHECK_DIGIT"),
    ],
)
async def test_a_number_that_cannot_exist_is_refused_with_its_fault(
    spoken: Api, holder: Person, number: str | None, fault: str
) -> None:
    number = _bad_check_digit(holder.id_number) if number is None else number
    said = _said(holder, idNumber=number)
    assert await spoken.refused("IdNumberInvalid", "VerifyIdentity", holder.token, **said) == {"fault": fault}


async def test_three_that_do_not_match_lock_for_a_day(spoken: Api) -> None:
    person = await spoken.sign_in(spoken.person())
    for remaining in (2, 1, 0):
        said = _said(person, name="别人")
        told = await spoken.refused("IdentityNotMatched", "VerifyIdentity", person.token, **said)
        assert told == {"remaining": remaining}
    told = await spoken.refused("VerificationLocked", "VerifyIdentity", person.token, **_said(person))
    assert told["until"] > spoken.city.clock.now().isoformat()


async def test_the_lock_ends_after_a_day(api: Api, clock: MovableClock) -> None:
    person = await api.sign_in(api.person())
    for _ in range(3):
        await api.data("VerifyIdentity", person.token, **_said(person, name="别人"))
    assert (await api.data("VerifyIdentity", person.token, **_said(person)))["__typename"] == "VerificationLocked"
    clock.advance(days=1, seconds=1)
    await api.sign_in(person)
    assert (await api.data("VerifyIdentity", person.token, **_said(person)))["__typename"] == "IdentityVerified"


async def test_a_repeat_of_a_failure_is_not_counted_again(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    said = _said(person, idNumber=_another(person.id_number))
    first = await shared_api.data("VerifyIdentity", person.token, **said)
    again = await shared_api.data("VerifyIdentity", person.token, **said)
    assert first == again
    assert first["remaining"] == 2


async def test_other_content_under_the_same_key_is_a_conflict(spoken: Api) -> None:
    person = await spoken.sign_in(spoken.person())
    said = _said(person)
    await spoken.data("VerifyIdentity", person.token, **said)
    other = {**said, "name": "别人"}
    assert await spoken.refused("IdempotencyConflict", "VerifyIdentity", person.token, **other) == {}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_while_the_registry_is_away_nothing_is_counted_and_the_same_key_resumes(
    api: Api, fakes: Fakes, language: str
) -> None:
    spoken = api.speaking(language)
    person = await spoken.sign_in(spoken.person())
    said, fakes.registry.down = _said(person), True
    for _ in range(4):
        assert await spoken.refused("RegistryUnavailable", "VerifyIdentity", person.token, **said) == {}
    fakes.registry.down = False
    wrong = await spoken.data("VerifyIdentity", person.token, **_said(person, name="别人"))
    assert wrong["remaining"] == 2
    assert (await spoken.data("VerifyIdentity", person.token, **said))["__typename"] == "IdentityVerified"


async def test_a_number_that_another_account_holds_is_taken(spoken: Api) -> None:
    first = await spoken.verified()
    second = await spoken.sign_in(spoken.person())
    assert await spoken.refused("IdentityTaken", "VerifyIdentity", second.token, **_said(first)) == {}
    assert (await spoken.data("Me", second.token))["assurance"] == "PHONE"


async def test_who_is_verified_is_told_so(spoken: Api, holder: Person) -> None:
    assert await spoken.refused("AlreadyVerified", "VerifyIdentity", holder.token, **_said(holder)) == {}


async def test_parallel_calls_with_one_key_verify_once(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    said = _said(person)
    answers = await asyncio.gather(*(shared_api.data("VerifyIdentity", person.token, **said) for _ in range(5)))
    assert {a["__typename"] for a in answers} == {"IdentityVerified"}
    assert [event.type for event in await shared_api.events(person)] == ["citizen.verified"]
