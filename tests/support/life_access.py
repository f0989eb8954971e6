"""Of each operation of my life: who may, which id it takes, how many commands it may send."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.culture_access import (
    CITIZEN_MAY_CULTURE,
    CULTURE_SCOPES,
    MOST_OF_CULTURE,
    PROVIDER_MAY_CULTURE,
    TAKES_CULTURE_ID,
)
from tests.support.directory_access import (
    CITIZEN_MAY_DIRECTORY,
    DIRECTORY_SCOPES,
    MOST_OF_DIRECTORY,
    PROVIDER_MAY_DIRECTORY,
    TAKES_DIRECTORY_ID,
)
from tests.support.health_access import (
    CITIZEN_MAY_HEALTH,
    HEALTH_SCOPES,
    MOST_OF_HEALTH,
    PROVIDER_MAY_HEALTH,
    TAKES_HEALTH_ID,
)
from tests.support.surroundings_access import (
    CITIZEN_MAY_SURROUNDINGS,
    MOST_OF_SURROUNDINGS,
    PROVIDER_MAY_SURROUNDINGS,
    SURROUNDINGS_SCOPES,
    TAKES_SURROUNDINGS_ID,
)

# What providers' operations ask for; by the scope's own name.
LIFE_SCOPES: tuple[str, ...] = (
    *DIRECTORY_SCOPES,
    *HEALTH_SCOPES,
    *CULTURE_SCOPES,
    *SURROUNDINGS_SCOPES,
)

CITIZEN_MAY_LIFE: Mapping[str, str] = {
    **CITIZEN_MAY_DIRECTORY,
    **CITIZEN_MAY_HEALTH,
    **CITIZEN_MAY_CULTURE,
    **CITIZEN_MAY_SURROUNDINGS,
    **dict.fromkeys(
        (
            *("transitStopsNear", "transitStop", "searchTransitStops", "searchTransitRoutes", "transitRoute"),
            *("transitDepartures", "transitTrip", "transitJourneys", "departuresChanged"),
        ),
        "open",
    ),
    **dict.fromkeys(
        (
            *("transitFavourites", "transitWatches", "keepTransitFavourite", "dropTransitFavourite"),
            *("watchTransitTrip", "dropTransitWatch"),
        ),
        "in person",
    ),
    **dict.fromkeys(("home", "chooseLifeEvents", "dismissSuggestion"), "in person"),
    "openHome": "open",
}
PROVIDER_MAY_LIFE: Mapping[str, str] = {
    **PROVIDER_MAY_DIRECTORY,
    **PROVIDER_MAY_HEALTH,
    **PROVIDER_MAY_CULTURE,
    **PROVIDER_MAY_SURROUNDINGS,
}
TAKES_LIFE_ID: Mapping[str, tuple[str, str]] = {
    "TransitStop": ("id", "TransitStop"),
    "TransitRoute": ("id", "TransitRoute"),
    "TransitTrip": ("id", "TransitTrip"),
    **dict.fromkeys(("TransitDepartures", "OnDeparturesChanged"), ("stop", "TransitStop")),
    "WatchTransitTrip": ("trip", "TransitTrip"),
    "DropTransitWatch": ("watch", "TransitWatch"),
    **TAKES_DIRECTORY_ID,
    **TAKES_HEALTH_ID,
    **TAKES_CULTURE_ID,
    **TAKES_SURROUNDINGS_ID,
}
MOST_OF_LIFE: Mapping[str, int] = {
    # The timetable is in memory.
    **dict.fromkeys(
        (
            *("citizen.TransitStopsNear", "citizen.TransitStop", "citizen.SearchTransit", "citizen.TransitRoute"),
            *("citizen.TransitDepartures", "citizen.TransitTrip", "citizen.TransitJourneys"),
        ),
        0,
    ),
    "citizen.TransitFavourites": 1,
    "citizen.KeepTransitFavourite": 5,
    "citizen.DropTransitFavourite": 4,
    "citizen.TransitWatches": 1,
    "citizen.WatchTransitTrip": 5,
    "citizen.DropTransitWatch": 5,
    **MOST_OF_DIRECTORY,
    **MOST_OF_HEALTH,
    **MOST_OF_CULTURE,
    **MOST_OF_SURROUNDINGS,
    "citizen.Home": 6,
    "citizen.OpenHome": 1,
    "citizen.ChooseLifeEvents": 6,
    "citizen.DismissSuggestion": 7,
}
