"""Identifiers: UUIDv7 strings, so that keys sort by the time they were made (RFC 9562)."""

from __future__ import annotations

import base64
import re
import secrets
from datetime import UTC, datetime

import uuid_utils

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def new_id() -> str:
    return str(uuid_utils.uuid7())


def first_id(at: datetime) -> str:
    """No id that is made at that moment or later is smaller."""
    digits = f"{int(at.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-000000000000"


def made_at(id_: str) -> datetime | None:
    """When this id was made; None: it is none of `new_id`."""
    if not UUID.fullmatch(id_) or id_[14] != "7":
        return None
    return datetime.fromtimestamp(int(id_.replace("-", "")[:12], 16) / 1000, UTC)


def global_id(type_name: str, key: str) -> str:
    """An id as the outside knows it, which says its type: base64 of `Type:key`, as Relay does."""
    return base64.b64encode(f"{type_name}:{key}".encode()).decode()


def new_secret(bits: int = 256) -> str:
    """A random secret in URL-safe text."""
    return secrets.token_urlsafe(bits // 8)
