"""What a city needs for cases, and cases as the app files them."""

from __future__ import annotations

from typing import Any

from app.core.ids import new_id
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.domains.voice.cases.categories.model import Category
from app.domains.voice.cases.clocks.model import CaseClock, Measure
from app.domains.voice.cases.history.model import CaseKind
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.wiring import City
from graphql_schema.types.common import parse_global_id
from tests.support.api import OPS, Api, Person

CITY, DISTRICT = "350100000000", "350102000000"
LAMP, LEAK = "light-out", "gas-leak"
_SEAT = Viewer(role=Role.PROVIDER_STAFF, actor="seat-1", organisation="centre-12345")
_HANDLER = Viewer(role=Role.PROVIDER_STAFF, actor="handler-1", organisation="unit-1")
_CATEGORIES = (
    Category("streets", Said("道路设施", "Streets")),
    Category(LAMP, Said("路灯不亮", "Street lamp out"), "streets", (CaseKind.HELP,), ("路灯",), convenience=True),
    Category(LEAK, Said("燃气泄漏", "Gas leak"), "streets", (CaseKind.HELP,), urgent=True),
)


async def categorised(city: City) -> None:
    """The city's government, a district, and three categories."""
    put, voice = city.services.organisations.put, city.services.voice
    if city.services.organisations.tree.get(CITY) is None:
        await put(OPS, Organisation(CITY, "福州市", Kind.GOVERNMENT, Level.CITY))
    if city.services.organisations.tree.get(DISTRICT) is None:
        await put(OPS, Organisation(DISTRICT, "鼓楼区", Kind.GOVERNMENT, Level.COUNTY, parent=CITY))
    for one in _CATEGORIES:
        if voice.categories.tree.get(one.code) is None:
            await voice.categories.save(OPS, one, new_id())


def written(**changed: Any) -> dict[str, Any]:
    """What the app sends to file a case."""
    place = {"division": DISTRICT, "latitude": 26.0823, "longitude": 119.2965, "address": "五一广场东门"}
    said = {"kind": "COMPLAINT", "category": LAMP, "text": "小区门口的路灯三天不亮了。", "place": place}
    return {**said, **changed}


async def filed(api: Api, person: Person, **changed: Any) -> Any:
    """What `fileCase` answers."""
    await categorised(api.city)
    return await api.data("FileCase", person.token, input=written(**changed), key=new_id())


async def stored(city: City, id_: str) -> Case:
    """The case with this id of the outside, whole."""
    case = await CaseStore(city.db, city.persons).get(parse_global_id(id_)[1])
    assert case is not None
    return case


async def replied_to(city: City, id_: str) -> None:
    """The centre and a unit have done their part."""
    was, now = await stored(city, id_), city.clock.now()
    done = was.accepted(CaseClock("complaint", Measure.WORKING_DAYS, 10, now), False, _SEAT, now)
    done = done.dispatched("unit-1", ["unit-1"], [], "rule", _SEAT, now).claimed(_HANDLER, now)
    done = done.handled("灯泡已更换", (), _HANDLER, now).replied("已修复", _HANDLER, now)
    steps = CaseSteps(CaseStore(city.db, city.persons), city.calendar, city.outbox, city.audit, city.clock)
    await city.db.transaction(lambda tx: steps.keep(_HANDLER, done, was, tx))
