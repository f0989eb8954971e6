"""Of each operation of the directory of places: who may, which id it takes, how many commands it may send."""

from __future__ import annotations

from collections.abc import Mapping

_OPEN, _IN_PERSON = "open", "in person"
DIRECTORY_SCOPES: tuple[str, ...] = ("places",)
CITIZEN_MAY_DIRECTORY: Mapping[str, str] = {
    **dict.fromkeys(("placeClasses", "places", "searchPlaces", "suggestPlaces", "place", "placeReviews"), _OPEN),
    **dict.fromkeys(("myPlaceReviews", "favouritePlaces", "myPlaceCorrections", "reviewPlace"), _IN_PERSON),
    **dict.fromkeys(("withdrawPlaceReview", "keepPlace"), _IN_PERSON),
    **dict.fromkeys(("proposePlaceCorrection", "withdrawPlaceCorrection"), _IN_PERSON),
}
PROVIDER_MAY_DIRECTORY: Mapping[str, str] = {
    **dict.fromkeys(("ownPlaces", "ownPlaceReviews", "proposedPlaceCorrections", "savePlaceHours"), "places"),
    **dict.fromkeys(("savePlaceDay", "describePlace", "answerPlaceReview", "settlePlaceCorrection"), "places"),
}
TAKES_DIRECTORY_ID: Mapping[str, tuple[str, str]] = {
    "Place": ("id", "Place"),
    **dict.fromkeys(("PlaceReviews", "ReviewPlace", "KeepPlace", "ProposePlaceCorrection"), ("placeId", "Place")),
    **dict.fromkeys(("OwnPlaceReviews", "SavePlaceHours", "SavePlaceDay", "DescribePlace"), ("placeId", "Place")),
    **dict.fromkeys(("WithdrawPlaceReview", "AnswerPlaceReview"), ("reviewId", "PlaceReview")),
    **dict.fromkeys(("WithdrawPlaceCorrection", "SettlePlaceCorrection"), ("correctionId", "PlaceCorrection")),
}
# Near a point each ring is a find: two to five, then the places themselves, then which of them one keeps.
MOST_OF_DIRECTORY: Mapping[str, int] = {
    "citizen.PlaceClasses": 0,
    "citizen.Places": 8,
    "citizen.SearchPlaces": 2,
    "citizen.SuggestPlaces": 0,
    "citizen.Place": 3,
    "citizen.PlaceReviews": 2,
    "citizen.ReviewPlace": 13,
    "citizen.WithdrawPlaceReview": 8,
    "citizen.MyPlaceReviews": 2,
    "citizen.KeepPlace": 7,
    "citizen.FavouritePlaces": 2,
    "citizen.ProposePlaceCorrection": 12,
    "citizen.WithdrawPlaceCorrection": 8,
    "citizen.MyPlaceCorrections": 2,
    "provider.OwnPlaces": 1,
    "provider.OwnPlaceReviews": 3,
    "provider.ProposedPlaceCorrections": 2,
    "provider.SavePlaceHours": 9,
    "provider.SavePlaceDay": 9,
    "provider.DescribePlace": 9,
    "provider.AnswerPlaceReview": 11,
    "provider.SettlePlaceCorrection": 13,
}
