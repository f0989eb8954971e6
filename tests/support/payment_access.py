"""Of each operation of my payment: who may, which id it takes, how many commands it may send."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.ids import global_id, new_id
from app.domains.payment.ledger.model import wallet
from graphql_schema.types.common import key_of
from tests.support.api import Api, Person
from tests.support.bill_walk import bill_belongings
from tests.support.credit_walk import credit_belongings
from tests.support.paying import pay, put_on, shop
from tests.support.putting_right import a_dispute

IN_PERSON, OPEN = "in person", "open"
WARDS = "PAYMENTS_MANAGE"
# What providers' operations ask for; by the scope's own name.
PAYMENT_SCOPES = ("payments", "payments:manage", "bills", "rides", "treatments", "points")

CITIZEN_MAY: Mapping[str, str] = {
    **dict.fromkeys(("goodCauses", "pointPartners", "rideFares"), OPEN),
    **dict.fromkeys(("points", "pointHistory", "donatePoints", "payOwedRides"), IN_PERSON),
    **dict.fromkeys(("redPacket", "sentRedPackets", "openedRedPackets", "waitingRedPackets"), IN_PERSON),
    **dict.fromkeys(("sendRedPacket", "openRedPacket"), IN_PERSON),
    **dict.fromkeys(("rides", "owedRides"), WARDS),
    "creditRules": OPEN,
    **dict.fromkeys(("creditStanding", "creditHistory", "creditLine", "creditStatement", "creditDues"), IN_PERSON),
    **dict.fromkeys(("creditRepayments", "creditRepayment", "creditAppeals"), IN_PERSON),
    **dict.fromkeys(("joinCredit", "leaveCredit", "recountCredit", "openCreditLine", "closeCreditLine"), IN_PERSON),
    **dict.fromkeys(("repayCredit", "repayCreditByGateway", "appealCredit"), IN_PERSON),
    **dict.fromkeys(("treatments", "treatment", "confirmTreatment", "declineTreatment"), IN_PERSON),
    **dict.fromkeys(
        ("wallet", "walletLines", "walletMonth", "walletStatement", "topUp", "withdrawals", "topUpWallet"), IN_PERSON
    ),
    **dict.fromkeys(("checkTopUp", "cancelTopUp", "withdrawFromWallet", "bindBankCard"), IN_PERSON),
    **dict.fromkeys(("letGoOfBankCard", "closeWallet"), IN_PERSON),
    "billers": OPEN,
    **dict.fromkeys(("billerAccounts", "bills", "bill", "billsOwed", "billPayment", "billReceipts"), WARDS),
    **dict.fromkeys(("billReceipt", "bindBillerAccount", "labelBillerAccount", "unbindBillerAccount"), WARDS),
    **dict.fromkeys(("refreshBills", "payBills", "allowAutoPay", "endAutoPay", "skipAutoPay"), WARDS),
    "payments": WARDS,
    "payment": WARDS,
    **dict.fromkeys(("refunds", "paymentDisputes", "paymentDispute"), WARDS),
    **dict.fromkeys(("paymentsToConfirm", "merchantCode", "spendingToday", "payPin", "paymentChanged"), IN_PERSON),
    **dict.fromkeys(("createPayCode", "confirmPayment", "declinePayment", "payMerchant"), IN_PERSON),
    **dict.fromkeys(("choosePayPin", "changePayPin", "resetPayPin"), IN_PERSON),
    **dict.fromkeys(("disputePayment", "replyToDispute", "withdrawDispute"), WARDS),
}
PROVIDER_MAY: Mapping[str, str] = {
    **dict.fromkeys(("pointGrants", "pointBudget", "grantPoints", "takeBackPoints"), "points"),
    **dict.fromkeys(("pushBills", "withdrawBill", "pushedBills", "pushedBill"), "bills"),
    **dict.fromkeys(("carriedRides", "lineFares", "reportRide", "reportOfflineRides"), "rides"),
    **dict.fromkeys(
        ("treatments", "treatment", "authoriseTreatment", "chargeTreatment", "cancelTreatment"), "treatments"
    ),
    **dict.fromkeys(("refunds", "paymentDisputes", "paymentDispute"), "payments:manage"),
    **dict.fromkeys(("settlements", "settlement", "merchantStatement", "merchantStatementFile"), "payments:manage"),
    **dict.fromkeys(("merchant", "queryPayment", "myShift", "shift", "shifts", "paymentChanged"), "payments"),
    **dict.fromkeys(("collectPayment", "cancelPayment", "createMerchantCode", "openShift", "closeShift"), "payments"),
    **dict.fromkeys(("merchantPayments", "renewStaticCode"), "payments:manage"),
    **dict.fromkeys(("refundPayment", "acceptDispute", "answerDispute"), "payments:manage"),
}
TAKES_PAYMENT_ID: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("Bill", "SkipAutoPay"), ("bill", "Bill")),
    "BillPayment": ("payment", "Payment"),
    "BillReceipt": ("receipt", "BillReceipt"),
    **dict.fromkeys(("LabelBillerAccount", "UnbindBillerAccount"), ("account", "BillerAccount")),
    **dict.fromkeys(("AllowAutoPay", "EndAutoPay"), ("account", "BillerAccount")),
    "DonatePoints": ("cause", "GoodCause"),
    "CreditRepayment": ("repayment", "CreditRepayment"),
    **dict.fromkeys(("Treatment", "ConfirmTreatment", "DeclineTreatment"), ("treatment", "Treatment")),
    **dict.fromkeys(("ChargeTreatment", "CancelTreatment"), ("treatment", "Treatment")),
    **dict.fromkeys(("TopUp", "CheckTopUp", "CancelTopUp"), ("topUp", "TopUp")),
    **dict.fromkeys(("WithdrawFromWallet", "LetGoOfBankCard"), ("card", "BankCard")),
    "Payment": ("paymentId", "Payment"),
    **dict.fromkeys(("ConfirmPayment", "DeclinePayment"), ("paymentId", "Payment")),
    "Shift": ("shiftId", "Shift"),
    "Settlement": ("settlementId", "Settlement"),
    **dict.fromkeys(("Refunds", "DisputePayment", "RefundPayment"), ("paymentId", "Payment")),
    **dict.fromkeys(
        ("PaymentDispute", "ReplyToDispute", "WithdrawDispute", "AcceptDispute", "AnswerDispute"),
        ("disputeId", "PaymentDispute"),
    ),
}
MOST_OF_PAYMENT: Mapping[str, int] = {
    "citizen.BindBankCard": 10,
    "citizen.CancelTopUp": 8,
    "citizen.CheckTopUp": 14,
    "citizen.CloseWallet": 7,
    "citizen.LetGoOfBankCard": 7,
    "citizen.TopUp": 1,
    "citizen.TopUpWallet": 12,
    "citizen.Wallet": 2,
    "citizen.WalletLines": 2,
    "citizen.WalletMonth": 3,
    "citizen.WalletStatement": 1,
    "citizen.WithdrawFromWallet": 25,
    "citizen.Withdrawals": 1,
    "citizen.ChangePayPin": 11,
    "citizen.ChoosePayPin": 9,
    "citizen.ConfirmPayment": 26,
    "citizen.CreatePayCode": 10,
    "citizen.DeclinePayment": 10,
    "citizen.MerchantCode": 3,
    "citizen.PayMerchant": 21,
    "citizen.PayPin": 1,
    "citizen.PaymentsToConfirm": 1,
    "citizen.ResetPayPin": 16,
    "citizen.SpendingToday": 1,
    "provider.CancelPayment": 20,
    "provider.CloseShift": 7,
    "provider.CollectPayment": 20,
    "provider.CreateMerchantCode": 8,
    "provider.Merchant": 1,
    "provider.MerchantPayments": 1,
    "provider.MyShift": 2,
    "provider.OpenShift": 7,
    "provider.QueryPayment": 2,
    "provider.RenewStaticCode": 8,
    "provider.Shift": 2,
    "provider.Shifts": 1,
    "citizen.DisputePayment": 13,
    "citizen.PaymentDispute": 4,
    "citizen.PaymentDisputes": 1,
    "citizen.Refunds": 2,
    "citizen.ReplyToDispute": 10,
    "citizen.WithdrawDispute": 10,
    "provider.AcceptDispute": 20,
    "provider.AnswerDispute": 10,
    "provider.PaymentDispute": 4,
    "provider.PaymentDisputes": 1,
    "provider.RefundPayment": 16,
    "provider.Refunds": 1,
    "citizen.AllowAutoPay": 11,
    "citizen.Bill": 5,
    "citizen.BillPayment": 2,
    "citizen.BillReceipt": 2,
    "citizen.BillReceipts": 3,
    "citizen.BillerAccounts": 5,
    "citizen.Billers": 1,
    "citizen.Bills": 5,
    "citizen.BillsOwed": 2,
    "citizen.BindBillerAccount": 16,
    "citizen.EndAutoPay": 6,
    "citizen.LabelBillerAccount": 10,
    "citizen.PayBills": 47,  # of two bills
    "citizen.RefreshBills": 7,
    "citizen.SkipAutoPay": 9,
    "citizen.UnbindBillerAccount": 7,
    "provider.PushBills": 11,
    "provider.PushedBill": 2,
    "provider.PushedBills": 2,
    "provider.WithdrawBill": 10,
    "citizen.DonatePoints": 13,
    "citizen.GoodCauses": 3,
    "citizen.OpenRedPacket": 21,
    "citizen.OpenedRedPackets": 3,
    "citizen.OwedRides": 1,
    "citizen.PayOwedRides": 2,
    "citizen.PointHistory": 2,
    "citizen.PointPartners": 1,
    "citizen.Points": 2,
    "citizen.RedPacket": 5,
    "citizen.RideFares": 1,
    "citizen.Rides": 2,
    "citizen.SendRedPacket": 18,
    "citizen.SentRedPackets": 1,
    "citizen.WaitingRedPackets": 4,
    "provider.CarriedRides": 1,
    "provider.GrantPoints": 19,
    "provider.LineFares": 1,
    "provider.PointBudget": 1,
    "provider.PointGrants": 1,
    "provider.ReportOfflineRides": 21,
    "provider.ReportRide": 29,
    "provider.TakeBackPoints": 16,
    "citizen.AppealCredit": 7,
    "citizen.CloseCreditLine": 9,
    "citizen.ConfirmTreatment": 14,
    "citizen.CreditAppeals": 2,
    "citizen.CreditDues": 1,
    "citizen.CreditHistory": 1,
    "citizen.CreditLine": 2,
    "citizen.CreditRepayment": 2,
    "citizen.CreditRepayments": 1,
    "citizen.CreditRules": 2,
    "citizen.CreditStanding": 1,
    "citizen.CreditStatement": 1,
    "citizen.DeclineTreatment": 7,
    "citizen.JoinCredit": 16,
    "citizen.LeaveCredit": 10,
    "citizen.OpenCreditLine": 17,
    "citizen.RecountCredit": 18,
    "citizen.RepayCredit": 13,
    "citizen.RepayCreditByGateway": 11,
    "citizen.Treatment": 2,
    "citizen.Treatments": 2,
    "provider.AuthoriseTreatment": 13,
    "provider.CancelTreatment": 7,
    "provider.ChargeTreatment": 15,
    "provider.Treatment": 2,
    "provider.Treatments": 2,
    "citizen.Payment": 3,
    "citizen.Payments": 3,
    "provider.MerchantStatement": 3,
    "provider.MerchantStatementFile": 3,
    "provider.Settlement": 1,
    "provider.Settlements": 1,
}


async def payment_belongings(api: Api, owner: Person) -> dict[str, str]:
    """Ids of what is the owner's, by type."""
    payer = key_of(str(owner.citizen_id), "Citizen")
    await api.city.services.payment.ledger.open(wallet(payer))
    await put_on(api.city, payer, 10_000)
    payment = await pay(api.city, payer, 100, shop())
    dispute = await a_dispute(api, payment)
    bound = await api.data("BindBankCard", owner.token, number="6222021234567890128", key=new_id())
    card, sum_ = bound["card"]["id"], {"amount": "1", "currency": "CNY"}
    out = await api.data("WithdrawFromWallet", owner.token, card=card, amount=sum_, key=new_id())
    topping = {"amount": {"amount": "1", "currency": "CNY"}, "key": new_id()}
    return {
        **await credit_belongings(api, owner),
        **await bill_belongings(api, owner),
        "BankCard": bound["card"]["id"],
        "Payment": global_id("Payment", payment.id),
        "PaymentDispute": global_id("PaymentDispute", dispute),
        "TopUp": (await api.data("TopUpWallet", owner.token, **topping))["topUp"]["id"],
        "Withdrawal": out["withdrawal"]["id"],
    }
