"""Providers of a test, invented: their credit codes can exist, and belong to nobody."""

from __future__ import annotations

import itertools
from typing import Any

from stdnum.cn import uscc

from app.domains.identity.onboarding.model import Form
from app.domains.identity.organisations.model import Kind

_numbers = itertools.count(1)
WANTED = frozenset({"verify:gate", "verify:library", "notify"})


def credit_code() -> str:
    """One that no other call gives. District 350199 is not in use."""
    body = f"91350199{next(_numbers):09d}"
    return body + uscc.calc_check_digit(body)


def form(**said: Any) -> Form:
    wish: dict[str, Any] = {
        "name": "榕树书店",
        "credit_code": credit_code(),
        "kind": Kind.MERCHANT,
        "contact_name": "陈静",
        "contact_phone": "+8619900777001",
        "scopes": WANTED,
        "purpose": "会员凭市民码入场，不再办理实体卡。",
    }
    return Form(**{**wish, **said})


def application(**said: Any) -> dict[str, Any]:
    """The same as the provider schema takes it."""
    wish = form()
    given = {
        "name": wish.name,
        "creditCode": wish.credit_code,
        "kind": wish.kind.name,
        "contactName": wish.contact_name,
        "contactPhone": wish.contact_phone,
        "scopes": sorted(wish.scopes),
        "purpose": wish.purpose,
    }
    return {**given, **said}
