"""The files of the days of the payment gateway's stand-in, with whatever was planted in them to be found."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from mocks.gateway_books import CITY, Line

_COLUMNS = ("kind", "reference", "gateway_id", "amount_fen", "fee_fen", "state", "at")


class Differences(BaseModel):
    """What the files say otherwise than it was. `twice` has a line stand there two times."""

    model_config = ConfigDict(extra="forbid")

    leave_out: set[str] = set()
    amounts: dict[str, int] = {}
    fees: dict[str, int] = {}
    states: dict[str, str] = {}
    twice: set[str] = set()
    extra: list[Line] = []


class Files:
    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._planted = Differences()
        self._besides: list[Line] = []

    def plant(self, more: Differences) -> None:
        now = self._planted
        self._planted = Differences(
            leave_out=now.leave_out | more.leave_out,
            amounts=now.amounts | more.amounts,
            fees=now.fees | more.fees,
            states=now.states | more.states,
            twice=now.twice | more.twice,
            extra=[*now.extra, *more.extra],
        )

    def add(self, lines: Iterable[Line]) -> None:
        self._besides += lines

    def clear(self) -> None:
        self._planted, self._besides = Differences(), []

    def of(self, day: date, lines: Iterable[Line]) -> bytes:
        told = [self._said(line) for line in (*lines, *self._besides) if line.reference not in self._planted.leave_out]
        told += [*self._planted.extra, *(line for line in told if line.reference in self._planted.twice)]
        of_day = [line for line in told if line.at.astimezone(CITY).date() == day]
        written = io.StringIO(newline="")
        rows = csv.writer(written, lineterminator="\n")
        rows.writerow(_COLUMNS)
        rows.writerows(map(_row, sorted(of_day, key=lambda line: (line.at, line.gateway_id))))
        return written.getvalue().encode()

    def headers(self, day: date, body: bytes, now: datetime) -> dict[str, str]:
        mac = hmac.new(self._key, f"{day.isoformat()}.".encode() + body, hashlib.sha256).hexdigest()
        over = now.astimezone(CITY).date() > day
        return {
            "Gateway-Digest": f"sha-256={hashlib.sha256(body).hexdigest()}",
            "Gateway-Signature": f"v1={mac}",
            "Gateway-Complete": "true" if over else "false",
        }

    def _said(self, line: Line) -> Line:
        name = line.reference
        changed: dict[str, object] = {}
        if name in self._planted.amounts:
            changed["amount_fen"] = self._planted.amounts[name]
        if name in self._planted.fees:
            changed["fee_fen"] = self._planted.fees[name]
        if name in self._planted.states:
            changed["state"] = self._planted.states[name]
        return line.model_copy(update=changed) if changed else line


def _row(line: Line) -> tuple[str | int, ...]:
    at = line.at.astimezone(CITY).isoformat(timespec="milliseconds")
    return line.kind, line.reference, line.gateway_id, line.amount_fen, line.fee_fen, line.state, at
