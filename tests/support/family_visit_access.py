"""Of each operation of visits of relatives: who may, which id it takes, how many commands it may send."""

from __future__ import annotations

from collections.abc import Mapping

_IN_PERSON, _WARD, _HOUSE = "in person", "VOICE_MANAGE", "family-visits"
FAMILY_VISIT_SCOPES: tuple[str, ...] = (_HOUSE,)

CITIZEN_MAY_FAMILY_VISITS: Mapping[str, str] = {
    **dict.fromkeys(("familyStays", "visitsToMe", "answerStay", "nameRelative", "removeRelative"), _WARD),
    **dict.fromkeys(("visitableResidents", "familyVisitTimes", "familyVisits", "familyVisit"), _IN_PERSON),
    **dict.fromkeys(("askFamilyVisit", "withdrawFamilyVisit"), _IN_PERSON),
}
PROVIDER_MAY_FAMILY_VISITS: Mapping[str, str] = {
    **dict.fromkeys(("keptCareHouses", "houseStays", "houseFamilyVisits", "saveCareHouse", "proposeStay"), _HOUSE),
    **dict.fromkeys(("endStay", "settleFamilyVisit", "closeFamilyVisit"), _HOUSE),
}
_STAY, _VISIT, _AT = ("stayId", "FamilyStay"), ("visitId", "FamilyVisit"), ("houseId", "CareHouse")
TAKES_FAMILY_VISIT_ID: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("AnswerStay", "NameRelative", "FamilyVisitTimes", "EndStay"), _STAY),
    **dict.fromkeys(("FamilyVisit", "WithdrawFamilyVisit", "SettleFamilyVisit", "CloseFamilyVisit"), _VISIT),
    **dict.fromkeys(("HouseStays", "HouseFamilyVisits", "ProposeStay"), _AT),
    "RemoveRelative": ("relativeId", "FamilyRelative"),
}
MOST_OF_FAMILY_VISITS: Mapping[str, int] = {
    "citizen.AnswerStay": 15,
    "citizen.AskFamilyVisit": 25,
    "citizen.FamilyStays": 7,
    "citizen.FamilyVisit": 7,
    "citizen.FamilyVisitTimes": 6,
    "citizen.FamilyVisits": 7,
    "citizen.NameRelative": 19,
    "citizen.RemoveRelative": 17,
    "citizen.VisitableResidents": 7,
    "citizen.VisitsToMe": 7,
    "citizen.WithdrawFamilyVisit": 19,
    "provider.CloseFamilyVisit": 16,
    "provider.EndStay": 20,
    "provider.HouseFamilyVisits": 10,
    "provider.HouseStays": 10,
    "provider.KeptCareHouses": 3,
    "provider.ProposeStay": 18,
    "provider.SaveCareHouse": 11,
    "provider.SettleFamilyVisit": 17,
}
