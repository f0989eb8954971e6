"""The services of the directory of places."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.life.directory.corrections.service import CorrectionService
from app.domains.life.directory.doubles.service import DoubleService
from app.domains.life.directory.favourites.service import FavouriteService
from app.domains.life.directory.imports.service import PlaceImports
from app.domains.life.directory.places.keeping.service import PlaceKeeping
from app.domains.life.directory.places.service import PlaceService
from app.domains.life.directory.reviews.replying.service import ReplyService
from app.domains.life.directory.reviews.service import ReviewService
from app.domains.life.directory.search.service import PlaceSearch


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    places: PlaceService
    search: PlaceSearch
    keeping: PlaceKeeping
    imports: PlaceImports
    doubles: DoubleService
    reviews: ReviewService
    replies: ReplyService
    favourites: FavouriteService
    corrections: CorrectionService
