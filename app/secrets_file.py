"""Secrets of a new city, and the file a laptop keeps its own in.

A city prints a set once (`rong secrets`) and puts it where it keeps secrets; a laptop's set is made at the first
`rong run` and stays in `var/secrets.env`, because what was sealed with it can be opened with nothing else.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

OWNER_ONLY = 0o600
# The settings of the city that `rong run` runs, for the other commands on the same laptop.
CITY_ENV = "city.env"


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


_MADE_BY: dict[str, Callable[[], str]] = {
    "RONG_DATA_KEYS": lambda: f"k1:{_key()}",
    "RONG_LOOKUP_KEY": _key,
    "RONG_SMS_KEY": lambda: secrets.token_urlsafe(32),
    "RONG_SMS_CALLBACK_KEY": lambda: secrets.token_urlsafe(32),
    "RONG_REGISTRY_KEY": lambda: secrets.token_urlsafe(32),
    "RONG_CHARGES_KEY": lambda: secrets.token_urlsafe(32),
    "RONG_GATEWAY_KEY": lambda: secrets.token_urlsafe(32),
    "RONG_GATEWAY_NOTICE_KEY": lambda: secrets.token_urlsafe(32),
    "RONG_LIBRARY_PASSWORD": lambda: secrets.token_urlsafe(24),
    "RONG_BILLERS_KEY": lambda: secrets.token_urlsafe(32),
    "RONG_NEIGHBOUR_KEY": lambda: secrets.token_urlsafe(32),
    "RONG_DEPARTMENTS_KEY": lambda: secrets.token_urlsafe(32),
    "RONG_DEPARTMENTS_CALLBACK_KEY": lambda: secrets.token_urlsafe(32),
    "RONG_EXCHANGE_KEY": lambda: secrets.token_urlsafe(32),
    "RONG_SURROUNDINGS_KEY": lambda: secrets.token_urlsafe(32),
    "RONG_HEALTH_KEY": lambda: secrets.token_urlsafe(32),
    "RONG_WECHAT_SECRET": lambda: secrets.token_hex(16),
    "RONG_WECHAT_TOKEN": lambda: secrets.token_hex(16),
    "RONG_QQ_SECRET": lambda: secrets.token_urlsafe(24),
    "RONG_MAIL_KEY": lambda: secrets.token_urlsafe(32),
    "RONG_MAIL_INBOUND_KEY": lambda: secrets.token_urlsafe(32),
}


def fresh_secrets() -> dict[str, str]:
    """A complete set, by variable; different each time."""
    return {name: make() for name, make in _MADE_BY.items()}


def env_lines(values: dict[str, str]) -> str:
    """As an environment file: one `NAME=value` a line."""
    return "".join(f"{name}={value}\n" for name, value in values.items())


def kept_secrets(file: Path) -> dict[str, str]:
    """The set kept in `file`, made there the first time; what a newer Rong needs besides is added."""
    kept = _read(file)
    complete = {**fresh_secrets(), **kept}
    if complete != kept:
        keep_private(file, complete)
    file.chmod(OWNER_ONLY)
    return complete


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    lines = (line.strip() for line in file.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def keep_private(file: Path, values: dict[str, str]) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY), "w") as new:
        new.write("# Made for this machine. Without RONG_DATA_KEYS nothing that was sealed can be read again.\n")
        new.write(env_lines(values))
        new.flush()
        os.fsync(new.fileno())
    beside.replace(file)
