"""Moving money and points: at once, or held first and settled later. Everything happens in a caller's transaction.

A transfer is named by its key. Asked for again under the same key it is found and changes nothing, so that whoever was
cut off asks again; other content under the key is refused. Guarded accounts are entered in the order of their ids, so
that rivals meet at the same account first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app.core.clock import Clock
from app.core.ids import new_id
from app.core.money import Currency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.domains.payment.ledger.errors import (
    AccountNotEmpty,
    AccountUnknown,
    TransferSettled,
    TransferTooLate,
    TransferUnknown,
)
from app.domains.payment.ledger.folding.store import FoldStore
from app.domains.payment.ledger.model import (
    BUSY,
    MOST_FEN,
    Account,
    AccountState,
    Balance,
    FreezeReason,
    Line,
    Place,
    Posting,
    Side,
    Transfer,
    TransferKind,
    TransferState,
    Wanted,
)
from app.domains.payment.ledger.store import Entered, LedgerStore, StatementFilter

Entries = Mapping[Account, Entered]


class Ledger:
    def __init__(self, store: LedgerStore, folds: FoldStore, clock: Clock) -> None:
        self._store = store
        self._folds = folds
        self._clock = clock
        self._met = set[Account]()

    async def open(self, account: Account, tx: Tx | None = None, *, most: int = MOST_FEN, limit: int = 0) -> None:
        """Once; what is open stays as it is. `most` fen may lie on it; `limit` fen may be used of a credit line."""
        await self._store.open(account, most, limit, self._clock.now(), tx)

    async def meet(self, account: Account) -> None:
        """Open it when this process meets it for the first time: at once, whatever becomes of the caller's transaction.
        For accounts of payees, which every payment to them names.
        """
        if account not in self._met:
            await self.open(account)
            self._met.add(account)

    async def post(self, wanted: Wanted, tx: Tx) -> Transfer:
        """Enter it now, or find it entered. Raises InsufficientBalance, BalanceTooHigh, AccountFrozen, AccountClosed,
        AccountUnknown, TransferConflict.
        """
        now = self._clock.now()
        transfer = replace(_new(wanted, now), state=TransferState.POSTED, posted=wanted.lines, settled_at=now)
        before = await self._store.add(transfer, tx)
        if before is not None:
            return before
        await self._write(
            transfer, {line.account: await self._store.enter(line, now, tx) for line in _in_turn(wanted.lines)}, tx
        )
        return transfer

    async def hold(self, wanted: Wanted, until: datetime, tx: Tx) -> Transfer:
        """Promise what is debited of guarded accounts; nothing is entered before `capture`. Raises as `post`."""
        transfer = replace(_new(wanted, self._clock.now()), until=until)
        before = await self._store.add(transfer, tx)
        if before is not None:
            return before
        for line in _debits(wanted.lines):
            await self._store.reserve(line, tx)
        return transfer

    async def capture(self, id_: str, tx: Tx, fen: int | None = None) -> Transfer:
        """Enter what was held, or `fen` of it when its two lines share one amount; the rest is let go. A repeat finds
        it entered. Raises TransferUnknown, TransferSettled (voided), TransferTooLate, and as `post` what is credited.
        """
        was, now = await self._known(id_, tx), self._clock.now()
        if was.state is TransferState.POSTED:
            return was
        if was.state is TransferState.VOIDED:
            raise TransferSettled
        if was.until is not None and was.until <= now:
            raise TransferTooLate
        lines = was.lines if fen is None else tuple(Line(line.account, line.side, fen) for line in was.lines)
        posted = replace(was, state=TransferState.POSTED, posted=_checked(was.lines, lines), settled_at=now)
        await self._settle(was, posted, tx)
        held = {line.account: line.fen for line in _debits(was.lines)}
        entries = {}
        for line in _in_turn(lines):
            promised = held.get(line.account)
            take = (
                self._store.enter(line, now, tx) if promised is None else self._store.take_held(line, promised, now, tx)
            )
            entries[line.account] = await take
        await self._write(posted, entries, tx)
        return posted

    async def void(self, id_: str, tx: Tx) -> Transfer:
        """Let go of what was held. A repeat finds it voided. Raises TransferUnknown, TransferSettled (posted)."""
        was = await self._known(id_, tx)
        if was.state is TransferState.VOIDED:
            return was
        if was.state is TransferState.POSTED:
            raise TransferSettled
        voided = replace(was, state=TransferState.VOIDED, settled_at=self._clock.now())
        await self._settle(was, voided, tx)
        for line in _debits(was.lines):
            await self._store.release(line, tx)
        return voided

    async def reverse(self, id_: str, about: str, tx: Tx) -> Transfer:
        """Take back all that was entered, once, by a transfer the other way. Raises TransferUnknown, TransferSettled
        (nothing was entered), and as `post`.
        """
        was = await self._known(id_, tx)
        if was.state is not TransferState.POSTED:
            raise TransferSettled
        other = {Side.DEBIT: Side.CREDIT, Side.CREDIT: Side.DEBIT}
        back = tuple(Line(line.account, other[line.side], line.fen) for line in was.posted)
        return await self.post(Wanted(f"reversal of {id_}", TransferKind.REVERSAL, back, about, id_), tx)

    async def transfer(self, id_: str, tx: Tx | None = None) -> Transfer | None:
        return await self._store.get(id_, tx)

    async def about(self, about: str) -> list[Transfer]:
        """All transfers of a payment, a bill, a packet, in their order (at most 200)."""
        return await self._store.about(about)

    async def transfers(self, ids: Collection[str]) -> dict[str, Transfer]:
        """Those that there are, by id: for the postings of a page."""
        return {one.id: one for one in await self._store.many(ids)}

    async def balance(self, account: Account, tx: Tx | None = None) -> Balance:
        """As of now, of busy accounts too: what is folded and what came since. Raises AccountUnknown."""
        if account.guarded:
            found = await self._store.balance(account, tx)
            if found is None:
                raise AccountUnknown
            return found
        return await self._folds.balance(account, self._clock.now())

    async def of_owner(self, owner: str) -> list[Balance]:
        """All accounts of a citizen, an organisation, a red packet or the city on which something was ever entered, and
        those that are guarded anyway.
        """
        busy = [Account(kind, owner, currency) for kind in BUSY for currency in Currency]
        used = [one for one in busy if (await self._store.statement(one, StatementFilter(), PageRequest(1))).items]
        return [*await self._store.owned(owner), *[await self.balance(one) for one in used]]

    async def balances(self, accounts: Sequence[Account]) -> Mapping[Account, int]:
        """Of busy accounts, in fen, each in its own sense: of many as cheaply as of one."""
        found = await self._folds.balances(accounts, self._clock.now())
        return {account: found[account.id] for account in accounts}

    async def balance_at(self, account: Account, at: datetime) -> int:
        """What was entered until that moment, in fen, in the account's own sense."""
        if not account.guarded:
            return (await self._folds.balance(account, at)).posted.fen
        last = await self._store.last_before(account, at)
        return 0 if last is None or last.after is None else last.after

    async def statement(
        self, account: Account, request: PageRequest, which: StatementFilter | None = None
    ) -> Page[Posting]:
        """Newest first. The cursor of a posting is `cursor_of`."""
        return await self._store.statement(account, which or StatementFilter(), request)

    async def between(self, account: Account, since: datetime, until: datetime, most: int = 10_000) -> list[Posting]:
        return await self._store.between(account, since, until, most)

    async def freeze(self, account: Account, why: FreezeReason, tx: Tx) -> bool:
        """Nothing is taken from it any more; what comes, comes. It stays so until each reason is lifted. False when it
        is frozen for this one already, closed, or unknown.
        """
        return await self._store.freeze(account, why, tx)

    async def unfreeze(self, account: Account, why: FreezeReason, tx: Tx) -> bool:
        """This reason is lifted; open again when it was the last. False when it was not frozen for this."""
        return await self._store.unfreeze(account, why, tx)

    async def close(self, account: Account, tx: Tx) -> None:
        """For good. A repeat finds it closed. Raises AccountUnknown, AccountNotEmpty."""
        state = await self._store.state(account, tx)
        if state is None:
            raise AccountUnknown
        if state is not AccountState.CLOSED and not await self._store.close(account, state, tx):
            raise AccountNotEmpty

    async def limit(self, account: Account, limit: int, tx: Tx) -> None:
        """Another limit for a credit line. Raises AccountUnknown."""
        if not await self._store.limit(account, limit, tx):
            raise AccountUnknown

    async def lapsed(self, most: int = 100) -> list[str]:
        """Pending transfers whose time is over: whoever asked for them voids them."""
        return await self._store.lapsed(self._clock.now(), most)

    async def _known(self, id_: str, tx: Tx) -> Transfer:
        found = await self._store.get(id_, tx)
        if found is None:
            raise TransferUnknown
        return found

    async def _settle(self, was: Transfer, now: Transfer, tx: Tx) -> None:
        if not await self._store.settle(was, now, tx):
            raise TransferSettled

    async def _write(self, transfer: Transfer, entries: Entries, tx: Tx) -> None:
        await self._store.write(list(_postings(transfer, entries)), tx)


