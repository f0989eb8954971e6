"""My payment, for citizens: one file a noun, put together here."""

from __future__ import annotations

from resolvers.citizen.payment.bills import BillsMutation, BillsQuery
from resolvers.citizen.payment.codes import CodeMutation, CodeQuery, CodeSubscription
from resolvers.citizen.payment.credit import CreditMutation, CreditQuery
from resolvers.citizen.payment.disputes import DisputeMutation, DisputeQuery
from resolvers.citizen.payment.packets import PacketsMutation, PacketsQuery
from resolvers.citizen.payment.payments import PaymentsQuery
from resolvers.citizen.payment.points import PointsMutation, PointsQuery
from resolvers.citizen.payment.rides import RidesMutation, RidesQuery
from resolvers.citizen.payment.treatments import TreatmentMutation, TreatmentQuery
from resolvers.citizen.payment.wallet import WalletMutation, WalletQuery


class PaymentQuery(
    PaymentsQuery,
    BillsQuery,
    CodeQuery,
    WalletQuery,
    DisputeQuery,
    PointsQuery,
    PacketsQuery,
    RidesQuery,
    CreditQuery,
    TreatmentQuery,
):
    pass


class PaymentMutation(
    BillsMutation,
    CodeMutation,
    WalletMutation,
    DisputeMutation,
    PointsMutation,
    PacketsMutation,
    RidesMutation,
    CreditMutation,
    TreatmentMutation,
):
    pass


class PaymentSubscription(CodeSubscription):
    pass
