"""Of each operation of estates: who may, which id it takes, how many commands it may send."""

from __future__ import annotations

from collections.abc import Mapping

_OPEN, _IN_PERSON = "open", "in person"
_HOME, _VOICE = "CARD_MANAGE", "VOICE_MANAGE"
_KEPT, _GATE, _MENDED = "community", "community:gate", "community:repairs"

ESTATE_SCOPES = (_KEPT, _GATE, _MENDED)
CITIZEN_MAY_ESTATES: Mapping[str, str] = {
    **dict.fromkeys(("estates", "estate", "repairTerms", "carPark"), _OPEN),
    **dict.fromkeys(("settleResidency", "handOnHousehold", "carParkChanged"), _IN_PERSON),
    **dict.fromkeys(("estateBuildings", "estateRooms", "myHomes", "askResidency", "leaveHome"), _HOME),
    **dict.fromkeys(("estateNotices", "estateNotice", "unreadEstateNotices", "readEstateNotice"), _HOME),
    **dict.fromkeys(
        ("estateGates", "visitorPasses", "visitorPass", "homeEntries", "residentPlates", "homeBays"), _HOME
    ),
    **dict.fromkeys(("inviteVisitor", "sendVisitorLink", "revokeVisitorPass", "registerPlate", "removePlate"), _HOME),
    **dict.fromkeys(("repairs", "repair", "reportRepair", "withdrawRepair", "rateRepair", "handOverRepair"), _VOICE),
}
PROVIDER_MAY_ESTATES: Mapping[str, str] = {
    **dict.fromkeys(("keptEstates", "estateResidents", "amendEstate", "importHomes"), _KEPT),
    **dict.fromkeys(("verifyResident", "endResidency", "nameHouseholdHead"), _KEPT),
    **dict.fromkeys(("publishedEstateNotices", "publishEstateNotice", "editEstateNotice"), _KEPT),
    "withdrawEstateNotice": _KEPT,
    **dict.fromkeys(("mendedEstates", "estateRepairs", "estateRepair", "moveRepair"), _MENDED),
    **dict.fromkeys(
        ("keptGates", "saveGate", "gateLog", "gateCounts", "gateLooks", "revealGateEntry", "dropPlate"), _KEPT
    ),
    **dict.fromkeys(("estateBays", "addBays", "removeBay", "letBay", "endBayLet"), _KEPT),
    **dict.fromkeys(("guardedEstates", "guardedGates"), _GATE),
    **dict.fromkeys(("gateKit", "openGate", "reportGateEntries", "passCar"), _GATE),
}
_ESTATE, _RESIDENCY, _NOTICE = ("estateId", "Estate"), ("residencyId", "Residency"), ("noticeId", "EstateNotice")
_REPAIR, _PASS, _AT_GATE = ("repairId", "Repair"), ("passId", "VisitorPass"), ("gateId", "EstateGate")
TAKES_ESTATE_ID: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("Estate", "EstateBuildings", "EstateRooms", "EstateGates", "CarPark"), _ESTATE),
    **dict.fromkeys(("OnCarParkChanged", "EstateResidents", "PublishedEstateNotices", "EstateRepairs"), _ESTATE),
    **dict.fromkeys(
        ("AmendEstate", "ImportHomes", "KeptGates", "GateLog", "GateCounts", "GateLooks", "DropPlate", "GuardedGates"),
        _ESTATE,
    ),
    **dict.fromkeys(("EstateBays", "AddBays", "RemoveBay", "LetBay"), _ESTATE),
    "EndBayLet": ("letId", "BayLet"),
    "PublishEstateNotice": ("estateIds", "Estate"),
    **dict.fromkeys(("SettleResidency", "HandOnHousehold", "LeaveHome", "HomeEntries"), _RESIDENCY),
    **dict.fromkeys(("RegisterPlate", "VerifyResident", "EndResidency", "NameHouseholdHead"), _RESIDENCY),
    **dict.fromkeys(("EstateNotice", "ReadEstateNotice", "EditEstateNotice", "WithdrawEstateNotice"), _NOTICE),
    **dict.fromkeys(("Repair", "WithdrawRepair", "RateRepair", "HandOverRepair"), _REPAIR),
    **dict.fromkeys(("EstateRepair", "MoveRepair"), _REPAIR),
    **dict.fromkeys(("VisitorPass", "SendVisitorLink", "RevokeVisitorPass"), _PASS),
    **dict.fromkeys(("GateKit", "OpenGate", "ReportGateEntries", "PassCar"), _AT_GATE),
    "RemovePlate": ("plateId", "ResidentPlate"),
    "RevealGateEntry": ("entryId", "GateEntry"),
}
# What everybody may know of.
OPEN_ESTATE_TYPES = frozenset({"Shop", "Estate"})
MOST_OF_ESTATES: Mapping[str, int] = {
    "citizen.AskResidency": 13,
    "citizen.CarPark": 2,
    "citizen.Estate": 1,
    "citizen.EstateBuildings": 1,
    "citizen.EstateGates": 1,
    "citizen.EstateNotice": 3,
    "citizen.EstateNotices": 3,
    "citizen.EstateRooms": 1,
    "citizen.Estates": 1,
    "citizen.HandOnHousehold": 14,
    "citizen.HomeBays": 2,
    "citizen.HandOverRepair": 15,
    "citizen.HomeEntries": 5,
    "citizen.InviteVisitor": 11,
    "citizen.LeaveHome": 8,
    "citizen.MyHomes": 5,
    "citizen.RateRepair": 7,
    "citizen.ReadEstateNotice": 10,
    "citizen.RegisterPlate": 10,
    "citizen.RemovePlate": 6,
    "citizen.Repair": 1,
    "citizen.RepairTerms": 0,
    "citizen.Repairs": 1,
    "citizen.ReportRepair": 10,
    "citizen.ResidentPlates": 1,
    "citizen.RevokeVisitorPass": 7,
    "citizen.SendVisitorLink": 8,
    "citizen.SettleResidency": 17,
    "citizen.UnreadEstateNotices": 3,
    "citizen.VisitorPass": 1,
    "citizen.VisitorPasses": 1,
    "citizen.WithdrawRepair": 7,
    "provider.AddBays": 9,
    "provider.AmendEstate": 6,
    "provider.DropPlate": 8,
    "provider.EditEstateNotice": 10,
    "provider.EndBayLet": 12,
    "provider.EndResidency": 16,
    "provider.EstateBays": 3,
    "provider.EstateRepair": 3,
    "provider.EstateRepairs": 2,
    "provider.EstateResidents": 5,
    "provider.GateCounts": 2,
    "provider.GateKit": 7,
    "provider.GateLog": 3,
    "provider.GateLooks": 2,
    "provider.GuardedEstates": 1,
    "provider.GuardedGates": 2,
    "provider.ImportHomes": 10,
    "provider.KeptEstates": 1,
    "provider.KeptGates": 2,
    "provider.LetBay": 13,
    "provider.MendedEstates": 1,
    "provider.MoveRepair": 9,
    "provider.NameHouseholdHead": 12,
    "provider.OpenGate": 12,
    "provider.PassCar": 14,
    "provider.PublishEstateNotice": 9,
    "provider.PublishedEstateNotices": 4,
    "provider.RemoveBay": 8,
    "provider.ReportGateEntries": 11,
    "provider.RevealGateEntry": 13,
    "provider.SaveGate": 7,
    "provider.VerifyResident": 14,
    "provider.WithdrawEstateNotice": 10,
}