def cursor_of(posting: Posting) -> str:
    return str(Place.of(posting))


def _new(wanted: Wanted, at: datetime) -> Transfer:
    return Transfer(
        id=wanted.id,
        serial=new_id(),
        kind=wanted.kind,
        lines=wanted.lines,
        state=TransferState.PENDING,
        at=at,
        about=wanted.about,
        reverses=wanted.reverses,
    )


def _checked(held: tuple[Line, ...], lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Raises ValueError: a part is more than nothing and not more than what was held, and only of equal lines."""
    for whole, part in zip(held, lines, strict=True):
        if not 0 < part.fen <= whole.fen or (part.fen != whole.fen and len({line.fen for line in held}) != 1):
            raise ValueError("no such part of what was held")
    return lines


def _in_turn(lines: Iterable[Line]) -> list[Line]:
    return sorted((line for line in lines if line.account.guarded), key=lambda line: line.account.id)


def _debits(lines: Iterable[Line]) -> list[Line]:
    return [line for line in _in_turn(lines) if line.side is Side.DEBIT]


def _postings(transfer: Transfer, entries: Entries) -> Iterable[Posting]:
    """`other` names the account on the other side, where there is one."""
    at = transfer.settled_at or transfer.at
    serial = transfer.serial if transfer.until is None else new_id()
    for number, line in enumerate(transfer.posted):
        entered = entries.get(line.account)
        across = [one.account.id for one in transfer.posted if one.side is not line.side]
        yield Posting(
            id=f"{serial}:{number}",
            transfer=transfer.id,
            account=line.account,
            side=line.side,
            fen=line.fen,
            kind=transfer.kind,
            at=entered.at if entered else at,
            about=transfer.about,
            other=across[0] if len(across) == 1 else "",
            seq=entered.seq if entered else None,
            after=entered.after if entered else None,
        )
