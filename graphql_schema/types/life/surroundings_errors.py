"""Named errors of stations, readings and watches."""

from __future__ import annotations

import strawberry

from app.domains.life.surroundings.alerts import errors as alerts
from app.domains.life.surroundings.readings import errors as readings
from app.domains.life.surroundings.stations import errors as stations
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(stations.StationUnknown)
@strawberry.type(description="There is no such station, or it is not the caller's.")
class StationUnknown(UserError):
    pass


@outcome(readings.StationReadingInvalid)
@strawberry.type(description="`field` of what is reported cannot be so.")
class StationReadingInvalid(UserError):
    field: str


@outcome(alerts.NoStationNear)
@strawberry.type(description="Nothing of that kind is measured within 50 km.")
class NoStationNear(UserError):
    pass


@outcome(alerts.SurroundingsWatchesFull)
@strawberry.type(description="So many are kept already.")
class SurroundingsWatchesFull(UserError):
    most: int


@outcome(alerts.SurroundingsWatchInvalid)
@strawberry.type(description="`field` cannot be so; `place`: the same station is watched for that level already.")
class SurroundingsWatchInvalid(UserError):
    field: str


@outcome(alerts.SurroundingsWatchUnknown)
@strawberry.type(description="No such watch of one's own.")
class SurroundingsWatchUnknown(UserError):
    pass
