"""Finding the division that something lies in, and taking boundaries from files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from app.core.audit import Audit
from app.core.mongo import Database, Document, Tx
from app.core.places.errors import OutsideCity
from app.core.places.model import Point
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import significant
from app.domains.voice.cases.errors import CaseWordsTooLong
from app.domains.voice.places.boundaries.model import Boundary, Shapes, read_boundaries
from app.domains.voice.places.boundaries.store import BoundaryStore, boundary_of
from app.domains.voice.places.errors import DivisionUnknown
from app.domains.voice.places.model import Place

_LONGEST_ADDRESS = 200


class Divisions(Protocol):
    """The governments of the city and of what lies below it, as places need them."""

    def holds(self, code: str) -> bool:
        """Whether this is the city or a division of it."""
        ...

    def codes(self) -> Collection[str]:
        """The city's own and all below it."""
        ...


class PlaceService:
    """All boundaries are kept in memory."""

    def __init__(self, db: Database, boundaries: BoundaryStore, divisions: Divisions, audit: Audit, city: str) -> None:
        self._db = db
        self._boundaries = boundaries
        self._divisions = divisions
        self._audit = audit
        self._city = city
        self._known: dict[str, Boundary] = {}
        self._shapes: Shapes | None = None
        self._beyond: Callable[[Point], str | None] = lambda point: None

    def passing_on(self, beyond: Callable[[Point], str | None]) -> None:
        """Of what lies outside, `beyond` names the division under which it is taken all the same, to be passed on."""
        self._beyond = beyond

    @property
    def shapes(self) -> Shapes:
        """Made ready when they are asked for: a file changes many at once."""
        if self._shapes is None:
            self._shapes = Shapes(self._known.values())
        return self._shapes

    async def load(self) -> None:
        self._took(await self._boundaries.all())

    def changed(self, row: Document) -> None:
        self._took([boundary_of(row)])

    def placed(
        self,
        point: Point | None = None,
        *,
        address: str = "",
        division: str | None = None,
        asset: str | None = None,
        strictly: bool = False,
    ) -> Place:
        """By what is known of it: a point says the division itself; a division that is named along with it may be
        closer (a township of the district that the point lies in). `strictly`: nothing outside, whoever would take it.

        Raises OutsideCity, DivisionUnknown, CaseWordsTooLong.
        """
        if len(address) > _LONGEST_ADDRESS:
            raise CaseWordsTooLong("address", _LONGEST_ADDRESS)
        found = self._around(point, strictly or asset is not None) if point is not None else None
        if division is not None and not self._divisions.holds(division):
            raise DivisionUnknown
        if found is None and division is None:
            raise DivisionUnknown
        closer = division is not None and (found is None or division.startswith(significant(found)))
        code = division if closer else found
        assert code is not None
        return Place(code, point, " ".join(address.split()), asset)

    def division_of(self, point: Point) -> str:
        """Raises OutsideCity."""
        found = self.shapes.division(point)
        if found is None:
            raise OutsideCity(self._city)
        return found

    async def take(self, viewer: Viewer, raw: bytes) -> int:
        """A file of boundaries, whole; how many there were. Raises BoundariesInvalid."""
        read = read_boundaries(raw, self._divisions.codes())

        async def work(tx: Tx) -> None:
            await self._boundaries.put(read, tx)
            await self._audit.record(viewer, "boundaries.imported", "boundaries", tx, divisions=len(read))

        await self._db.transaction(work)
        self._took(read)
        return len(read)

    def _took(self, boundaries: Iterable[Boundary]) -> None:
        self._known |= {one.code: one for one in boundaries}
        self._shapes = None

    def _around(self, point: Point, strictly: bool) -> str | None:
        """Where no boundaries are known, a point says nothing of divisions."""
        if not len(self.shapes):
            return None
        passed = None if strictly or self.shapes.division(point) else self._beyond(point)
        return passed or self.division_of(point)
