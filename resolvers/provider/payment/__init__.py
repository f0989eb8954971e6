"""My payment, for merchants, billers, hospitals, transport: one file a noun, put together here."""

from __future__ import annotations

from resolvers.provider.payment.bills import ProviderBillsMutation, ProviderBillsQuery
from resolvers.provider.payment.disputes import ProviderDisputeMutation, ProviderDisputeQuery
from resolvers.provider.payment.merchants import (
    ProviderMerchantMutation,
    ProviderMerchantQuery,
    ProviderMerchantSubscription,
)
from resolvers.provider.payment.points import ProviderPointsMutation, ProviderPointsQuery
from resolvers.provider.payment.rides import ProviderRidesMutation, ProviderRidesQuery
from resolvers.provider.payment.settlement import ProviderSettlementQuery
from resolvers.provider.payment.treatments import ProviderTreatmentMutation, ProviderTreatmentQuery


class ProviderPaymentQuery(
    ProviderBillsQuery,
    ProviderSettlementQuery,
    ProviderMerchantQuery,
    ProviderDisputeQuery,
    ProviderPointsQuery,
    ProviderRidesQuery,
    ProviderTreatmentQuery,
):
    pass


class ProviderPaymentMutation(
    ProviderBillsMutation,
    ProviderMerchantMutation,
    ProviderDisputeMutation,
    ProviderPointsMutation,
    ProviderRidesMutation,
    ProviderTreatmentMutation,
):
    pass


class ProviderPaymentSubscription(ProviderMerchantSubscription):
    pass
