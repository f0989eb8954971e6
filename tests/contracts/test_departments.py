"""The lines to departments against their stand-in over real HTTP: slow, failing, forgetting, and what they push."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.domains.government.handover.model import Step, Submission
from app.domains.government.handover.sending.model import Verdict, read_news
from app.gateways.departments import HttpDepartments
from tests.contracts.conftest import DEPARTMENTS_KEY, served

if TYPE_CHECKING:
    from tests.contracts.conftest import StandIns

NUMBER = "FZ2026-0001-23456-7"


def submission(number: str = NUMBER, said: str = "照办") -> dict[str, Any]:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    return Submission(number, "GA-0101", 1, "350102000000", at, {"name": "林晓峰"}, {"remark": said}).body()


@pytest.fixture
async def departments(stand_ins: StandIns) -> AsyncIterator[HttpDepartments]:
    found = HttpDepartments(
        f"{stand_ins.url}/departments", SecretStr(DEPARTMENTS_KEY), report_to="http://nobody.test/x", pace=20
    )
    yield found
    await found.aclose()


async def stories(stand_ins: StandIns, **how: Any) -> None:
    """Quick ones. What it pushes is lost, unless somebody listens: it would try for seconds before it went on."""
    answer = await stand_ins.control.post("/control/departments/stories", json={"pace_ms": 10, "lost": True, **how})
    answer.raise_for_status()


async def until_steps(departments: HttpDepartments, count: int, system: str = "gjj") -> list[Step]:
    async with asyncio.timeout(10):
        while len(standing := (await departments.status(system, NUMBER)).steps) < count:  # noqa: ASYNC110  (elsewhere)
            await asyncio.sleep(0.02)
    return [news.step for news in standing]


async def test_what_is_told_is_taken_once_whatever_the_number_of_tries(
    departments: HttpDepartments, stand_ins: StandIns
) -> None:
    answers = [await departments.tell("gjj", "submit", f"{NUMBER}:submit", submission()) for _ in range(3)]
    assert {one.verdict for one in answers} == {Verdict.TAKEN}
    assert len({one.reference for one in answers}) == 1
    (seen,) = await stand_ins.seen("departments")
    assert (seen["submitted"], seen["errands"]) == (3, ["submit"])


async def test_it_says_what_it_has_and_how_far_it_is(departments: HttpDepartments, stand_ins: StandIns) -> None:
    await stories(stand_ins)
    assert (await departments.status("gjj", NUMBER)).known is False
    await departments.tell("gjj", "submit", f"{NUMBER}:submit", submission())
    assert await until_steps(departments, 4) == [Step.ACCEPTED, Step.IN_REVIEW, Step.GRANTED, Step.DELIVERED]
    standing = await departments.status("gjj", NUMBER)
    assert (standing.heard, standing.known, standing.errands) == (True, True, frozenset({"submit"}))
    assert (await departments.status("ybj", NUMBER)).known is False, "another department has nothing of it"


@pytest.mark.parametrize(
    ("said", "steps"),
    [
        ("补正", [Step.ACCEPTED, Step.RETURNED]),
        ("不受理", [Step.REFUSED]),
        ("不予", [Step.ACCEPTED, Step.IN_REVIEW, Step.REJECTED]),
    ],
)
async def test_what_is_written_decides(
    departments: HttpDepartments, stand_ins: StandIns, said: str, steps: list[Step]
) -> None:
    await stories(stand_ins)
    await departments.tell("gjj", "submit", f"{NUMBER}:submit", submission(said=said))
    assert await until_steps(departments, len(steps)) == steps
    if said == "补正":
        await departments.tell("gjj", "answer-1", f"{NUMBER}:answer-1", submission())
        assert (await until_steps(departments, 5))[2:] == [Step.IN_REVIEW, Step.GRANTED, Step.DELIVERED]


async def test_withdrawn_it_goes_no_further(departments: HttpDepartments, stand_ins: StandIns) -> None:
    await stories(stand_ins, pace_ms=100)
    await departments.tell("gjj", "submit", f"{NUMBER}:submit", submission())
    await departments.tell("gjj", "withdraw", f"{NUMBER}:withdraw", submission())
    steps = await until_steps(departments, 1)
    await asyncio.sleep(0.3)
    assert steps[-1] is Step.WITHDRAWN or (await until_steps(departments, 2))[-1] is Step.WITHDRAWN


async def test_a_lost_answer_is_no_answer_and_the_work_is_done(
    departments: HttpDepartments, stand_ins: StandIns
) -> None:
    await stand_ins.fault("departments", drop=True, after=True, next=1)
    answer = await departments.tell("gjj", "submit", f"{NUMBER}:submit", submission())
    assert (answer.verdict, answer.code) == (Verdict.NOT_NOW, "unreachable")
    assert (await departments.status("gjj", NUMBER)).errands == {"submit"}


@pytest.mark.parametrize(
    ("faults", "code"), [({"status": 503}, "failed"), ({"status": 429, "retry_after": 7}, "throttled")]
)
async def test_what_passes_is_worth_another_try(
    departments: HttpDepartments, stand_ins: StandIns, faults: dict[str, Any], code: str
) -> None:
    await stand_ins.fault("departments", **faults)
    answer = await departments.tell("gjj", "submit", f"{NUMBER}:submit", submission())
    assert (answer.verdict, answer.code) == (Verdict.NOT_NOW, code)
    assert (await departments.status("gjj", NUMBER)).heard is False
    assert await departments.known("gjj", [NUMBER]) is None


async def test_a_slow_department_is_given_up_in_time(departments: HttpDepartments, stand_ins: StandIns) -> None:
    await stand_ins.fault("departments", delay_ms=2_000)
    answer = await departments.tell("gjj", "submit", f"{NUMBER}:submit", submission())
    assert (answer.verdict, answer.code) == (Verdict.NOT_NOW, "timeout")


async def test_a_dead_department_rests_and_the_others_do_not(departments: HttpDepartments, stand_ins: StandIns) -> None:
    answer = await stand_ins.control.post("/control/departments/gjj/faults", json={"status": 503})
    answer.raise_for_status()
    for _ in range(6):
        await departments.tell("gjj", "submit", f"{NUMBER}:submit", submission())
    assert (list(departments.resting()), departments.room("gjj"), departments.room("ybj")) == (["gjj"], 0, 8)
    assert (await departments.tell("ybj", "submit", f"{NUMBER}:submit", submission())).verdict is Verdict.TAKEN
    await asyncio.sleep(0.6)
    assert departments.room("gjj") == 1, "after a rest one call may try"
    await stand_ins.control.post("/control/departments/gjj/faults", json={})
    assert (await departments.tell("gjj", "submit", f"{NUMBER}:submit", submission())).verdict is Verdict.TAKEN
    assert departments.room("gjj") == 8


async def test_what_cannot_be_read_is_refused_by_its_word(departments: HttpDepartments) -> None:
    bad = await departments.tell("gjj", "withdraw", f"{NUMBER}:withdraw", submission())
    assert (bad.verdict, bad.code) == (Verdict.REFUSED, "UNKNOWN_APPLICATION")
    empty = await departments.tell("gjj", "submit", f"{NUMBER}:submit", {"number": ""})
    assert (empty.verdict, empty.code) == (Verdict.REFUSED, "INVALID_REQUEST")


async def test_a_wrong_key_and_no_address_are_silence(stand_ins: StandIns) -> None:
    wrong = HttpDepartments(f"{stand_ins.url}/departments", SecretStr("wrong"))
    assert (await wrong.status("gjj", NUMBER)).heard is False
    await wrong.aclose()
    nowhere = HttpDepartments()
    assert (await nowhere.tell("gjj", "submit", "k", submission())).code == "not_connected"
    assert (await nowhere.status("gjj", NUMBER)).heard is False
    assert await nowhere.known("gjj", [NUMBER]) is None


async def test_a_department_with_an_address_of_its_own_is_reached_there(stand_ins: StandIns) -> None:
    own = {"gjj": (f"{stand_ins.url}/departments/moved", SecretStr(DEPARTMENTS_KEY))}
    departments = HttpDepartments(None, None, own=own)
    assert (await departments.tell("gjj", "submit", f"{NUMBER}:submit", submission())).verdict is Verdict.TAKEN
    assert (await stand_ins.seen("departments", system="moved"))[0]["number"] == NUMBER
    await departments.aclose()


async def test_its_list_is_in_pages_and_forgets_what_it_lost(departments: HttpDepartments, stand_ins: StandIns) -> None:
    numbers = [f"FZ2026-0001-{n:05d}-0" for n in range(5)]
    for number in numbers:
        await departments.tell("gjj", "submit", f"{number}:submit", submission(number))
    since = datetime.now(UTC) - timedelta(hours=1)
    listed = await departments.listing("gjj", since, numbers[1])
    assert listed is not None
    assert [one.number for one in listed] == numbers[2:]
    await stand_ins.control.post("/control/departments/forgotten", json={"numbers": numbers[:1]})
    known = await departments.known("gjj", numbers)
    assert known is not None
    assert [one.number for one in known] == numbers[1:]


async def test_steps_are_pushed_signed_with_the_departments_own_key(stand_ins: StandIns) -> None:
    came: list[tuple[dict[str, str], bytes]] = []

    async def take(request: Request) -> Response:
        came.append((dict(request.headers), await request.body()))
        return Response(status_code=204)

    await stories(stand_ins, lost=False)
    with served(Starlette(routes=[Route("/callbacks/departments/gjj", take, methods=["POST"])])) as url:
        departments = HttpDepartments(
            f"{stand_ins.url}/departments",
            SecretStr(DEPARTMENTS_KEY),
            report_to=f"{url}/callbacks/departments",
        )
        await departments.tell("gjj", "submit", f"{NUMBER}:submit", submission())
        async with asyncio.timeout(10):
            while len(came) < 4:  # noqa: ASYNC110  (in another thread)
                await asyncio.sleep(0.02)
        await departments.aclose()
    news = [read_news(NUMBER, json.loads(body)) for _, body in came]
    assert [one.seq for one in news] == [1, 2, 3, 4]
    assert all(headers["webhook-signature"].startswith("v1,") for headers, _ in came)
    assert len({headers["webhook-id"] for headers, _ in came}) == 4
