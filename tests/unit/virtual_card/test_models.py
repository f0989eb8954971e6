"""Cards by the calendar, what each purpose may learn, why a code is refused, and a dispute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Unauthenticated
from app.core.viewer import ANONYMOUS, Assurance, Role, Viewer
from app.domains.identity.citizens.model import Citizen, Sex
from virtual_card.cards.errors import CardNotActive, CardNotSuspended
from virtual_card.cards.model import Card, CardEvent, CardKind, CardState
from virtual_card.codes.errors import CodeExpired, CodeForOtherPurpose, CodeUnknown, CodeUsed
from virtual_card.codes.model import Attribute, KeptCode, Purpose, disclosed, disclosed_offline, refusal
from virtual_card.disclosures.errors import AlreadyDisputed
from virtual_card.disclosures.model import Channel, Disclosure, DisputeState

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TODAY, LAST = date(2026, 3, 2), date(2031, 3, 1)
ISSUED = CardEvent(CardState.ACTIVE, AT, "c", "issued")
CARD = Card("card", "3501482095736184", "c", CardKind.PERSONAL, CardState.ACTIVE, AT, LAST, 7, (ISSUED,))
CITIZEN = Citizen(
    "c",
    AT,
    Assurance.REAL_NAME,
    phone="+8619900000001",
    name="林晓梅",
    sex=Sex.FEMALE,
    birth_month="1960-02",
    household="household-1",
    division="350102",
    verified_at=AT,
)
TOLD = {
    Purpose.TRANSIT: {"resident": True, "over_60": True, "under_18": False},
    Purpose.HOSPITAL: {"name": "林晓梅", "sex": "female", "birth_month": "1960-02", "card_number": CARD.number},
    Purpose.LIBRARY: {"resident": True, "under_18": False, "card_number": CARD.number},
    Purpose.GATE: {"resident": True, "masked_name": "林**"},
    Purpose.SERVICE_HALL: {"name": "林晓梅", "card_number": CARD.number},
    Purpose.PATROL: {"resident": True, "masked_name": "林**"},
}


@pytest.mark.parametrize(
    ("state", "day", "seen"),
    [
        (CardState.ACTIVE, LAST, CardState.ACTIVE),
        (CardState.ACTIVE, LAST + timedelta(days=1), CardState.EXPIRED),
        (CardState.SUSPENDED, LAST, CardState.SUSPENDED),
        (CardState.SUSPENDED, LAST + timedelta(days=1), CardState.EXPIRED),
        (CardState.REVOKED, LAST + timedelta(days=1), CardState.REVOKED),
    ],
)
def test_a_card_expires_after_its_last_day(state: CardState, day: date, seen: CardState) -> None:
    assert replace(CARD, state=state).state_on(day) is seen


def test_an_expired_card_says_so_to_whoever_uses_it() -> None:
    late, event = LAST + timedelta(days=1), replace(ISSUED, state=CardState.SUSPENDED)
    with pytest.raises(CardNotActive) as refused:
        CARD.suspended(late, event)
    assert refused.value.state == "expired"
    with pytest.raises(CardNotSuspended) as unfit:
        replace(CARD, state=CardState.SUSPENDED).reinstated(late, ISSUED)
    assert unfit.value.state == "expired"


@pytest.mark.parametrize("purpose", Purpose)
def test_a_verifier_learns_exactly_what_its_purpose_allows(purpose: Purpose) -> None:
    assert disclosed(purpose, CITIZEN, CARD, TODAY) == TOLD[purpose]


@pytest.mark.parametrize("purpose", Purpose)
def test_an_offline_code_says_less_and_never_who_it_is(purpose: Purpose) -> None:
    told = disclosed_offline(purpose, CITIZEN, CARD, TODAY)
    assert told == {k: v for k, v in TOLD[purpose].items() if k in ("resident", "over_60", "under_18")}


@given(st.sampled_from(Purpose), st.dates(date(1920, 1, 1), date(2025, 1, 1)))
def test_no_purpose_learns_phone_household_or_where_one_lives(purpose: Purpose, born: date) -> None:
    citizen = replace(CITIZEN, birth_month=f"{born:%Y-%m}")
    values = [str(value) for value in disclosed(purpose, citizen, CARD, TODAY).values()]
    assert not {CITIZEN.phone, CITIZEN.household, CITIZEN.division} & set(values)
    assert {a.value for a in Attribute} & {"id_number", "phone", "address", "photo"} == set()


@pytest.mark.parametrize(
    ("month", "over_60", "under_18"),
    [("1966-02", True, False), ("1966-03", False, False), ("2008-02", False, False), ("2008-03", False, True)],
)
def test_ages_are_answered_by_yes_or_no(month: str, over_60: bool, under_18: bool) -> None:
    told = disclosed(Purpose.TRANSIT, replace(CITIZEN, birth_month=month), CARD, TODAY)
    assert (told[Attribute.OVER_60], told[Attribute.UNDER_18]) == (over_60, under_18)


def test_each_purpose_has_a_scope_of_its_own() -> None:
    assert len({purpose.scope for purpose in Purpose}) == len(Purpose)
    assert Purpose.TRANSIT.scope == "verify:transit"


KEPT = KeptCode("hash", "card", "c", Purpose.TRANSIT, AT + timedelta(seconds=60), None)


@pytest.mark.parametrize(
    ("kept", "purpose", "reason"),
    [
        (None, Purpose.TRANSIT, CodeUnknown),
        (KEPT, Purpose.GATE, CodeForOtherPurpose),
        (replace(KEPT, used_at=AT), Purpose.GATE, CodeForOtherPurpose),
        (replace(KEPT, used_at=AT), Purpose.TRANSIT, CodeUsed),
        (replace(KEPT, expires_at=AT), Purpose.TRANSIT, CodeExpired),
    ],
)
def test_a_refused_code_is_explained(kept: KeptCode | None, purpose: Purpose, reason: type[Exception]) -> None:
    assert type(refusal(kept, purpose)) is reason


def test_a_disclosure_names_organisation_and_verifier_and_can_be_disputed_once() -> None:
    clerk = Viewer(role=Role.PROVIDER_STAFF, actor="clerk", organisation="library")
    made = Disclosure.new(clerk, "c", "library", ("resident",), Channel.ONLINE_CODE, AT)
    assert (made.organisation, made.verifier, made.citizen, made.dispute) == ("library", "clerk", "c", None)
    disputed = made.disputed("I was not there", AT)
    assert disputed.dispute is not None
    assert (disputed.dispute.reason, disputed.dispute.state) == ("I was not there", DisputeState.OPEN)
    assert replace(disputed, dispute=None) == made
    with pytest.raises(AlreadyDisputed):
        disputed.disputed("again", AT)


def test_a_look_by_the_ops_desk_is_named_as_such_and_nobody_looks_without_a_name() -> None:
    desk = Viewer(role=Role.OPS, actor="ops-1")
    assert Disclosure.new(desk, "c", "support", ("name",), Channel.STAFF_READ, AT).organisation == "ops"
    with pytest.raises(Unauthenticated):
        Disclosure.new(ANONYMOUS, "c", "support", ("name",), Channel.STAFF_READ, AT)
