"""Of each operation of culture: who may, which id it takes, how many commands it may send."""

from __future__ import annotations

from collections.abc import Mapping

_OPEN, _IN_PERSON = "open", "in person"
CULTURE_SCOPES: tuple[str, ...] = ("culture", "culture:gate")
CITIZEN_MAY_CULTURE: Mapping[str, str] = {
    **dict.fromkeys(("cultureVenues", "cultureEvents", "cultureEvent", "sessionPlaces"), _OPEN),
    **dict.fromkeys(("eventPurchases", "eventPurchase", "buyEventTickets", "payEventTickets"), _IN_PERSON),
    **dict.fromkeys(("giveUpEventTickets", "returnEventTickets", "showTicketCode"), _IN_PERSON),
    **dict.fromkeys(("eventWaits", "joinEventWaitingList", "leaveEventWaitingList", "takeOfferedTickets"), _IN_PERSON),
    **dict.fromkeys(("hasLibrary", "librarySearch", "libraryItem", "sights", "sight", "dayRoutes"), _OPEN),
    **dict.fromkeys(("libraryCard", "libraryLoans", "libraryReservations", "bindLibraryCard"), _IN_PERSON),
    **dict.fromkeys(("letGoOfLibraryCard", "chooseLoanReminders", "renewLoan", "reserveBook"), _IN_PERSON),
    **dict.fromkeys(("cancelReservation", "readingList", "addToReadingList", "markTitleRead"), _IN_PERSON),
    "takeOffReadingList": _IN_PERSON,
}
PROVIDER_MAY_CULTURE: Mapping[str, str] = {
    **dict.fromkeys(("keptCultureVenues", "stagedEvents", "draftCultureEvent", "addEventSession"), "culture"),
    **dict.fromkeys(("publishCultureEvent", "cancelCultureEvent", "cancelEventSession", "moveEventSession"), "culture"),
    **dict.fromkeys(("keptSights", "countSightCrowd"), "culture"),
    "admitTicket": "culture:gate",
}
TAKES_CULTURE_ID: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("CultureEvent", "DraftCultureEvent", "AddEventSession"), ("eventId", "CultureEvent")),
    **dict.fromkeys(("PublishCultureEvent", "CancelCultureEvent"), ("eventId", "CultureEvent")),
    **dict.fromkeys(("SessionPlaces", "BuyEventTickets", "JoinEventWaitingList"), ("sessionId", "EventSession")),
    **dict.fromkeys(("LeaveEventWaitingList", "TakeOfferedTickets"), ("waitId", "EventWait")),
    **dict.fromkeys(("CancelEventSession", "MoveEventSession"), ("sessionId", "EventSession")),
    **dict.fromkeys(("EventPurchase", "PayEventTickets"), ("purchaseId", "EventPurchase")),
    **dict.fromkeys(("GiveUpEventTickets", "ReturnEventTickets", "ShowTicketCode"), ("purchaseId", "EventPurchase")),
    **dict.fromkeys(("MarkTitleRead", "TakeOffReadingList"), ("titleId", "ReadingTitle")),
    **dict.fromkeys(("Sight", "CountSightCrowd"), ("sightId", "Sight")),
}
# What everybody may know of has no owner.
OPEN_CULTURE = {"CultureEvent", "EventSession", "Sight"}
MOST_OF_CULTURE: Mapping[str, int] = {
    "citizen.AddToReadingList": 10,
    "citizen.BindLibraryCard": 12,
    "citizen.BuyEventTickets": 31,
    "citizen.CancelReservation": 8,
    "citizen.ChooseLoanReminders": 8,
    "citizen.CultureEvent": 3,
    "citizen.CultureEvents": 4,
    "citizen.CultureVenues": 1,
    "citizen.DayRoutes": 3,
    "citizen.EventPurchase": 4,
    "citizen.EventPurchases": 4,
    "citizen.EventWaits": 4,
    "citizen.JoinEventWaitingList": 18,
    "citizen.LeaveEventWaitingList": 12,
    "citizen.TakeOfferedTickets": 26,
    "citizen.GiveUpEventTickets": 20,
    "citizen.HasLibrary": 0,
    "citizen.LetGoOfLibraryCard": 8,
    "citizen.LibraryCard": 2,
    "citizen.LibraryItem": 2,
    "citizen.LibraryLoans": 2,
    "citizen.LibraryReservations": 2,
    "citizen.LibrarySearch": 2,
    "citizen.MarkTitleRead": 8,
    "citizen.PayEventTickets": 10,
    "citizen.ReadingList": 2,
    "citizen.RenewLoan": 8,
    "citizen.ReserveBook": 8,
    "citizen.ReturnEventTickets": 34,
    "citizen.SessionPlaces": 5,
    "citizen.ShowTicketCode": 14,
    "citizen.Sight": 2,
    "citizen.Sights": 2,
    "citizen.TakeOffReadingList": 8,
    "provider.AddEventSession": 21,
    "provider.AdmitTicket": 14,
    "provider.CancelCultureEvent": 20,
    "provider.CancelEventSession": 20,
    "provider.CountSightCrowd": 3,
    "provider.DraftCultureEvent": 12,
    "provider.KeptCultureVenues": 1,
    "provider.KeptSights": 2,
    "provider.MoveEventSession": 21,
    "provider.PublishCultureEvent": 14,
    "provider.StagedEvents": 5,
}
