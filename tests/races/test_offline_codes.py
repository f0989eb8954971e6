"""Offline codes from the real API, verified by `rong verify` as a gate runs it: in its own process, without network."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from app.core.ids import new_id
from app.core.keys import KeyUse
from tests.support.remote import Door, Resident, Town
from virtual_card.codes import offline, status_list
from virtual_card.codes.keys import SigningKey

_ROOT = Path(__file__).resolve().parents[2]
# Whatever the verifier would like to reach, it cannot: every way to the network leads to an error.
_NO_NETWORK = """
import socket, sys
def refuse(*args, **kwargs):
    raise OSError("this gate has no network")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from app.cli import main
sys.argv[0] = "rong"
main()
"""


async def _gate(store: Path, *codes: str, purpose: str = "gate", hours: float = 24) -> tuple[int, str]:
    """Exit status and output of the verifier."""
    words = ["verify", purpose, *codes, "--store", str(store), "--max-list-age", str(hours)]
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", _NO_NETWORK, *words],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8", "COLUMNS": "500"},
    )
    return done.returncode, done.stdout + done.stderr


async def _fetched(door: Door, store: Path) -> Path:
    """What a gate keeps when it has network."""
    await asyncio.to_thread(store.mkdir, parents=True, exist_ok=True)
    for name in ("card-keys", "card-status"):
        answer = await door.http.get(f"/.well-known/{name}")
        assert answer.status_code == 200
        (store / name).write_bytes(answer.content)
    return store


async def _shown(door: Door, person: Resident, purpose: str = "GATE") -> str:
    shown = await door.data("ShowOfflineCode", person.token, purpose=purpose, key=new_id())
    assert shown["__typename"] == "CodeShown", shown
    return str(shown["cardCode"]["text"])


def _altered(code: str) -> str:
    """One character of the signed part is another one."""
    middle = len(code) // 2
    return code[:middle] + ("A" if code[middle] != "A" else "B") + code[middle + 1 :]


async def test_good_codes_pass_and_bad_ones_are_named(town: Town, doors: list[Door], tmp_path: Path) -> None:
    person = await town.with_card()
    good, transit = await _shown(doors[0], person), await _shown(doors[1], person, "TRANSIT")
    store = await _fetched(doors[2], tmp_path / "gate")

    passed = await _gate(store, good)
    bad = {
        "altered": (_altered(good), ("OFFLINE_CODE_UNTRUSTED", "OFFLINE_CODE_MALFORMED")),
        "cut": (good[: len(good) // 2], ("OFFLINE_CODE_MALFORMED",)),
        "purpose": (transit, ("OFFLINE_CODE_FOR_OTHER_PURPOSE",)),
        "expired": (_aged(town, timedelta(minutes=-7)), ("OFFLINE_CODE_EXPIRED",)),
        "to come": (_aged(town, timedelta(minutes=5)), ("OFFLINE_CODE_NOT_YET_VALID",)),
        "online": (await doors[0].code(person), ("OFFLINE_CODE_MALFORMED",)),
    }
    refused = await _gate(store, *(code for code, _ in bad.values()))
    twice = await _gate(store, good, good)

    assert (passed[0], "✓" in passed[1]) == (0, True), passed
    assert refused[0] == 1
    assert refused[1].count("✗") == len(bad), refused
    for code, (_, names) in bad.items():
        assert any(name in refused[1] for name in names), (code, refused)
    assert (twice[0], "OFFLINE_CODE_REPLAYED" in twice[1]) == (1, True), twice


def _aged(town: Town, by: timedelta) -> str:
    """A code of the city's own key, made so long ago or for later."""
    key = town.city.keys.signing(KeyUse.CARD)
    at = town.city.clock.now().replace(microsecond=0) + by
    claims = offline.OfflineClaims(
        issuer="http://city.test",
        purpose="gate",
        status_index=0,
        attributes={"resident": True},
        issued_at=at,
        expires_at=at + timedelta(minutes=5),
    )
    return offline.seal(claims, SigningKey(key.id, key.private))


async def test_codes_and_keys_of_another_city_do_not_pass(town: Town, doors: list[Door], tmp_path: Path) -> None:
    person = await town.with_card()
    code, store = await _shown(doors[0], person), await _fetched(doors[0], tmp_path / "gate")
    other = SigningKey(town.city.keys.signing(KeyUse.CARD).id, SigningKey.new("other").private)
    shutil.copytree(store, tmp_path / "other")
    keys = json.loads((store / "card-keys").read_text())
    keys["keys"] = [{**key, **_public(other)} for key in keys["keys"]]
    (tmp_path / "other" / "card-keys").write_text(json.dumps(keys))
    now = town.city.clock.now()
    listed = status_list.encode([], 1 << 16, other, now, timedelta(minutes=1))
    (tmp_path / "other" / "card-status").write_bytes(listed)

    refused = await _gate(tmp_path / "other", code)

    assert (refused[0], "OFFLINE_CODE_UNTRUSTED" in refused[1]) == (1, True), refused


def _public(key: SigningKey) -> dict[str, str]:
    return {"x": str(key.public.to_jwk()["x"])}


async def test_a_revoked_card_passes_only_until_the_list_is_fetched_anew(
    town: Town, doors: list[Door], tmp_path: Path
) -> None:
    person = await town.with_card()
    code, store = await _shown(doors[0], person), await _fetched(doors[1], tmp_path / "gate")
    await doors[0].data("ReportCardLoss", person.token, key=new_id())

    before = await _gate(store, code)
    after = await _until_refused(lambda: _fetched(doors[1], store), code)

    assert (before[0], "can still pass for at most" in before[1]) == (0, True), before
    assert (after[0], "OFFLINE_CODE_REVOKED" in after[1]) == (1, True), after


async def _until_refused(fetch: Callable[[], Awaitable[Path]], code: str) -> tuple[int, str]:
    """Another process's list is made anew when its change stream has told it of the loss."""
    seen = (0, "")
    for _ in range(30):
        seen = await _gate(await fetch(), code)
        if seen[0]:
            break
        await asyncio.sleep(0.5)
    return seen


async def test_a_list_that_is_too_old_opens_no_gate(town: Town, doors: list[Door], tmp_path: Path) -> None:
    person = await town.with_card()
    code, store = await _shown(doors[0], person), await _fetched(doors[0], tmp_path / "gate")
    key = town.city.keys.signing(KeyUse.CARD)
    old = town.city.clock.now() - timedelta(hours=25)
    stale = status_list.encode([], 1 << 16, SigningKey(key.id, key.private), old, timedelta(minutes=1))
    (store / "card-status").write_bytes(stale)

    refused = await _gate(store, code)

    assert refused[0] == 2, refused
    assert "too old" in refused[1]
