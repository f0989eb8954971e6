"""Ids, cursors, codes of errors, who asks, and what a call is known by: rules of the core without a database."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import SystemClock, civil_day
from app.core.errors import BadInput, Forbidden, Outcome, Unauthenticated
from app.core.idempotency import Call
from app.core.ids import new_id, new_secret
from app.core.paging import MOST, Page, PageRequest, decode_cursor, encode_cursor
from app.core.viewer import ANONYMOUS, Role, Viewer

_SETS = """
from dataclasses import dataclass
from app.core.idempotency import Call
from app.core.viewer import Role, Viewer

@dataclass(frozen=True)
class Wish:
    skills: frozenset[str]

words = frozenset(map(str, range(50)))
print(Call.of(Viewer(Role.CITIZEN, "c", "c"), "ask", "k" * 8, words, (Wish(words), {"of": words})).content)
"""
CITIZEN = Viewer(role=Role.CITIZEN, actor="c", subject="c")


def test_ids_are_fresh_and_sort_by_the_time_they_were_made() -> None:
    ids = [new_id() for _ in range(2000)]
    assert ids == sorted(set(ids))
    assert {id_[14] for id_ in ids} == {"7"}


def test_a_secret_has_the_bits_that_were_asked_for() -> None:
    assert len(base64.urlsafe_b64decode(new_secret(128) + "==")) == 16
    assert len({new_secret() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("hour", "day"), [(15, "2026-03-02"), (16, "2026-03-03")], ids=["23:00 in the city", "midnight in the city"]
)
def test_the_day_is_the_citys_day(hour: int, day: str) -> None:
    assert civil_day(datetime(2026, 3, 2, hour, tzinfo=UTC)).isoformat() == day


def test_the_clock_counts_in_milliseconds_of_utc() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0


@given(st.text(min_size=1, max_size=80))
def test_cursors_come_back(key: str) -> None:
    assert decode_cursor(encode_cursor(key)) == key


@given(st.text(max_size=40))
def test_any_cursor_is_read_or_refused_by_name(cursor: str) -> None:
    try:
        decode_cursor(cursor)
    except BadInput as refused:
        assert refused.field == "after"  # noqa: PT017  (most texts are refused, some are read)


@pytest.mark.parametrize(("first", "size"), [(None, 20), (1, 1), (MOST, MOST)])
def test_a_page_has_twenty_rows_unless_asked(first: int | None, size: int) -> None:
    assert PageRequest.of(first, None) == PageRequest(size, None)


@pytest.mark.parametrize("first", [0, -1, MOST + 1, 10**9])
def test_a_page_has_one_to_a_hundred_rows(first: int) -> None:
    with pytest.raises(BadInput) as refused:
        PageRequest.of(first, None)
    assert refused.value.field == "first"


@given(st.lists(st.integers(), max_size=8), st.integers(1, 6))
def test_the_row_beyond_a_page_tells_that_more_follow(rows: list[int], first: int) -> None:
    page = Page.cut(rows[: first + 1], PageRequest(first))
    assert page.items == tuple(rows[:first])
    assert page.has_next is (len(rows) > first)


def test_an_error_is_known_by_its_name_and_carries_its_data() -> None:
    @dataclass(eq=False)
    class SeatTakenByOther(Outcome):
        seat: int

    assert SeatTakenByOther.code == "SEAT_TAKEN_BY_OTHER"
    assert (SeatTakenByOther(4).data, str(SeatTakenByOther(4))) == ({"seat": 4}, "SEAT_TAKEN_BY_OTHER")


def test_a_citizen_a_guardian_and_a_stranger_are_told_apart() -> None:
    guardian = replace(CITIZEN, subject="ward")
    assert (CITIZEN.citizen(), CITIZEN.self_only(), CITIZEN.is_guardian) == ("c", "c", False)
    assert (guardian.citizen(), guardian.acting(), guardian.is_guardian) == ("ward", "c", True)
    with pytest.raises(Forbidden):
        guardian.self_only()
    for ask in (ANONYMOUS.citizen, ANONYMOUS.self_only, ANONYMOUS.acting, ANONYMOUS.provider):
        with pytest.raises(Unauthenticated):
            ask()


@pytest.mark.parametrize("role", [Role.PROVIDER_CLIENT, Role.PROVIDER_STAFF])
def test_a_provider_acts_within_its_scopes(role: Role) -> None:
    provider = Viewer(role=role, actor="p", organisation="library", scopes=frozenset({"verify:library"}))
    assert provider.provider("verify:library") == provider.provider() == "library"
    with pytest.raises(Forbidden):
        provider.provider("verify:transit")
    with pytest.raises(Unauthenticated):
        provider.citizen()
    with pytest.raises(Unauthenticated):
        replace(provider, organisation=None).provider()


def test_a_citizen_or_ops_cannot_act_as_a_provider_even_with_its_scopes() -> None:
    for role in (Role.CITIZEN, Role.OPS, Role.ANONYMOUS):
        with pytest.raises(Unauthenticated):
            Viewer(role=role, actor="x", organisation="library", scopes=frozenset({"s"})).provider("s")


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "eight\nch", "eight\x00ch", "eight\u200bch"])
def test_an_idempotency_key_has_a_form(key: str) -> None:
    with pytest.raises(BadInput) as refused:
        Call.of(CITIZEN, "op", key)
    assert refused.value.field == "idempotencyKey"


def test_calls_are_alike_when_caller_operation_and_key_are() -> None:
    call = Call.of(CITIZEN, "op", "key-0001", "content")
    assert call.id == Call.of(CITIZEN, "op", "key-0001", "other content").id
    others = [
        Call.of(CITIZEN, "op", "key-0002"),
        Call.of(CITIZEN, "po", "key-0001"),
        Call.of(replace(CITIZEN, subject="ward"), "op", "key-0001"),
        Call.of(replace(CITIZEN, actor="guardian"), "op", "key-0001"),
        Call.of(Viewer(role=Role.PROVIDER_STAFF, actor="c", subject="c"), "op", "key-0001"),
        Call.of(ANONYMOUS, "op", "key-0001", kept_by="device-1"),
        Call.of(ANONYMOUS, "op", "key-0001", kept_by="device-2"),
    ]
    assert len({call.id, *(other.id for other in others)}) == 1 + len(others)


def test_a_call_that_names_a_set_is_the_same_call_in_every_process() -> None:
    seen = {
        subprocess.run(
            [sys.executable, "-c", _SETS], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in "123"
    }
    assert len(seen) == 1
    assert b"Wish(skills={" in seen.pop()
