"""Every event that is written is told or declared silent, and nothing is told that is never written."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from app.domains.community.shops.orders.model import OrderState
from app.domains.community.votes.model import VoteState
from app.domains.government.applications.history.model import TOLD
from app.domains.identity.guardians.model import GuardianshipState
from app.domains.payment.disputes.model import DisputeOutcome
from app.domains.voice.cases.history.model import Happened as CaseHappened
from notifications.deliveries.model import Fact
from notifications.dispatch.model import DIGEST_DUE, PUSH_DUE, SMS_DUE
from notifications.messages.model import RULES, SILENT
from notifications.webhooks.deliveries.model import WEBHOOK_EVENTS
from notifications.webhooks.endpoints.model import WebhookEvent
from tests.architecture.test_rooms import _files, _name, _tree
from virtual_card.licences.model import LicenceState

# Events whose name is put together: which names come out of it.
PUT_TOGETHER = {
    "app/domains/government/applications/history/service.py": {
        *(f"application.{what.value}" for what in TOLD),
        "application.draft_dropped",
        "application.draft_ends",
    },
    "app/domains/identity/guardians/service.py": {f"guardianship.{state.value}" for state in GuardianshipState},
    "virtual_card/licences/service.py": {
        *(
            f"licence.{state.value}"
            for state in LicenceState
            if state not in (LicenceState.ACTIVE, LicenceState.EXPIRED)
        ),
        "licence.reinstated",
    },
    "app/domains/voice/cases/service.py": {f"case.{what.value}" for what in CaseHappened},
    "app/domains/voice/conversations/threads/following/service.py": {
        "proposal.answered",
        "proposal.expired",
        "proposal.overdue",
        "proposal.reached",
        "thread.closed",
        "thread.official_reply",
    },
    "app/domains/life/culture/tickets/service.py": {
        f"event_ticket.{what}" for what in ("bought", "cancelled", "lapsed", "moved")
    },
    "app/domains/life/culture/waiting/passing/service.py": {
        f"event_wait.{what}" for what in ("offered", "over", "passed")
    },
    "app/domains/community/care/escalating/service.py": {
        f"care.told_{whom}" for whom in ("himself", "contact", "officer", "centre")
    },
    "app/domains/community/family_visits/ending/service.py": {
        f"family_visit.{state}" for state in ("accepted", "refused", "cancelled", "lapsed")
    },
    "app/domains/community/votes/telling/service.py": {f"vote.{state.value}" for state in VoteState},
    "app/domains/community/shops/orders/moving/service.py": {
        f"shop_order.{state.value}" for state in OrderState if state not in (OrderState.PLACED, OrderState.GIVEN_UP)
    },
    "app/domains/payment/treatments/service.py": {
        f"treatment.{state}" for state in ("declined", "cancelled", "expired", "lapsed")
    },
    "app/domains/payment/disputes/steps/service.py": {
        *(f"dispute.{outcome.value}" for outcome in DisputeOutcome),
        *(f"dispute.{what}" for what in ("opened", "answered", "replied", "to_decide", "warned")),
    },
    "notifications/deliveries/service.py": {f"message.{fact.value}" for fact in Fact},
    "notifications/dispatch/service.py": {PUSH_DUE, SMS_DUE, DIGEST_DUE},
}


def _is_event(node: ast.AST) -> bool:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    return node.value in RULES or node.value in SILENT


def _is_writing(node: ast.AST) -> bool:
    written = isinstance(node, ast.Call) and ast.unparse(node.func)
    return bool(written) and written.endswith(("outbox.add", "outbox.later"))


def _written() -> Iterator[str]:
    """Names given to the outbox, there or in a function of the same file that passes them on."""
    for path in _files():
        calls = [n for n in ast.walk(_tree(path)) if _is_writing(n)]
        for call in calls:
            if isinstance(call.args[0], ast.Constant):
                yield str(call.args[0].value)
            else:
                yield from PUT_TOGETHER.get(_name(path), ())
                yield from (n.value for n in ast.walk(_tree(path)) if _is_event(n))  # type: ignore[attr-defined]


def test_every_event_is_told_or_silent_and_nothing_more() -> None:
    assert set(_written()) == RULES.keys() | SILENT


def test_what_goes_out_to_providers_is_written_by_somebody() -> None:
    assert set(_written()) >= WEBHOOK_EVENTS.keys()
    assert {route.event for route in WEBHOOK_EVENTS.values()} == set(WebhookEvent) - {WebhookEvent.ENDPOINT_DISABLED}


def test_nothing_is_both_told_and_silent() -> None:
    assert RULES.keys() & SILENT == set()


def test_the_events_of_names_put_together_are_written_by_calls_that_pass_them_on() -> None:
    for place in PUT_TOGETHER:
        (path,) = (p for p in _files() if _name(p) == place)
        assert any(_is_writing(n) for n in ast.walk(_tree(path)))
