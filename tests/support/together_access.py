"""Of each operation of shops, votes and care: who may, which id it takes, how many commands it may send."""

from __future__ import annotations

from collections.abc import Mapping

_OPEN, _IN_PERSON, _WARD, _SHOP, _ESTATE = "open", "in person", "VOICE_MANAGE", "shops", "community"
TOGETHER_SCOPES: tuple[str, ...] = ("shops",)

CITIZEN_MAY_TOGETHER: Mapping[str, str] = {
    **dict.fromkeys(("shops", "shopMenu"), _OPEN),
    **dict.fromkeys(("shopOrders", "shopOrder", "parcels", "placeShopOrder", "payShopOrder"), _IN_PERSON),
    **dict.fromkeys(("cancelShopOrder", "confirmShopOrder"), _IN_PERSON),
    **dict.fromkeys(("estateVotes", "estateVote", "namedVoices", "castVote", "empowerVoter"), _IN_PERSON),
    **dict.fromkeys(("careEntry", "enterCareList", "answerCareProposal", "checkInCare"), _WARD),
    **dict.fromkeys(("pauseCare", "resumeCare", "leaveCareList"), _WARD),
}
PROVIDER_MAY_TOGETHER: Mapping[str, str] = {
    **dict.fromkeys(("keptShops", "keptShopMenu", "shopOrders", "shopParcels", "saveShop", "saveShopItem"), _SHOP),
    **dict.fromkeys(("markShopItemSoldOut", "shopOrder"), _SHOP),
    **dict.fromkeys(("restockShopItem", "acceptShopOrder", "sendShopOrder", "handOverShopOrder"), _SHOP),
    **dict.fromkeys(("refuseShopOrder", "announceParcel", "handOverParcel", "shopOrderChanged"), _SHOP),
    **dict.fromkeys(("keptVotes", "openVote", "withdrawVote", "enterHomeAreas"), _ESTATE),
    **dict.fromkeys(("careEntries", "missedCare", "proposeCare", "noteCareSign", "endCare"), _ESTATE),
    "revealCareEntry": _ESTATE,
}
_ORDER, _VOTE, _ENTRY, _AT = ("orderId", "ShopOrder"), ("voteId", "EstateVote"), ("entryId", "CareEntry"), "shopId"
TAKES_TOGETHER_ID: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("ShopOrder", "PayShopOrder", "CancelShopOrder", "ConfirmShopOrder"), _ORDER),
    **dict.fromkeys(("AcceptShopOrder", "SendShopOrder", "HandOverShopOrder", "RefuseShopOrder"), _ORDER),
    **dict.fromkeys(("EstateVote", "NamedVoices", "CastVote", "EmpowerVoter", "WithdrawVote"), _VOTE),
    **dict.fromkeys(("NoteCareSign", "EndCare", "RevealCareEntry"), _ENTRY),
    "HandOverParcel": ("parcelId", "Parcel"),
    "RestockShopItem": ("itemId", "ShopItem"),
    "MarkShopItemSoldOut": ("itemId", "ShopItem"),
    **dict.fromkeys(("ShopMenu", "KeptShopMenu", "ShopParcels", "ShopOrders", "SaveShopItem"), (_AT, "Shop")),
    **dict.fromkeys(("AnnounceParcel", "ShopOrderChanged"), (_AT, "Shop")),
    **dict.fromkeys(("Shops", "KeptVotes", "OpenVote", "EnterHomeAreas"), ("estateId", "Estate")),
    **dict.fromkeys(("EnterCareList", "ProposeCare"), ("residencyId", "Residency")),
}
MOST_OF_TOGETHER: Mapping[str, int] = {
    "citizen.AnswerCareProposal": 8,
    "citizen.CancelShopOrder": 25,
    "citizen.CareEntry": 2,
    "citizen.CastVote": 14,
    "citizen.CheckInCare": 8,
    "citizen.ConfirmShopOrder": 9,
    "citizen.EmpowerVoter": 14,
    "citizen.EnterCareList": 10,
    "citizen.EstateVote": 5,
    "citizen.EstateVotes": 2,
    "citizen.LeaveCareList": 8,
    "citizen.NamedVoices": 1,
    "citizen.Parcels": 2,
    "citizen.PauseCare": 8,
    "citizen.PayShopOrder": 4,
    "citizen.PlaceShopOrder": 30,
    "citizen.ResumeCare": 8,
    "citizen.ShopMenu": 2,
    "citizen.ShopOrder": 2,
    "citizen.ShopOrders": 2,
    "citizen.Shops": 1,
    "provider.AcceptShopOrder": 10,
    "provider.AnnounceParcel": 10,
    "provider.CareEntries": 1,
    "provider.EndCare": 8,
    "provider.EnterHomeAreas": 10,
    "provider.HandOverParcel": 9,
    "provider.HandOverShopOrder": 10,
    "provider.KeptShopMenu": 2,
    "provider.KeptShops": 1,
    "provider.KeptVotes": 3,
    "provider.MarkShopItemSoldOut": 8,
    "provider.MissedCare": 1,
    "provider.NoteCareSign": 7,
    "provider.OpenVote": 10,
    "provider.ProposeCare": 11,
    "provider.RefuseShopOrder": 26,
    "provider.RestockShopItem": 8,
    "provider.RevealCareEntry": 12,
    "provider.SaveShop": 6,
    "provider.SaveShopItem": 8,
    "provider.SendShopOrder": 10,
    "provider.ShopOrder": 3,
    "provider.ShopOrders": 2,
    "provider.ShopParcels": 2,
    "provider.WithdrawVote": 10,
}
