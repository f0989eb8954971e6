"""A laptop's secrets are made once, kept, and readable by their owner only."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

from app.secrets_file import fresh_secrets, kept_secrets


def test_each_set_is_new_and_its_keys_have_256_bits() -> None:
    one, other = fresh_secrets(), fresh_secrets()
    assert all(one[name] != other[name] for name in one)
    name, _, key = one["RONG_DATA_KEYS"].partition(":")
    assert name == "k1"
    assert len(base64.b64decode(key, validate=True)) == 32
    assert len(base64.b64decode(one["RONG_LOOKUP_KEY"], validate=True)) == 32


def test_the_second_run_finds_the_secrets_of_the_first(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secrets.env"
    assert kept_secrets(file) == kept_secrets(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_secret_a_newer_version_needs_is_added_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    before = kept_secrets(file)
    file.write_text(f"# old\nRONG_DATA_KEYS={before['RONG_DATA_KEYS']}\nRONG_EXTRA=kept\n")
    after = kept_secrets(file)
    assert after["RONG_DATA_KEYS"] == before["RONG_DATA_KEYS"]
    assert after["RONG_EXTRA"] == "kept"
    assert set(after) == {*before, "RONG_EXTRA"}
    assert kept_secrets(file) == after


def test_a_file_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    kept_secrets(file)
    file.chmod(0o644)
    kept_secrets(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
