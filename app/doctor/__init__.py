"""Says what is wrong with this installation, why it matters, and what to do (`rong doctor`).

Without any of the required settings it looks at a laptop (`rong run` will make them); with one or more of them at a
city, and then every one must be there. It never shows the value of a setting.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import platform
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from pydantic import ValidationError
from pydantic_settings.exceptions import SettingsError

from app.doctor.database import examine_database
from app.doctor.texts import CHINESE, ELSEWHERE, ENGLISH, WHERE_FROM
from app.embedded.engines import Engine, available, complaint_of_wheel
from app.settings import Settings

OLDEST_PYTHON = (3, 11)
KEY_BYTES = 32
FONT = ("noto-cjk-sans-otc", "noto_cjk_sans_otc/NotoSansCJK-Regular.ttc")

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Finding:
    """`what` is the case; when it is not ok, `why` that matters and what to `do`."""

    ok: bool
    code: str
    what: str
    why: str = ""
    do: str = ""


class Report:
    """Findings in one language, in the order they were made."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.findings: list[Finding] = []
        self._texts = CHINESE if language == "zh" else ENGLISH

    def good(self, code: str, **values: object) -> None:
        self.findings.append(Finding(True, code, self._texts[code].what.format(**values)))

    def bad(self, code: str, **values: object) -> None:
        self.findings.append(Finding(False, code, *(part.format(**values) for part in self._texts[code])))

    def word(self, code: str) -> str:
        return self._texts[code].what


async def examine(
    *, var: Path = Path("var"), ports: Sequence[int] = (8000,), language: Language | None = None
) -> list[Finding]:
    """Look at everything this process can see: environment, files, ports, database. Changes nothing."""
    report = Report(language or language_of_terminal())
    examine_python(report, sys.version_info[:3])
    examine_font(report, *FONT)
    for port in ports:
        _port(report, port)
    if _required() & set(os.environ):
        await _city(report)
    else:
        _laptop(report, var)
    return report.findings


def language_of_terminal() -> Language:
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if said.lower().startswith("zh") else "en"


def _required() -> set[str]:
    return {f"RONG_{name.upper()}" for name, field in Settings.model_fields.items() if field.is_required()}


async def _city(report: Report) -> None:
    _settings(report)
    _secrets(report)
    _push(report)
    if uri := os.environ.get("RONG_MONGODB_URI"):
        production = os.environ.get("RONG_ENVIRONMENT", "production") == "production"
        await examine_database(report, uri, production=production)


def _laptop(report: Report, var: Path) -> None:
    _writable(report, var)
    examine_engines(report, available(), complaint_of_wheel())


def examine_python(report: Report, version: tuple[int, ...]) -> None:
    say = report.good if version >= OLDEST_PYTHON else report.bad
    say("python_fits" if version >= OLDEST_PYTHON else "python_old", version=".".join(map(str, version)))


def examine_font(report: Report, distribution: str, file: str) -> None:
    with suppress(metadata.PackageNotFoundError):
        if Path(str(metadata.distribution(distribution).locate_file(file))).is_file():
            report.good("font_found")
            return
    report.bad("font_missing")


def _writable(report: Report, var: Path) -> None:
    """Where `var` is not there yet, what counts is the directory it would be made in."""
    place = next(path for path in (var.absolute(), *var.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            report.good("var_writable", path=var)
    except OSError as error:
        report.bad("var_closed", path=var, reason=error.strerror)


def examine_engines(report: Report, engines: Sequence[Engine], complaint: str | None) -> None:
    if engines:
        report.good("engine_found", engines=", ".join(engines))
    else:
        report.bad("engine_missing")
    if complaint:
        report.bad("wheel_broken", reason=complaint)


def _settings(report: Report) -> None:
    try:
        Settings()
    except ValidationError as refused:
        for error in refused.errors(include_input=False, include_url=False, include_context=False):
            _setting(report, f"RONG_{str(error['loc'][0]).upper()}", error["type"], error["msg"])
    except SettingsError as refused:  # not JSON where JSON is expected; the text names the field only
        report.bad("setting_malformed", name="RONG_…", reason=str(refused))
    else:
        report.good("settings_complete")


def _setting(report: Report, name: str, kind: str, message: str) -> None:
    if kind == "missing":
        chinese, english = WHERE_FROM.get(name, ELSEWHERE)
        report.bad("setting_missing", name=name, do=chinese if report.language == "zh" else english)
    else:
        report.bad("setting_malformed", name=name, reason=message)


def _secrets(report: Report) -> None:
    keys, lookup = os.environ.get("RONG_DATA_KEYS"), os.environ.get("RONG_LOOKUP_KEY")
    malformed = [
        *(["data_keys_malformed"] if keys is not None and not are_data_keys(keys) else []),
        *(["lookup_key_malformed"] if lookup is not None and not is_key(lookup) else []),
    ]
    for code in malformed:
        report.bad(code)
    if keys is not None and lookup is not None and not malformed:
        report.good("secrets_well_formed")


def are_data_keys(text: str) -> bool:
    pairs = [pair.strip().partition(":") for pair in text.split(",")]
    names = [name for name, _, _ in pairs]
    return all(names) and len(set(names)) == len(names) and all(is_key(key) for _, _, key in pairs)


def is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def _push(report: Report) -> None:
    path = os.environ.get("RONG_FCM_CREDENTIALS")
    if path is None:
        return
    try:
        account = json.loads(Path(path).read_text())
        absent = [name for name in ("project_id", "private_key", "client_email") if name not in account]
    except OSError as error:
        report.bad("fcm_missing", path=path, reason=error.strerror)
    except (ValueError, TypeError):
        report.bad("fcm_missing", path=path, reason="JSON?")
    else:
        if absent:
            report.bad("fcm_missing", path=path, reason=f"{', '.join(absent)}?")
        else:
            report.good("fcm_found")


def _port(report: Report, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            report.bad("port_taken", port=port, holder=holder_of(port) or report.word("nobody_known"))
        else:
            report.good("port_free", port=port)


def holder_of(port: int) -> str | None:
    """`name (pid)` of the process that listens there, where /proc tells; None elsewhere or when it is another's."""
    if platform.system() != "Linux":
        return None
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for fd in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(fd.readlink()) in sockets:
                process = fd.parent.parent
                return f"{(process / 'comm').read_text().strip()} ({process.name})"
    return None


def _listening_inodes(port: int) -> Iterator[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == "0A" and columns[1].endswith(f":{port:04X}"):
                    yield columns[9]
