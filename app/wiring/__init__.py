"""The one place that knows concrete things: builds stores, services and gateways, and starts what must run.

`core` is what every room is built on, `outside` the systems beyond the city; each other file builds one room and tells
the next what it needs of it. `city.build` puts them together.
"""

from app.wiring.city import City, build
from app.wiring.identity import SCOPES
from app.wiring.outside import Outside, outside

__all__ = ["SCOPES", "City", "Outside", "build", "outside"]
