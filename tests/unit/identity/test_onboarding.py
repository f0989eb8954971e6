"""An application: what may be said in it, and which way it may go."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from stdnum.cn import uscc

from app.core.errors import BadInput
from app.domains.identity.citizens.errors import NameInvalid, PhoneInvalid
from app.domains.identity.onboarding.errors import (
    ApplicationMovedOn,
    RejectionWithoutReason,
    ScopeNotAskedFor,
    ScopeUnknown,
)
from app.domains.identity.onboarding.model import Application, ApplicationState, Form
from app.domains.identity.organisations.errors import CreditCodeFault, CreditCodeInvalid
from app.domains.identity.organisations.model import Kind, parse_credit_code

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
GOOD = "91110000600037341L"
KNOWN = ("verify:gate", "verify:library", "notify")
FORM = Form(
    name="榕树书店",
    credit_code=GOOD,
    kind=Kind.MERCHANT,
    contact_name="陈静",
    contact_phone="13800138000",
    scopes=frozenset({"verify:gate", "notify"}),
    purpose="会员凭市民码入场，不再办理实体卡。",
)
NEW = Application.new("01", "hash", FORM.parsed(KNOWN), NOW, None)


@pytest.mark.parametrize("raw", [GOOD, GOOD.lower(), " 9111 0000-6000 37341L "])
def test_a_credit_code_is_read_however_it_is_spaced(raw: str) -> None:
    assert parse_credit_code(raw) == GOOD


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("", CreditCodeFault.FORM),
        ("12345", CreditCodeFault.FORM),
        (GOOD + "0", CreditCodeFault.FORM),
        ("A1110000600037341L", CreditCodeFault.FORM),  # the first eight are digits
        ("91110000I00037341L", CreditCodeFault.FORM),  # I, O, S, V, Z are not used
        ("9１110000600037341L", CreditCodeFault.FORM),  # a full-width digit
        ("91110000600037341Ŀ", CreditCodeFault.FORM),
        ("91110000600037341M", CreditCodeFault.CHECK_DIGIT),
        ("91110000600037314L", CreditCodeFault.CHECK_DIGIT),
        ("9111000060003734１L", CreditCodeFault.FORM),
    ],
)
def test_a_credit_code_that_cannot_exist_says_why(raw: str, fault: CreditCodeFault) -> None:
    with pytest.raises(CreditCodeInvalid) as refused:
        parse_credit_code(raw)
    assert refused.value.fault is fault


@given(st.text(max_size=30))
def test_any_text_is_a_credit_code_or_refused(raw: str) -> None:
    with suppress(CreditCodeInvalid):
        assert uscc.is_valid(parse_credit_code(raw))


@pytest.mark.parametrize(
    ("change", "refused", "told"),
    [
        ({"credit_code": "1"}, CreditCodeInvalid, {"fault": CreditCodeFault.FORM}),
        ({"contact_name": "7"}, NameInvalid, {}),
        ({"contact_phone": "0591-12345"}, PhoneInvalid, {}),
        ({"scopes": frozenset({"verify:gate", "rule"})}, ScopeUnknown, {"scope": "rule"}),
        ({"scopes": frozenset()}, BadInput, {"field": "scopes"}),
        ({"name": "书"}, BadInput, {"field": "name"}),
        ({"name": "书店\x00"}, BadInput, {"field": "name"}),
        ({"name": "书" * 101}, BadInput, {"field": "name"}),
        ({"purpose": "因为"}, BadInput, {"field": "purpose"}),
        ({"purpose": "因" * 1001}, BadInput, {"field": "purpose"}),
        ({"kind": Kind.GOVERNMENT}, BadInput, {"field": "kind"}),
    ],
)
def test_a_form_names_what_is_wrong_with_it(change: Any, refused: type[Exception], told: dict[str, Any]) -> None:
    with pytest.raises(refused) as raised:
        replace(FORM, **change).parsed(KNOWN)
    assert {name: getattr(raised.value, name) for name in told} == told


def test_a_form_is_kept_as_registries_write_it() -> None:
    kept = replace(FORM, name="  榕树 \n 书店 ", credit_code=GOOD.lower()).parsed(KNOWN)
    assert (kept.name, kept.credit_code, kept.contact_phone) == ("榕树 书店", GOOD, "+8613800138000")


def test_no_more_is_granted_than_was_asked_for() -> None:
    reviewed = NEW.taken_up(NOW, "staff")
    with pytest.raises(ScopeNotAskedFor) as refused:
        reviewed.approved({"verify:library"}, NOW, "staff")
    assert refused.value.scope == "verify:library"
    with pytest.raises(BadInput):
        reviewed.approved((), NOW, "staff")
    approved = reviewed.approved({"verify:gate"}, NOW, "staff")
    assert approved.granted == {"verify:gate"}
    assert approved.gone_live(FORM.scopes, NOW, "staff").granted == FORM.scopes


@pytest.mark.parametrize("reason", ["", " ", "x", "x" * 501, "ab\x00c"])
def test_a_rejection_needs_a_reason(reason: str) -> None:
    with pytest.raises(RejectionWithoutReason):
        NEW.taken_up(NOW, "staff").rejected(reason, NOW, "staff")


_MOVES: dict[str, Callable[[Application, datetime], Application]] = {
    "taken_up": lambda one, at: one.taken_up(at, "staff"),
    "approved": lambda one, at: one.approved(("notify",), at, "staff"),
    "gone_live": lambda one, at: one.gone_live(("notify",), at, "staff"),
    "rejected": lambda one, at: one.rejected("no such shop", at, "staff"),
    "withdrawn": lambda one, at: one.withdrawn(at),
}
_MODEL = {
    "submitted": {"taken_up": "in_review", "withdrawn": "withdrawn"},
    "in_review": {"approved": "approved", "rejected": "rejected", "withdrawn": "withdrawn"},
    "approved": {"gone_live": "live", "rejected": "rejected", "withdrawn": "withdrawn"},
    "live": {},
    "rejected": {},
    "withdrawn": {},
}


class Life(RuleBasedStateMachine):
    """Any moves in any order: the application goes where the table says, and nowhere else."""

    def __init__(self) -> None:
        super().__init__()
        self.application, self.state, self.at, self.steps = NEW, "submitted", NOW, 1

    @rule(move=st.sampled_from(sorted(_MOVES)))
    def move(self, move: str) -> None:
        self.at += timedelta(minutes=1)
        if move in _MODEL[self.state]:
            self.application = _MOVES[move](self.application, self.at)
            self.state, self.steps = _MODEL[self.state][move], self.steps + 1
        else:
            with pytest.raises(ApplicationMovedOn) as refused:
                _MOVES[move](self.application, self.at)
            assert refused.value.state == self.state

    @invariant()
    def history_is_whole(self) -> None:
        history = self.application.history
        assert (self.application.state.value, len(history)) == (self.state, self.steps)
        assert history[-1].state is self.application.state
        assert sorted(event.at for event in history) == [event.at for event in history]

    @invariant()
    def only_the_admitted_have_scopes_and_only_the_rejected_an_answer(self) -> None:
        passed = {event.state for event in self.application.history}
        assert bool(self.application.granted) == (ApplicationState.APPROVED in passed)
        assert (self.application.answer is not None) == (self.state == "rejected")
        assert self.application.open == bool(_MODEL[self.state])


TestLife = Life.TestCase
