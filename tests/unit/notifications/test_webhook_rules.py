"""Signatures, waits, health, secrets: the pure part of webhooks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from app.core.errors import BadInput
from app.core.events import Event
from notifications.channels.webhook import WebhookAnswer, WebhookOutcome
from notifications.webhooks.deliveries.model import WEBHOOK_EVENTS, Delivery, owner_of
from notifications.webhooks.endpoints.errors import WebhookNotActive, WebhookRotationUnderway, WebhookStateFixed
from notifications.webhooks.endpoints.model import (
    DisabledReason,
    Endpoint,
    EndpointChange,
    EndpointState,
    Health,
    WebhookEvent,
    new_signing_secret,
    overlap_of,
)
from notifications.webhooks.sending.model import GIVEN_UP, judged, next_try, signed, stale_before

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ENDPOINT = Endpoint(
    "e", "org", False, "https://receiver.test/", "", frozenset(WebhookEvent), AT, secret=new_signing_secret()
)
MADE = Event(
    "018e-1", "disclosure.made", "citizen-1", {"disclosure": "d1", "organisation": "org", "purpose": "gate"}, AT
)


def answer(outcome: WebhookOutcome, status: int | None = None, after: int | None = None) -> WebhookAnswer:
    return WebhookAnswer(outcome, 0.1, status, timedelta(seconds=after) if after is not None else None)


FAILED, DELIVERED = answer(WebhookOutcome.REFUSED, 500), answer(WebhookOutcome.DELIVERED, 204)


def test_a_receiver_with_the_official_library_accepts_what_is_signed() -> None:
    now = datetime.now(UTC)
    delivery = Delivery.of(MADE, ENDPOINT, now)
    told = Webhook(ENDPOINT.secret).verify(delivery.body, signed(delivery, [ENDPOINT.secret], now))
    assert told == {
        "type": "disclosure.made",
        "timestamp": "2026-03-02T08:00:00.000Z",
        "data": {"disclosureId": "RGlzY2xvc3VyZTpkMQ==", "purpose": "gate"},
    }


@pytest.mark.parametrize("part", ["webhook-id", "webhook-timestamp", "webhook-signature", "body", "secret"])
def test_what_was_altered_is_not_accepted(part: str) -> None:
    now = datetime.now(UTC)
    delivery = Delivery.of(MADE, ENDPOINT, now)
    headers, body = signed(delivery, [ENDPOINT.secret], now), delivery.body
    secret = new_signing_secret() if part == "secret" else ENDPOINT.secret
    if part == "body":
        body = body.replace("gate", "hall")
    elif part in headers:
        later = str(int(headers["webhook-timestamp"]) + 1)
        headers[part] = {"webhook-timestamp": later, "webhook-signature": "v1,AAAA"}.get(part, "another")
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_during_a_rotation_either_secret_verifies_and_afterwards_only_the_new_one() -> None:
    now = datetime.now(UTC)
    fresh = new_signing_secret()
    rotated = ENDPOINT.rotated(fresh, timedelta(hours=1), now)
    delivery = Delivery.of(MADE, rotated, now)
    overlapping = signed(delivery, rotated.secrets(now), now)
    for secret in (fresh, ENDPOINT.secret):
        Webhook(secret).verify(delivery.body, overlapping)
    assert rotated.secrets(now + timedelta(hours=1)) == (fresh,)


def test_a_third_secret_waits_for_the_end_of_the_overlap_unless_the_old_ones_are_to_end_at_once() -> None:
    rotated = ENDPOINT.rotated("second", timedelta(hours=1), AT)
    with pytest.raises(WebhookRotationUnderway) as refused:
        rotated.rotated("third", timedelta(hours=1), AT + timedelta(minutes=59))
    assert refused.value.until == AT + timedelta(hours=1)
    assert rotated.rotated("third", timedelta(hours=1), AT + timedelta(hours=1)).secrets(AT + timedelta(hours=1)) == (
        "third",
        "second",
    )
    assert rotated.rotated("third", timedelta(0), AT).secrets(AT) == ("third",)


@pytest.mark.parametrize("hours", [-1, 169, 10**30])
def test_an_overlap_is_of_at_most_a_week(hours: int) -> None:
    with pytest.raises(BadInput):
        overlap_of(hours)


def test_secrets_do_not_stand_in_what_is_printed() -> None:
    assert "whsec_" not in repr(ENDPOINT.rotated(new_signing_secret(), timedelta(hours=1), AT))


def test_the_waits_grow_and_end_after_a_day() -> None:
    delivery, at, waits = Delivery.of(MADE, ENDPOINT, AT), AT, []
    while (due := next_try(delivery, FAILED, at, 0.0)) is not None:
        waits.append(due - at)
        delivery = replace(delivery, tried=delivery.tried + 1, first_tried_at=delivery.first_tried_at or at)
        at = due
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=5), timedelta(hours=2))
    assert timedelta(hours=22) <= at - AT <= GIVEN_UP
    assert 15 <= len(waits) <= 20


@given(
    tried=st.integers(0, 50),
    jitter=st.floats(-1, 1),
    after=st.none() | st.integers(0, 999_999),
)
def test_the_next_try_is_later_and_never_before_the_receivers_wish(
    tried: int, jitter: float, after: int | None
) -> None:
    delivery = replace(Delivery.of(MADE, ENDPOINT, AT), tried=tried, first_tried_at=AT)
    due = next_try(delivery, answer(WebhookOutcome.THROTTLED, 429, after), AT, jitter)
    assert due is not None
    assert due > AT
    assert due - AT >= min(timedelta(seconds=after or 0), timedelta(hours=6))


def test_gone_disables_at_once_and_three_days_of_failures_in_the_end() -> None:
    assert judged(ENDPOINT, [DELIVERED, answer(WebhookOutcome.GONE, 410)], AT).disabled is DisabledReason.GONE
    failing = replace(ENDPOINT, health=Health(100, AT))
    assert judged(failing, [FAILED], AT + timedelta(hours=71)).disabled is None
    assert judged(failing, [FAILED], AT + timedelta(hours=72)).disabled is DisabledReason.FAILING


def test_one_success_makes_well_and_failures_in_a_row_make_rest() -> None:
    endpoint, rests = ENDPOINT, []
    for _ in range(12):
        verdict = judged(endpoint, [FAILED], AT)
        rests.append(verdict.rest.total_seconds())
        endpoint = replace(endpoint, health=verdict.health)
    assert rests == [0, 0, 0, 0, 30, 60, 120, 240, 480, 600, 600, 600]
    assert judged(endpoint, [FAILED, DELIVERED], AT).health == Health()


def test_a_wish_to_wait_rests_the_whole_endpoint() -> None:
    assert judged(ENDPOINT, [DELIVERED, answer(WebhookOutcome.THROTTLED, 429, 90)], AT).rest == timedelta(seconds=90)
    endless = answer(WebhookOutcome.THROTTLED, 503, 999_999)
    assert judged(ENDPOINT, [endless], AT).rest == timedelta(hours=6)


def test_nothing_tried_says_nothing() -> None:
    assert judged(replace(ENDPOINT, health=Health(3, AT)), [], AT).health == Health(3, AT)


def test_untried_deliveries_are_stale_only_when_their_endpoint_failed_for_a_whole_day() -> None:
    day = timedelta(days=1)
    assert stale_before(ENDPOINT, AT) is None
    assert stale_before(replace(ENDPOINT, health=Health(9, AT)), AT + day - timedelta(seconds=1)) is None
    assert stale_before(replace(ENDPOINT, health=Health(9, AT)), AT + 2 * day) == AT + day


def test_states_change_as_their_owner_may() -> None:
    paused = ENDPOINT.paused()
    assert paused.state is EndpointState.PAUSED
    with pytest.raises(WebhookNotActive):
        paused.active()
    gone, barred = ENDPOINT.disabled(DisabledReason.GONE, AT), ENDPOINT.disabled(DisabledReason.OPS, AT)
    assert gone.resumed(by_desk=False).state is EndpointState.ACTIVE
    for change in (barred.paused, gone.paused, lambda: barred.resumed(by_desk=False)):
        with pytest.raises(WebhookStateFixed):
            change()
    assert barred.resumed(by_desk=True).disabled_reason is None


def test_a_change_leaves_what_it_does_not_name() -> None:
    changed = EndpointChange(description=" mine ").checked().of(ENDPOINT)
    assert changed == replace(ENDPOINT, description="mine")
    for bad in (
        EndpointChange(events=frozenset()),
        EndpointChange(description="x\ny"),
        EndpointChange(description="x" * 201),
    ):
        with pytest.raises(BadInput):
            bad.checked()


def test_a_body_holds_no_citizen_and_only_what_the_table_names() -> None:
    facts = {
        "disclosure": "d1",
        "message": "m1",
        "organisation": "org",
        "purpose": "gate",
        "outcome": "upheld",
        "channel": "push",
        "phone": "+8613800000000",
    }
    for type_, route in WEBHOOK_EVENTS.items():
        said = {
            **{fact: "an id" for fact, _ in route.ids.values()},
            **dict.fromkeys(route.codes.values(), "a code"),
            **facts,
        }
        said[route.subject] = "s1"
        made = Delivery.of(Event("018e-1", type_, "citizen-1", said, AT), ENDPOINT, AT)
        body = json.loads(made.body)
        assert set(body["data"]) == {*route.ids, *route.codes}
        assert "citizen" not in made.body
        assert "+86" not in made.body


def test_an_event_of_no_organisation_or_of_another_kind_goes_to_nobody() -> None:
    assert owner_of(MADE) == ("org", False)
    assert owner_of(replace(MADE, facts={**MADE.facts, "test": True})) == ("org", True)
    assert owner_of(replace(MADE, facts={"disclosure": "d1"})) is None
    assert owner_of(replace(MADE, type="card.issued")) is None


def test_live_endpoints_hear_of_no_test_citizen_and_test_endpoints_of_nobody_else() -> None:
    event = WebhookEvent.DISCLOSURE_MADE
    assert [ENDPOINT.wants(event, test=test) for test in (False, True)] == [True, False]
    assert [replace(ENDPOINT, test=True).wants(event, test=test) for test in (False, True)] == [False, True]
