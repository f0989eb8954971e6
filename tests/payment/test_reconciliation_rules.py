"""What differs between the gateway's file and our books, and how a difference is put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domains.payment.gateway.model import DayFile
from app.domains.payment.ledger.model import GATEWAY, LOSSES, SUSPENSE, Side, wallet
from app.domains.payment.reconciliation.differences.errors import (
    DifferenceChanged,
    DifferenceMovesMoney,
    DifferenceMovesNothing,
    DifferenceNeedsAnother,
    DifferenceNotYours,
    DifferencePayerUnknown,
)
from app.domains.payment.reconciliation.differences.model import (
    TWO_PAIRS_FROM,
    Difference,
    DifferenceState,
    Remedy,
    found,
)
from app.domains.payment.reconciliation.files.errors import GatewayFileMalformed
from app.domains.payment.reconciliation.files.model import HEAD, lines_of, mark_of
from app.domains.payment.reconciliation.matching.model import (
    Booked,
    Corrected,
    EntryKind,
    Ours,
    Theirs,
    What,
    compared,
)

DAY, AT = date(2026, 11, 21), datetime(2026, 11, 21, 4, tzinfo=UTC)
ORDER, REFUND, PAYOUT = EntryKind.ORDER, EntryKind.REFUND, EntryKind.PAYOUT


def theirs(fen: int = 1_000, kind: EntryKind = ORDER, **changed: Any) -> Theirs:
    state = "paid" if kind is ORDER else "done"
    return replace(Theirs(kind, "r-1", "G1", fen, 2, state, AT, DAY), **changed)


def ours(fen: int = 1_000, kind: EntryKind = ORDER, state: Booked = Booked.DONE) -> Ours:
    return Ours(kind, "r-1", fen, state, AT, "citizen")


@pytest.mark.parametrize(
    ("lines", "booked", "corrected", "what", "gap"),
    [
        ([theirs()], ours(), Corrected(), None, 0),
        ([theirs()], None, Corrected(), What.MISSING_HERE, 1_000),
        ([], ours(), Corrected(), What.MISSING_THERE, -1_000),
        ([], ours(state=Booked.OPEN), Corrected(), None, 0),
        ([theirs(900)], ours(), Corrected(), What.AMOUNT_DIFFERS, -100),
        ([theirs()], ours(state=Booked.OPEN), Corrected(), What.STATE_DIFFERS, 1_000),
        ([theirs()], ours(state=Booked.FAILED), Corrected(), What.STATE_DIFFERS, 1_000),
        ([theirs(state="reversed")], ours(), Corrected(), What.STATE_DIFFERS, -1_000),
        ([theirs(900)], ours(state=Booked.MISMATCH), Corrected(), What.AMOUNT_DIFFERS, 900),
        ([theirs(), theirs(time=2)], ours(), Corrected(), What.TWICE_THERE, 1_000),
        ([theirs(state="odd")], None, Corrected(), What.MISSING_HERE, 0),
        # What was put right once is not found again; what came right after that is.
        ([theirs()], None, Corrected(1_000, 1), None, 0),
        ([], ours(), Corrected(-1_000, 1), None, 0),
        ([theirs()], ours(), Corrected(1_000, 1), What.CORRECTED_ALREADY, -1_000),
        ([theirs(state="odd")], None, Corrected(0, 1), None, 0),
        # Refunds and payouts take from our money there.
        ([theirs(kind=REFUND)], None, Corrected(), What.MISSING_HERE, -1_000),
        ([], ours(kind=PAYOUT), Corrected(), What.MISSING_THERE, 1_000),
        ([theirs(1_200, PAYOUT)], ours(kind=PAYOUT), Corrected(), What.AMOUNT_DIFFERS, -200),
    ],
)
def test_both_sides_of_a_reference_are_alike_or_differ_by_name(
    lines: list[Theirs], booked: Ours | None, corrected: Corrected, what: What | None, gap: int
) -> None:
    kind = lines[0].kind if lines else booked.kind if booked else ORDER
    finding = compared(kind, "r-1", lines, booked, corrected)
    assert (finding.what if finding else None, finding.gap if finding else 0) == (what, gap)


def file(*rows: str, head: str = ",".join(HEAD)) -> DayFile:
    return DayFile(DAY, "\n".join([head, *rows]).encode(), True)


GOOD = "order,0191-a,O1,1000,2,paid,2026-11-21T12:00:00.000+08:00"


def test_a_line_that_stands_twice_is_two() -> None:
    read = list(lines_of(file(GOOD, GOOD)))
    assert [line.id for line in read] == ["order:O1:1", "order:O1:2"]
    assert (read[0].fen, read[0].fee, read[0].at) == (1_000, 2, AT)
    assert mark_of(file(GOOD)) != mark_of(file(GOOD, GOOD))


@pytest.mark.parametrize(
    "row",
    [
        "order,0191-a,O1,1000,2,paid",
        GOOD.replace("order", "gift"),
        GOOD.replace("1000", "-1000"),
        GOOD.replace("1000", "10.5"),
        GOOD.replace("1000", "１０００"),
        GOOD.replace("1000", "9" * 15),
        GOOD.replace("+08:00", ""),
        GOOD.replace("0191-a", ""),
        GOOD.replace("0191-a", "x" * 101),
        GOOD.replace("paid", '"paid'),
    ],
)
def test_a_file_with_a_wrong_line_is_refused_whole_and_says_where(row: str) -> None:
    with pytest.raises(GatewayFileMalformed) as refused:
        list(lines_of(file(GOOD, row)))
    assert refused.value.line == 3


def test_a_file_with_another_head_or_no_text_is_refused() -> None:
    for wrong in (file(GOOD, head="a,b"), DayFile(DAY, b"\xff\xfe", True), DayFile(DAY, b"", True)):
        with pytest.raises(GatewayFileMalformed):
            list(lines_of(wrong))


def difference(gap: int, **changed: Any) -> Difference:
    return replace(
        Difference(DAY, What.STATE_DIFFERS, ORDER, "r-1", gap, AT, citizen="citizen").taken("clerk", AT), **changed
    )


@pytest.mark.parametrize(
    ("gap", "remedy", "account", "side"),
    [
        (700, Remedy.SUSPENSE, SUSPENSE, Side.CREDIT),
        (700, Remedy.WALLET, wallet("citizen"), Side.CREDIT),
        (700, Remedy.LOSSES, LOSSES, Side.CREDIT),
        (-700, Remedy.SUSPENSE, SUSPENSE, Side.DEBIT),
        (-700, Remedy.LOSSES, LOSSES, Side.DEBIT),
    ],
)
def test_a_resolution_is_a_transfer_that_closes_the_gap(gap: int, remedy: Remedy, account: Any, side: Side) -> None:
    done = difference(gap).resolved(remedy, "查清", "clerk", AT)
    assert (done.state, done.wanted is not None) == (DifferenceState.RESOLVED, True)
    assert done.wanted is not None
    assert done.resolution is not None
    assert done.resolution.transfer == done.wanted.id
    lines = {line.account: (line.side, line.fen) for line in done.wanted.lines}
    assert lines[account] == (side, 700)
    assert sum(line.grows for line in done.wanted.lines if line.account == GATEWAY) == gap


def test_where_no_money_moves_the_resolution_is_none_and_only_there() -> None:
    done = difference(0).resolved(Remedy.NONE, "对方已更正", "clerk", AT)
    assert (done.state, done.wanted) == (DifferenceState.RESOLVED, None)
    with pytest.raises(DifferenceMovesMoney):
        difference(5).resolved(Remedy.NONE, "算了", "clerk", AT)
    with pytest.raises(DifferenceMovesNothing):
        difference(0).resolved(Remedy.SUSPENSE, "挂账", "clerk", AT)
    for gap in (0, 5):
        with pytest.raises((DifferenceMovesMoney, DifferenceMovesNothing)):
            difference(gap).resolved(Remedy.CAME_RIGHT, "自愈", "clerk", AT)


@pytest.mark.parametrize(("gap", "citizen"), [(-5, "citizen"), (5, None)])
def test_nothing_is_taken_from_a_wallet_or_given_to_nobodys(gap: int, citizen: str | None) -> None:
    with pytest.raises(DifferencePayerUnknown):
        difference(gap, citizen=citizen).resolved(Remedy.WALLET, "退给付款人", "clerk", AT)


def test_who_has_not_taken_it_in_hand_does_not_resolve_it() -> None:
    with pytest.raises(DifferenceNotYours):
        difference(5).resolved(Remedy.SUSPENSE, "挂账", "another", AT)


def test_a_large_sum_is_approved_by_somebody_else() -> None:
    proposed = difference(-TWO_PAIRS_FROM).resolved(Remedy.LOSSES, "损失", "clerk", AT)
    assert (proposed.state, proposed.resolution and proposed.resolution.transfer) == (DifferenceState.PROPOSED, None)
    with pytest.raises(DifferenceNeedsAnother):
        proposed.approved("clerk")
    with pytest.raises(DifferenceChanged):
        proposed.taken("x", AT)
    with pytest.raises(DifferenceChanged):
        proposed.resolved(Remedy.LOSSES, "再", "clerk", AT)
    done = proposed.approved("head")
    assert (done.state, done.resolution and done.resolution.approved_by) == (DifferenceState.RESOLVED, "head")
    assert proposed.declined().state is DifferenceState.TAKEN
    with pytest.raises(DifferenceChanged):
        done.approved("head")


def test_an_id_is_of_the_day_the_reference_and_how_often_it_was_put_right_and_short_whatever_others_invent() -> None:
    finding = compared(ORDER, "r-1", [theirs()], None, Corrected())
    assert finding is not None
    assert found(finding, DAY, AT).id == "2026-11-21:order:r-1:0"
    strange = found(replace(finding, reference="甲" * 90), DAY, AT)
    assert (len(strange.id) <= 80, strange.id.isascii()) == (True, True)
