"""A statement as a table: its heads and rows in the words of a language, for files of any kind."""

from __future__ import annotations

from app.core.clock import CITY_TIME
from app.core.messages import message
from app.core.money import Money
from app.core.spreadsheets import csv_text
from app.domains.payment.wallet.statements.model import Statement, WalletLine

_HEADS = ("WHEN", "WHAT", "WITH", "IN", "OUT", "BALANCE", "NUMBER")


def heads(locale: str) -> list[str]:
    return [message(f"STATEMENT_{name}", locale) for name in _HEADS]


def row(line: WalletLine, locale: str) -> list[str]:
    at = line.posting.at.astimezone(CITY_TIME)
    amount = f"{abs(line.change.amount):.2f}"
    came = line.change.fen > 0
    after = f"{Money(line.posting.after).amount:.2f}" if line.posting.after is not None else ""
    what = message(f"SPENDING_{line.category.name}", locale)
    moment, number = at.strftime("%Y-%m-%d %H:%M:%S"), line.posting.transfer[:16].upper()
    return [moment, what, line.name.within(locale), amount if came else "", "" if came else amount, after, number]


def head_lines(statement: Statement, locale: str) -> list[tuple[str, str]]:
    """What stands above the table: whose it is, of when, and what lay there before and after."""
    period, made = statement.period, statement.made_at.astimezone(CITY_TIME)
    said = {
        "HOLDER": statement.holder,
        "PERIOD": f"{period.first.isoformat()} – {period.last.isoformat()}",
        "OPENING": f"{statement.opening.amount:.2f}",
        "CLOSING": f"{statement.closing.amount:.2f}",
        "MADE_AT": made.strftime("%Y-%m-%d %H:%M"),
    }
    return [(message(f"STATEMENT_{name}", locale), text) for name, text in said.items()]


def as_csv(statement: Statement, locale: str) -> str:
    """For spreadsheets: the head's lines, a gap, the table."""
    top = [list(pair) for pair in head_lines(statement, locale)]
    return csv_text([*top, [], heads(locale), *(row(line, locale) for line in statement.lines)])
