"""Every event that is written is told or declared silent, and nothing is told that is never written."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from app.domains.identity.guardians.model import GuardianshipState
from notifications.deliveries.model import Fact
from notifications.dispatch.model import DIGEST_DUE, PUSH_DUE, SMS_DUE
from notifications.messages.model import RULES, SILENT
from notifications.webhooks.deliveries.model import WEBHOOK_EVENTS
from notifications.webhooks.endpoints.model import WebhookEvent
from tests.architecture.test_rooms import _files, _name, _tree

# Events whose name is put together: which names come out of it.
PUT_TOGETHER = {
    "app/domains/identity/guardians/service.py": {f"guardianship.{state.value}" for state in GuardianshipState},
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
