"""What the desk sees of a citizen, what it does to a card, and who answers a dispute: rules without a database."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.passwords import temporary_password
from app.core.viewer import Role, Viewer
from app.domains.identity.citizens.model import Citizen, IdNumber, mask_id_number
from mocks.people import id_number
from virtual_card.cards.errors import CardNotActive, CardNotSuspended
from virtual_card.cards.model import Card, CardEvent, CardKind, CardState, DeskAct
from virtual_card.codes.model import Attribute
from virtual_card.disclosures.errors import NotDisputed, OwnLookUp
from virtual_card.disclosures.model import Channel, Disclosure, DisputeState, Told
from virtual_card.lookups.model import MaskedCitizen, RevealField

AT = datetime(2026, 5, 4, 8, tzinfo=UTC)
CLERK = Viewer(role=Role.OPS, actor="clerk")
LOOK = Disclosure.new(CLERK, "c", "desk", ("phone",), Channel.STAFF_READ, AT)
DISPUTED = LOOK.disputed("why", AT)


@given(
    st.dates(date(1930, 1, 1), date(2020, 1, 1)),
    st.integers(100, 999),
    st.text("林晓梅王二", min_size=2, max_size=6),
    st.integers(0, 99_999_999),
)
def test_a_masked_citizen_tells_none_of_the_three_in_full(born: date, order: int, name: str, phone: int) -> None:
    number = IdNumber.parse(id_number("350102", born, str(order)))
    citizen = Citizen("c", AT, phone=f"+86199{phone:08d}", name=name)
    masked = MaskedCitizen.of(citizen, number)
    shown = "".join(str(getattr(masked, field.name)) for field in fields(masked))
    assert masked.id_number == mask_id_number(number.text)
    assert number.birth.strftime("%Y%m%d") not in shown
    assert f"{phone:08d}" not in shown
    assert name not in shown
    assert masked.name is not None
    assert len(masked.name) == len(name)


def test_what_is_not_there_is_masked_as_nothing() -> None:
    masked = MaskedCitizen.of(Citizen("c", AT))
    assert (masked.name, masked.phone, masked.id_number) == (None, None, None)


def test_the_ledger_knows_all_that_a_code_tells_and_all_that_the_desk_reveals() -> None:
    assert {told.value for told in Told} >= {one.value for one in (*Attribute, *RevealField)}


@pytest.mark.parametrize("state", [DisputeState.UPHELD, DisputeState.REJECTED])
def test_a_dispute_is_answered_once_by_another(state: DisputeState) -> None:
    answered = DISPUTED.answered(state, "because", "other", AT)
    assert answered.dispute is not None
    assert (answered.dispute.state, answered.dispute.answer, answered.dispute.answered_by) == (
        state,
        "because",
        "other",
    )
    assert answered.dispute.reason == "why"
    for wrong in (answered, LOOK):
        with pytest.raises(NotDisputed):
            wrong.answered(state, "again", "other", AT)
    with pytest.raises(OwnLookUp):
        DISPUTED.answered(state, "of course", "clerk", AT)


def test_an_answer_leaves_no_dispute_open() -> None:
    with pytest.raises(NotDisputed):
        DISPUTED.answered(DisputeState.OPEN, "later", "other", AT)


def _card(state: CardState) -> Card:
    return Card("k", "1", "c", CardKind.PERSONAL, state, AT, date(2031, 5, 3), 0, ())


def _event(state: CardState, reason: str) -> CardEvent:
    return CardEvent(state, AT, "clerk", reason)


@pytest.mark.parametrize("to", [CardState.SUSPENDED, CardState.ACTIVE, CardState.REVOKED])
@pytest.mark.parametrize("was", [CardState.ACTIVE, CardState.SUSPENDED, CardState.REVOKED])
def test_the_desk_moves_a_card_as_its_life_allows(was: CardState, to: CardState) -> None:
    allowed = {
        (CardState.ACTIVE, CardState.SUSPENDED),
        (CardState.SUSPENDED, CardState.ACTIVE),
        (CardState.ACTIVE, CardState.REVOKED),
        (CardState.SUSPENDED, CardState.REVOKED),
    }
    act = DeskAct(to, "fraud")
    if (was, to) in allowed:
        moved = act.change(_card(was), AT.date(), _event)
        assert (moved.state, moved.history[-1].reason) == (to, "fraud")
    else:
        with pytest.raises(CardNotSuspended if to is CardState.ACTIVE else CardNotActive):
            act.change(_card(was), AT.date(), _event)


def test_an_expired_card_is_not_reinstated() -> None:
    with pytest.raises(CardNotSuspended):
        DeskAct(CardState.ACTIVE, "found").change(_card(CardState.SUSPENDED), date(2031, 5, 4), _event)
    revoked = DeskAct(CardState.REVOKED, "fraud").change(_card(CardState.ACTIVE), date(2031, 5, 4), _event)
    assert revoked == replace(_card(CardState.REVOKED), history=revoked.history)


def test_a_temporary_password_is_fresh_and_legible() -> None:
    drawn = {temporary_password() for _ in range(200)}
    assert len(drawn) == 200
    assert not set("".join(drawn)) & set("01ilo")
