"""Makes a service account like Google's, whose tokens come from the stand-in. For laptops and tests only."""

from __future__ import annotations

import json
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PROJECT = "rong-local"


def write_service_account(directory: Path, mocks_url: str, *, project: str = PROJECT) -> Path:
    """Write `service-account.json` into the directory, readable by its owner alone; returns where it is."""
    mail = f"rong@{project}.iam.gserviceaccount.com"
    account = {
        "type": "service_account",
        "project_id": project,
        "private_key_id": "stand-in",
        "private_key": _private_key(),
        "client_email": mail,
        "client_id": "0",
        "token_uri": f"{mocks_url.rstrip('/')}/token",
    }
    path = directory / "service-account.json"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(account, file, indent=2)
    return path


def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
