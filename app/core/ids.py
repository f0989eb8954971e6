"""Identifiers: UUIDv7 strings, so that keys sort by the time they were made (RFC 9562)."""

from __future__ import annotations

import secrets

import uuid_utils


def new_id() -> str:
    return str(uuid_utils.uuid7())


def new_secret(bits: int = 256) -> str:
    """A random secret in URL-safe text."""
    return secrets.token_urlsafe(bits // 8)
