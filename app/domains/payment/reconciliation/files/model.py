"""What stands in a day's file: CSV with a header line, as docs/payment.md says.

The gateway's client has checked the signature by then. A file that breaks a rule anywhere is refused whole.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from app.domains.payment.gateway.model import DayFile
from app.domains.payment.ledger.model import MOST_FEN
from app.domains.payment.reconciliation.files.errors import GatewayFileMalformed
from app.domains.payment.reconciliation.matching.model import EntryKind, Theirs

HEAD = ("kind", "reference", "gateway_id", "amount_fen", "fee_fen", "state", "at")
_LONGEST = 100


def mark_of(file: DayFile) -> str:
    """Names the content: another one is another file of the day."""
    return hashlib.sha256(file.body).hexdigest()


def lines_of(file: DayFile) -> Iterator[Theirs]:
    """Its lines, one by one. A line that stands there twice is two. Raises GatewayFileMalformed."""
    try:
        text = file.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise GatewayFileMalformed(file.day, 0) from None
    times: Counter[tuple[str, str]] = Counter()
    for number, row in _rows(file.day, text):
        try:
            line = _line(file.day, row)
        except ValueError:
            raise GatewayFileMalformed(file.day, number) from None
        times[line.kind, line.gateway_id] += 1
        yield line.numbered(times[line.kind, line.gateway_id])


def _rows(day: date, text: str) -> Iterator[tuple[int, list[str]]]:
    """With their numbers, from 2 on: the head is the first. Raises GatewayFileMalformed."""
    number = 0
    try:
        for number, row in enumerate(csv.reader(text.splitlines(), strict=True), 1):
            if number > 1:
                yield number, row
            elif tuple(row) != HEAD:
                raise GatewayFileMalformed(day, 1)
    except csv.Error:
        raise GatewayFileMalformed(day, number + 1) from None
    if number == 0:
        raise GatewayFileMalformed(day, 1)


def _line(day: date, row: list[str]) -> Theirs:
    """Raises ValueError."""
    kind, reference, gateway_id, fen, fee, state, at = row
    if not all(0 < len(word) <= _LONGEST and word.isprintable() for word in (reference, gateway_id, state)):
        raise ValueError("a word is missing or too long")
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        raise ValueError("a moment without an offset")
    return Theirs(EntryKind(kind), reference, gateway_id, _fen(fen), _fen(fee), state, moment, day)


def _fen(text: str) -> int:
    """Raises ValueError."""
    if not (text.isascii() and text.isdigit()) or int(text) > MOST_FEN:
        raise ValueError("no amount")
    return int(text)
