"""What ops do from a shell: staff, keys, units. Each refusal in words, with an exit code that a script can read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from tests.cli.conftest import Rong

Kept = Callable[[str], list[dict[str, Any]]]
PASSWORD = "correct horse battery"
HEADER = "code,parent,name,level\n"


def add(rong: Rong, login: str, *more: str, password: str = PASSWORD, **env: str) -> Any:
    return rong("ops", "add", login, "--name", "陈静", "--password", password, *more, env=env)


def test_somebody_is_added_to_the_desk_with_a_code_to_scan(rong: Rong, kept: Kept) -> None:
    done = add(rong, "chen", "--role", "auditor")
    assert done.exit_code == 0, done.output
    (uri,) = re.findall(r"otpauth://\S+", done.output)
    secret = parse_qs(urlsplit(uri).query)["secret"][0]
    assert len(pyotp.TOTP(secret).now()) == 6
    assert "█" in done.output or "▀" in done.output, "no picture to scan"
    (row,) = kept("staff")
    assert (row["roles"], row["organisation"]) == (["auditor"], None)
    for private in ("陈静", PASSWORD, secret, "chen"):
        assert private not in str(row)
    assert [entry["actor"] for entry in kept("audit") if entry["action"] == "staff.enrolled"] == ["shell"]


@pytest.mark.parametrize(
    ("args", "password", "code"),
    [
        ((), "short", "PASSWORD_TOO_WEAK"),
        ((), "PasswordPassword", "PASSWORD_TOO_WEAK"),
        (("--role", "gate"), PASSWORD, "ROLE_UNFIT"),
    ],
)
def test_a_refusal_is_said_in_words_and_nobody_is_added(
    rong: Rong, kept: Kept, args: tuple[str, ...], password: str, code: str
) -> None:
    before = len(kept("staff"))
    refused = add(rong, "wang", *args, password=password)
    assert (refused.exit_code, f"({code})" in refused.output) == (1, True), refused.output
    assert re.search(r"[a-z]{3,} [a-z]{2,}", refused.output), "no sentence"
    chinese = add(rong, "wang", *args, password=password, LANG="zh_CN.UTF-8")
    assert re.search(r"[\u4e00-\u9fff]{3}", chinese.output)
    assert password not in refused.output
    assert len(kept("staff")) == before


def test_a_login_is_given_once_whatever_its_case(rong: Rong) -> None:
    assert add(rong, "lin").exit_code == 0
    taken = add(rong, " LIN ")
    assert (taken.exit_code, "LOGIN_TAKEN" in taken.output) == (1, True)


def test_a_role_that_is_none_is_refused_by_name(rong: Rong) -> None:
    refused = add(rong, "zhou", "--role", "emperor")
    assert refused.exit_code == 2
    assert "administrator" in refused.output


def test_keys_are_listed_and_the_next_one_is_published_before_it_signs(rong: Rong) -> None:
    listed = rong("keys", "list")
    assert listed.exit_code == 0, listed.output
    made = re.findall(r"(?:data|session|card|audit)-\d{4}", listed.output)
    assert made == ["data-0001", "session-0001", "card-0001", "audit-0001"]
    rotated = rong("keys", "rotate", "card")
    assert re.search(r"card-0002 signs from \d{4}-\d\d-\d\d \d\d:\d\d UTC", rotated.output), rotated.output
    urgent = rong("keys", "rotate", "card", "--at-once")
    assert "card-0003 signs from" in urgent.output
    assert rotated.output.split()[3:5] > urgent.output.split()[3:5], "the urgent one signs sooner"
    left = set(re.findall(r"card-\d{4}", rong("keys", "list").output))
    assert left == {"card-0003"}, "what signed before, or was to sign, may be in wrong hands"
    assert rong("keys", "rotate", "door").exit_code == 2


def test_data_keys_rotate_after_their_lead_and_what_was_sealed_is_sealed_anew(rong: Rong, kept: Kept) -> None:
    rotated = rong("keys", "rotate", "data")
    assert re.search(r"data-0002 seals from \d{4}-\d\d-\d\d \d\d:\d\d UTC", rotated.output), rotated.output
    refused = rong("keys", "rotate", "data", "--at-once")
    assert (refused.exit_code, "(DATA_KEY_NEEDS_LEAD)" in refused.output) == (1, True), refused.output
    assert "values sealed anew, 0 do not open" in rong("keys", "reseal").output
    assert [entry["target"] for entry in kept("audit") if entry["action"] == "key.rotated"][-1] == "data-0002"
    one, two = kept("data_keys")
    assert one["retired_at"] == two["seals_from"]


def test_no_private_key_is_ever_shown(rong: Rong, kept: Kept) -> None:
    shown = rong("keys", "list").output
    assert all(row["private"].hex() not in shown for row in kept("signing_keys"))


def units(folder: Path, text: str) -> str:
    file = folder / "units.csv"
    file.write_text(HEADER + text, encoding="utf-8")
    return str(file)


def test_units_are_imported_and_imported_again(rong: Rong, kept: Kept, tmp_path: Path) -> None:
    file = units(tmp_path, "fz01,fj01,福州市,city\nfj01,,福建省,province\n")
    for _ in range(2):
        done = rong("import", "units", file)
        assert (done.exit_code, done.output.strip()) == (0, "2 units imported"), done.output
    rows = {row["_id"]: row for row in kept("organisations")}
    assert (rows["fz01"]["path"], rows["fz01"]["name"]) == (["fj01"], "福州市")
    assert len([entry for entry in kept("audit") if entry["action"] == "units.imported"]) == 2


def test_bad_rows_are_shown_by_line_and_nothing_is_half_imported(rong: Rong, kept: Kept, tmp_path: Path) -> None:
    before = kept("organisations")
    refused = rong("import", "units", units(tmp_path, "good1,,省,province\nbad,nowhere,市,city\nbad2,,市,planet\n"))
    assert refused.exit_code == 1
    shown = [re.findall(r"[\w-]+", line) for line in refused.output.splitlines()]
    assert ["3", "parent_unknown", "nowhere"] in shown
    assert ["4", "level", "planet"] in shown
    assert kept("organisations") == before


def test_a_file_in_another_encoding_is_refused_and_a_missing_one_is_named(rong: Rong, tmp_path: Path) -> None:
    file = tmp_path / "gbk.csv"
    file.write_bytes((HEADER + "fz01,,福州市,city\n").encode("gbk"))
    refused = rong("import", "units", str(file))
    assert (refused.exit_code, "encoding" in refused.output) == (1, True)
    missing = rong("import", "units", str(tmp_path / "none.csv"))
    assert (missing.exit_code, "does not exist" in missing.output) == (2, True)
