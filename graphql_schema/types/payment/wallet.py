"""The wallet: what lies in it, how it comes in and goes out, and what a month came to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import strawberry

from app.core.money import Money as Sum
from app.core.said import Said
from app.domains.identity.organisations.model import Tree
from app.domains.payment.gateway.errands.model import ErrandState
from app.domains.payment.gateway.orders.model import Order, OrderState
from app.domains.payment.gateway.payouts.model import Payout
from app.domains.payment.ledger.model import AccountState, TransferKind
from app.domains.payment.wallet import model as wallets
from app.domains.payment.wallet.cards import model as bank_cards
from app.domains.payment.wallet.statements import model as statements
from app.domains.payment.wallet.statements.model import SpendingCategory
from app.domains.payment.wallet.statements.service import Form
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Info, Money, Node, global_id

strawberry.enum(AccountState, name="WalletState", description="CLOSED is for good.")
strawberry.enum(SpendingCategory, description="What a line of a wallet counts as.")
strawberry.enum(Form, name="StatementForm")
strawberry.enum(
    OrderState,
    name="TopUpState",
    description="OPENING, OPEN: it can be paid. MISMATCH: another sum came, the city looks into it. "
    "RETURNED: the money could not be taken, and goes back.",
)
strawberry.enum(ErrandState, name="WithdrawalState", description="ASKED, PROCESSING: on its way.")


@strawberry.type(description="A card of one's own to which money can be withdrawn. The number is never shown.")
class BankCard(Node):
    bank: str
    last_four: str
    bound_at: datetime

    @classmethod
    def of(cls, card: bank_cards.BankCard, locale: str) -> BankCard:
        bank = card.bank_en if locale.startswith("en") else card.bank
        return cls(id=global_id("BankCard", card.id), bank=bank, last_four=card.last4, bound_at=card.bound_at)


@strawberry.type(description="Money that the city keeps for a citizen.")
class Wallet:
    balance: Money
    held: Money = strawberry.field(description="On its way out.")
    available: Money
    most: Money = strawberry.field(description="So much may lie in it.")
    state: AccountState
    opened: bool = strawberry.field(description="False until something first comes in.")
    cards: list[BankCard]

    @classmethod
    def of(cls, one: wallets.Wallet, bound: Sequence[bank_cards.BankCard], locale: str) -> Wallet:
        return cls(
            balance=Money.of(one.balance),
            held=Money.of(one.held),
            available=Money.of(one.available),
            most=Money.of(one.most),
            state=one.state,
            opened=one.opened,
            cards=[BankCard.of(card, locale) for card in bound],
        )


@strawberry.type(description="What moved a wallet.")
class WalletLine:
    id: strawberry.ID
    at: datetime
    change: Money = strawberry.field(description="Less than nothing when it went out.")
    after: Money | None = strawberry.field(description="What lay in the wallet after it.")
    kind: TransferKind
    category: SpendingCategory
    payee: OrganisationName | None
    said: strawberry.Private[Said]

    @strawberry.field(description="What the other side is called, when it is an organisation or a merchant.")
    def name(self, info: Info) -> str:
        return self.said.within(info.context.locale)

    @classmethod
    def of(cls, line: statements.WalletLine, tree: Tree) -> WalletLine:
        posting = line.posting
        return cls(
            id=global_id("WalletLine", posting.id),
            at=posting.at,
            change=Money.of(line.change),
            after=None if posting.after is None else Money.of(Sum(posting.after)),
            kind=posting.kind,
            category=line.category,
            payee=OrganisationName.of(line.payee, tree) if line.payee else None,
            said=line.name,
        )


@strawberry.type
class CategorySum:
    category: SpendingCategory
    incoming: bool
    sum: Money
    count: int

    @classmethod
    def of(cls, one: statements.CategorySum) -> CategorySum:
        return cls(category=one.category, incoming=one.incoming, sum=Money.of(one.sum), count=one.count)


@strawberry.type
class DaySum:
    day: date
    income: Money
    expense: Money

    @classmethod
    def of(cls, one: statements.DaySum) -> DaySum:
        return cls(day=one.day, income=Money.of(one.income), expense=Money.of(one.expense))


@strawberry.type(description="A month of a wallet, with what it was spent on and what a chart is drawn of.")
class WalletMonth:
    first: date
    opening: Money
    income: Money
    expense: Money
    closing: Money
    categories: list[CategorySum]
    days: list[DaySum]
    whole: bool = strawberry.field(description="False: there was more than is counted here.")

    @classmethod
    def of(cls, one: statements.Month) -> WalletMonth:
        return cls(
            first=one.first,
            opening=Money.of(one.opening),
            income=Money.of(one.income),
            expense=Money.of(one.expense),
            closing=Money.of(one.closing),
            categories=[CategorySum.of(each) for each in one.categories],
            days=[DaySum.of(each) for each in one.days],
            whole=one.whole,
        )


@strawberry.type
class TopUp(Node):
    amount: Money
    state: OrderState
    pay_at: str | None = strawberry.field(description="The gateway's page on which it is paid.")
    made_at: datetime
    until: datetime = strawberry.field(description="It can be paid until then.")
    settled_at: datetime | None

    @classmethod
    def of(cls, one: Order) -> TopUp:
        return cls(
            id=global_id("TopUp", one.id),
            amount=Money.of(Sum(one.fen)),
            state=one.state,
            pay_at=one.pay_at if one.waits else None,
            made_at=one.at,
            until=one.expires_at,
            settled_at=one.settled_at,
        )


@strawberry.type
class Withdrawal(Node):
    amount: Money
    state: ErrandState
    reason: str = strawberry.field(description="Why it failed, as the bank's code; empty otherwise.")
    made_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, one: Payout) -> Withdrawal:
        return cls(
            id=global_id("Withdrawal", one.id),
            amount=Money.of(Sum(one.fen)),
            state=one.state,
            reason=one.reason,
            made_at=one.at,
            settled_at=one.settled_at,
        )


@strawberry.type
class TopUpBegun:
    top_up: TopUp


@strawberry.type
class TopUpLookedAt:
    top_up: TopUp


@strawberry.type
class TopUpCancelled:
    top_up: TopUp = strawberry.field(description="As it turned out: one that was paid a moment ago is PAID.")


@strawberry.type
class WithdrawalBegun:
    withdrawal: Withdrawal


@strawberry.type
class BankCardBound:
    card: BankCard


@strawberry.type
class BankCardLetGo:
    card: BankCard


@strawberry.type
class WalletShut:
    state: AccountState


@strawberry.type
class StatementReady:
    url: str = strawberry.field(description="Good without further proof until then.")
    until: datetime
