"""The services of my payment."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.payment.bills.services import Bills
from app.domains.payment.collecting.confirming.service import Confirming
from app.domains.payment.collecting.paying.service import PayingMerchants
from app.domains.payment.collecting.service import Collecting
from app.domains.payment.credit.appeals.service import CreditAppealService
from app.domains.payment.credit.dues.service import DueService
from app.domains.payment.credit.line.service import LineService
from app.domains.payment.credit.repayments.service import RepaymentService
from app.domains.payment.credit.rules.service import RuleBook
from app.domains.payment.credit.score.service import ScoreService
from app.domains.payment.disputes.answering.service import DisputeAnswers
from app.domains.payment.disputes.deciding.service import DisputeDecisions
from app.domains.payment.disputes.service import Disputes
from app.domains.payment.gateway.orders.service import Orders
from app.domains.payment.gateway.payouts.service import Payouts
from app.domains.payment.gateway.refunds.service import GatewayRefunds, Returns
from app.domains.payment.ledger.folding.service import Folding
from app.domains.payment.ledger.proof.service import Proof
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.merchants.service import MerchantService
from app.domains.payment.packets.lapsing.service import PacketLapsing
from app.domains.payment.packets.opening.service import PacketOpening
from app.domains.payment.packets.service import PacketService
from app.domains.payment.packets.stranded.service import StrandedPackets
from app.domains.payment.pay_codes.service import PayCodeService
from app.domains.payment.payments.service import Payments
from app.domains.payment.payments.watching.service import WatchedPayments
from app.domains.payment.pins.service import PinService
from app.domains.payment.points.causes.service import CauseService
from app.domains.payment.points.expiring.service import PointExpiry
from app.domains.payment.points.grants.service import GrantService
from app.domains.payment.points.partners.service import PartnerService
from app.domains.payment.points.rates.service import RateService
from app.domains.payment.points.service import PointBook
from app.domains.payment.reconciliation.differences.service import DifferenceService
from app.domains.payment.reconciliation.matching.service import Comparison
from app.domains.payment.reconciliation.service import ReconciliationService
from app.domains.payment.refunds.asking.service import RefundAsking
from app.domains.payment.refunds.service import Refunds
from app.domains.payment.rides.batches.service import RideBatches
from app.domains.payment.rides.debts.service import RideDebts
from app.domains.payment.rides.fares.service import FareService
from app.domains.payment.rides.service import RideService
from app.domains.payment.risk.blocks.service import PayerBlocks
from app.domains.payment.risk.rules.service import RiskRules
from app.domains.payment.risk.service import Risk
from app.domains.payment.settlement.payees.service import PayeeService
from app.domains.payment.settlement.redemptions.service import Redeeming
from app.domains.payment.settlement.running.service import Settling
from app.domains.payment.settlement.service import SettlementService
from app.domains.payment.settlement.statements.service import StatementService
from app.domains.payment.shifts.service import ShiftService
from app.domains.payment.treatments.service import TreatmentService
from app.domains.payment.wallet.cards.service import BankCards
from app.domains.payment.wallet.service import Wallets
from app.domains.payment.wallet.statements.service import Statements
from app.domains.payment.wallet.top_ups.service import TopUps
from app.domains.payment.wallet.withdrawals.service import Withdrawals


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """The services of citizen credit."""

    rules: RuleBook
    scores: ScoreService
    lines: LineService
    dues: DueService
    repayments: RepaymentService
    appeals: CreditAppealService


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletRooms:
    """The services of the wallet."""

    wallets: Wallets
    cards: BankCards
    top_ups: TopUps
    withdrawals: Withdrawals
    statements: Statements


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementRooms:
    """Payees and what they are paid; the gateway's days, what differs on them, and closing them."""

    settlements: SettlementService
    settling: Settling
    payees: PayeeService
    redeeming: Redeeming
    statements: StatementService
    days: ReconciliationService
    comparison: Comparison
    differences: DifferenceService


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRooms:
    """The services of points."""

    book: PointBook
    grants: GrantService
    causes: CauseService
    partners: PartnerService
    rates: RateService
    expiry: PointExpiry


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketRooms:
    """The services of red packets."""

    packets: PacketService
    opening: PacketOpening
    lapsing: PacketLapsing
    stranded: StrandedPackets


@dataclass(frozen=True, slots=True, kw_only=True)
class RideRooms:
    """The services of rides."""

    fares: FareService
    rides: RideService
    batches: RideBatches
    debts: RideDebts


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """The services of my payment."""

    ledger: Ledger
    folding: Folding
    proof: Proof
    orders: Orders
    gateway_refunds: GatewayRefunds
    gateway_returns: Returns
    payouts: Payouts
    payments: Payments
    points: PointRooms
    packets: PacketRooms
    rides: RideRooms
    bills: Bills
    wallet: WalletRooms
    risk: Risk
    risk_rules: RiskRules
    payer_blocks: PayerBlocks
    refunds: Refunds
    refund_asking: RefundAsking
    disputes: Disputes
    dispute_answers: DisputeAnswers
    dispute_decisions: DisputeDecisions
    watched_payments: WatchedPayments
    merchants: MerchantService
    pay_codes: PayCodeService
    pins: PinService
    collecting: Collecting
    confirming: Confirming
    merchant_payments: PayingMerchants
    shifts: ShiftService
    credit: Credit
    treatments: TreatmentService
    settlement: SettlementRooms
