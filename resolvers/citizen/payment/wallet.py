"""The wallet of a citizen, in person."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from app.core.money import Currency
from app.core.paging import PageRequest
from app.domains.payment.ledger.model import TransferKind
from app.domains.payment.ledger.service import cursor_of
from app.domains.payment.wallet.statements.service import Form, line_filter
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    Node,
    citizens,
    connection,
    key_of,
)
from graphql_schema.types.payment.code_errors import PinLocked, PinNeeded, PinNotSet, PinWrong
from graphql_schema.types.payment.errors import (
    AccountClosed,
    AccountFrozen,
    BalanceTooHigh,
    InsufficientBalance,
    PayerBlocked,
    PaymentGatewayMissing,
)
from graphql_schema.types.payment.money import AmountInvalid, CurrencyWrong, MoneyInput
from graphql_schema.types.payment.wallet import (
    BankCard,
    BankCardBound,
    BankCardLetGo,
    StatementReady,
    TopUp,
    TopUpBegun,
    TopUpCancelled,
    TopUpLookedAt,
    Wallet,
    WalletLine,
    WalletMonth,
    WalletShut,
    Withdrawal,
    WithdrawalBegun,
)
from graphql_schema.types.payment.wallet_errors import (
    AmountOutOfBounds,
    BankCardUnknown,
    CardBoundAlready,
    CardNotYours,
    CardNumberInvalid,
    StatementPeriodInvalid,
    StatementTooLong,
    TooManyCards,
    TopUpSettled,
    TopUpUnknown,
    WalletNeedsRealName,
    WalletNotEmpty,
    WalletNotOpen,
)

_Amount = AmountInvalid | CurrencyWrong | AmountOutOfBounds
TopUpWalletResult = Annotated[
    TopUpBegun
    | _Amount
    | WalletNeedsRealName
    | BalanceTooHigh
    | AccountClosed
    | PaymentGatewayMissing
    | IdempotencyConflict,
    strawberry.union("TopUpWalletResult"),
]
CheckTopUpResult = Annotated[
    TopUpLookedAt | TopUpUnknown | PaymentGatewayMissing | IdempotencyConflict, strawberry.union("CheckTopUpResult")
]
CancelTopUpResult = Annotated[
    TopUpCancelled | TopUpUnknown | TopUpSettled | PaymentGatewayMissing | IdempotencyConflict,
    strawberry.union("CancelTopUpResult"),
]
WithdrawFromWalletResult = Annotated[
    WithdrawalBegun
    | _Amount
    | WalletNeedsRealName
    | PinNeeded
    | PinNotSet
    | PinWrong
    | PinLocked
    | BankCardUnknown
    | InsufficientBalance
    | AccountFrozen
    | AccountClosed
    | PayerBlocked
    | PaymentGatewayMissing
    | IdempotencyConflict,
    strawberry.union("WithdrawFromWalletResult"),
]
BindBankCardResult = Annotated[
    BankCardBound
    | WalletNeedsRealName
    | CardNumberInvalid
    | CardNotYours
    | CardBoundAlready
    | TooManyCards
    | PaymentGatewayMissing
    | IdempotencyConflict,
    strawberry.union("BindBankCardResult"),
]
LetGoOfBankCardResult = Annotated[
    BankCardLetGo | WalletNeedsRealName | BankCardUnknown | IdempotencyConflict,
    strawberry.union("LetGoOfBankCardResult"),
]
CloseWalletResult = Annotated[
    WalletShut | WalletNeedsRealName | WalletNotOpen | WalletNotEmpty | IdempotencyConflict,
    strawberry.union("CloseWalletResult"),
]
WalletStatementResult = Annotated[
    StatementReady | WalletNeedsRealName | StatementPeriodInvalid | StatementTooLong,
    strawberry.union("WalletStatementResult"),
]


async def top_up_node(info: Info, key: str) -> Node | None:
    found = await info.context.services.payment.wallet.top_ups.one(info.context.viewer, key)
    return TopUp.of(found) if found else None


async def withdrawal_node(info: Info, key: str) -> Node | None:
    found = await info.context.services.payment.wallet.withdrawals.one(info.context.viewer, key)
    return Withdrawal.of(found) if found else None


async def bank_card_node(info: Info, key: str) -> Node | None:
    found = await info.context.services.payment.wallet.cards.one(info.context.viewer, key)
    return BankCard.of(found, info.context.locale) if found else None


@strawberry.type
class WalletQuery:
    @strawberry.field(
        metadata=citizens(), description="One's own wallet. Null of somebody whose identity is not verified."
    )
    async def wallet(self, info: Info) -> Wallet | None:
        viewer, rooms = info.context.viewer, info.context.services.payment.wallet
        found = await rooms.wallets.mine(viewer)
        return Wallet.of(found, await rooms.cards.mine(viewer), info.context.locale) if found else None

    @strawberry.field(
        metadata=citizens(), description="What moved it, newest first; days are civil days of the city, both included."
    )
    async def wallet_lines(
        self,
        info: Info,
        kinds: list[TransferKind] | None = None,
        from_day: date | None = None,
        to_day: date | None = None,
        incoming: bool | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[WalletLine]:
        rooms, which = info.context.services.payment.wallet, line_filter(kinds or (), from_day, to_day, incoming)
        page = await rooms.statements.lines(info.context.viewer, PageRequest.of(first, after), which)
        tree = info.context.services.organisations.tree
        return connection(page, lambda one: cursor_of(one.posting), lambda one: WalletLine.of(one, tree))

    @strawberry.field(metadata=citizens(), description="The month that this day lies in; null of one to come.")
    async def wallet_month(self, info: Info, day: date) -> WalletMonth | None:
        found = await info.context.services.payment.wallet.statements.month(info.context.viewer, day)
        return WalletMonth.of(found) if found else None

    @strawberry.field(metadata=citizens(), description="A statement as a file, up to a year, behind a signed link.")
    async def wallet_statement(self, info: Info, from_day: date, to_day: date, form: Form) -> WalletStatementResult:
        statements = info.context.services.payment.wallet.statements
        made = await statements.link(info.context.viewer, from_day, to_day, form, info.context.locale)
        return StatementReady(url=made.url, until=made.until)

    @strawberry.field(metadata=citizens(), description="One of one's own.")
    async def top_up(self, info: Info, top_up_id: strawberry.ID) -> TopUp | None:
        key = key_of(top_up_id, "TopUp")
        found = await info.context.services.payment.wallet.top_ups.one(info.context.viewer, key)
        return TopUp.of(found) if found else None

    @strawberry.field(metadata=citizens(), description="Newest first.")
    async def withdrawals(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Withdrawal]:
        withdrawals, request = info.context.services.payment.wallet.withdrawals, PageRequest.of(first, after)
        page = await withdrawals.newest(info.context.viewer, request)
        return connection(page, lambda one: one.id, Withdrawal.of)


@strawberry.type
class WalletMutation:
    @strawberry.mutation(
        metadata=citizens(), description="1 to 5,000 yuan at a time, paid on the gateway's page within 15 minutes."
    )
    async def top_up_wallet(self, info: Info, amount: MoneyInput, idempotency_key: IdempotencyKey) -> TopUpWalletResult:
        top_ups, wanted = info.context.services.payment.wallet.top_ups, amount.read(Currency.CNY)
        return TopUpBegun(top_up=TopUp.of(await top_ups.begin(info.context.viewer, wanted, idempotency_key)))

    @strawberry.mutation(
        metadata=citizens(), description="Ask the gateway now: for who comes back from its page and sees no money yet."
    )
    async def check_top_up(
        self, info: Info, top_up_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> CheckTopUpResult:
        top_ups, key = info.context.services.payment.wallet.top_ups, key_of(top_up_id, "TopUp")
        return TopUpLookedAt(top_up=TopUp.of(await top_ups.check(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(metadata=citizens(), description="Nobody can pay it any more.")
    async def cancel_top_up(
        self, info: Info, top_up_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> CancelTopUpResult:
        top_ups, key = info.context.services.payment.wallet.top_ups, key_of(top_up_id, "TopUp")
        return TopUpCancelled(top_up=TopUp.of(await top_ups.cancel(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(
        metadata=citizens(),
        description="1 to 50,000 yuan to a bank card of one's own; by the PIN of who "
        "has one, and above 1,000 yuan one has to have one.",
    )
    async def withdraw_from_wallet(
        self,
        info: Info,
        card_id: strawberry.ID,
        amount: MoneyInput,
        idempotency_key: IdempotencyKey,
        pin: str | None = None,
    ) -> WithdrawFromWalletResult:
        withdrawals, card = info.context.services.payment.wallet.withdrawals, key_of(card_id, "BankCard")
        wanted = amount.read(Currency.CNY)
        begun = await withdrawals.begin(info.context.viewer, card, wanted, pin, idempotency_key)
        return WithdrawalBegun(withdrawal=Withdrawal.of(begun))

    @strawberry.mutation(
        metadata=citizens(), description="A card in one's own name; the bank is asked. Five may be bound."
    )
    async def bind_bank_card(self, info: Info, number: str, idempotency_key: IdempotencyKey) -> BindBankCardResult:
        cards = info.context.services.payment.wallet.cards
        bound = await cards.bind(info.context.viewer, number, idempotency_key)
        return BankCardBound(card=BankCard.of(bound, info.context.locale))

    @strawberry.mutation(metadata=citizens(), description="A withdrawal that is on its way there arrives.")
    async def let_go_of_bank_card(
        self, info: Info, card_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> LetGoOfBankCardResult:
        cards, key = info.context.services.payment.wallet.cards, key_of(card_id, "BankCard")
        gone = await cards.let_go(info.context.viewer, key, idempotency_key)
        return BankCardLetGo(card=BankCard.of(gone, info.context.locale))

    @strawberry.mutation(metadata=citizens(), description="For good. Nothing may lie in it.")
    async def close_wallet(self, info: Info, idempotency_key: IdempotencyKey) -> CloseWalletResult:
        wallets = info.context.services.payment.wallet.wallets
        return WalletShut(state=(await wallets.close(info.context.viewer, idempotency_key)).state)
