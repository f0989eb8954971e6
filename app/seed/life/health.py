"""Health of the seeded city: who may ask for records, packages of family doctors, a family under contract, a child's
certificate of vaccination. What hospitals have in their records stays with them (`mocks/data/life/health.toml`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import structlog

from app.core.clock import civil_day
from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.appointments.contracts.model import Package
from app.domains.appointments.times.venues.model import id_of
from app.domains.government.shared_data.accesses.model import AccessState, Ground
from app.domains.government.shared_data.accesses.service import Wanted
from app.domains.government.shared_data.sets.model import DataField, DataKind, Offer, Purpose, Sensitivity
from app.domains.life.health.follow_ups.model import FollowUpKind
from app.domains.life.health.records.model import DATA_SET, PURPOSE, RecordKind
from app.seed.demo import Progress, as_citizen
from app.wiring import City
from mocks.city import PEOPLE

log = structlog.get_logger()
_KEEPER = "350100-wjw"
_HOSPITALS = ("first-hospital", "mother-child-hospital")
_KINDS = {
    RecordKind.ENCOUNTERS: Said("就诊记录", "Visits"),
    RecordKind.OBSERVATIONS: Said("检验检查", "Measurements"),
    RecordKind.IMMUNISATIONS: Said("预防接种", "Vaccinations"),
    RecordKind.MEDICATIONS: Said("用药记录", "Medicines"),
}
_TEAMS = ("gudong-team-1", "jinshan-team-1")
_PACKAGES = (
    Package("basic", Said("基础服务包", "Basic care"), Said("健康档案、转诊、用药指导", "Record, referral")),
    Package(
        "chronic",
        Said("慢病服务包", "Chronic illness"),
        Said("每季度随访血压血糖", "Each quarter"),
        12_000,
    ),
    Package("elder", Said("老年人服务包", "The old"), Said("每年一次体检，中医体质辨识", "A check a year"), 8_000),
)
_ELDER, _CHILD = "lin-qingsheng", "lin-zimo"
_EVERY = timedelta(days=90)


async def seed_health(city: City, say: Progress) -> None:
    """After appointments, shared data and identity. Can be repeated."""
    if DATA_SET in await city.services.government.data_sets.on_offer():
        return
    await _offered(city)
    teams = [team for code in _TEAMS if (team := await _packaged(city, code)) is not None]
    if teams:
        await _under_contract(city, teams[0])
    await _certificate(city)
    say(f"{len(_HOSPITALS)} hospitals may ask for health records, {len(teams)} teams of family doctors")


async def _offered(city: City) -> None:
    """The health commission answers for the records, and lets hospitals ask for them under consent."""
    rooms = city.services.government
    fields = tuple(
        DataField(kind.value, said, DataKind.RECORDS, Sensitivity.SENSITIVE) for kind, said in _KINDS.items()
    )
    purposes = (Purpose(PURPOSE, Said("诊疗时查阅", "Treatment")),)
    basis = "《基本医疗卫生与健康促进法》《个人信息保护法》"
    name = Said("居民健康档案", "Health records")
    offer = Offer(DATA_SET, name, fields, purposes, basis, 1, "全民健康信息平台")
    await rooms.data_sets.offer(_department(_KEEPER), offer, "seed-set-health-record")
    until = civil_day(city.clock.now()) + timedelta(days=365)
    for hospital in _HOSPITALS:
        codes = tuple(kind.value for kind in RecordKind)
        wanted = Wanted(DATA_SET, codes, PURPOSE, "接诊时查阅患者既往记录", Ground.CONSENT, until)
        asked = await rooms.data_accesses.request(_department(hospital), wanted, f"seed-health-{hospital}"[:60])
        said = "同意在患者本人同意后查阅。"
        await rooms.data_accesses.answer(_department(_KEEPER), asked.id, AccessState.GRANTED, said, new_id())


async def _packaged(city: City, code: str) -> str | None:
    """The team with its packages; the second answers each proposal. None in a city without it."""
    contracts, keeper = city.services.appointments.contracts, _centre()
    team = await contracts.find(id_of(_HOSPITALS[1], code, test=False))
    if team is None:
        return None
    changed = replace(team, packages=_PACKAGES, answers=code == _TEAMS[1])
    await contracts.save_team(keeper, changed, new_id())
    return team.id


async def _under_contract(city: City, team: str) -> None:
    """The grandfather is looked after: his blood pressure, each quarter."""
    citizen = await _citizen(city, _ELDER)
    if citizen is None:
        return
    signed = await city.services.appointments.contracts.sign(as_citizen(citizen), team, new_id(), "chronic")
    follow_ups, first = city.services.life.health.follow_ups, civil_day(city.clock.now())
    pressure, centre = FollowUpKind.BLOOD_PRESSURE, _centre()
    plan = await follow_ups.plan(centre, signed.id, pressure, _EVERY.days, first, new_id())
    await follow_ups.enter(centre, plan.id, "血压 146/90 mmHg，服药规律，建议低盐饮食，三个月后复诊。", new_id())
    check = first + timedelta(days=2)
    await follow_ups.plan(centre, signed.id, FollowUpKind.ELDER_CHECK, 365, check, new_id())


async def _certificate(city: City) -> None:
    """The little brother's, asked for by his father. The stand-in may not run yet: then it is drawn up later."""
    child = next(one for one in PEOPLE if one.key == _CHILD)
    father = await _citizen(city, child.parents[0])
    if father is None:
        return
    for ward in await city.services.guardians.wards(as_citizen(father)):
        person = (await city.services.guardians.people([ward])).get(ward.ward)
        if person is None or person.name != child.name:
            continue
        acting = await city.services.guardians.acting_for(as_citizen(father), ward.ward)
        try:
            await city.services.life.health.certificates.issue(acting, new_id(), renews=True)
        except Outcome as silent:
            log.info("no certificate seeded", why=silent.code)


async def _citizen(city: City, key: str) -> str | None:
    person = next(one for one in PEOPLE if one.key == key)
    return await city.citizens.id_by_phone(person.phone) if person.phone else None


def _centre() -> Viewer:
    scopes = frozenset({"appointments", "health"})
    return Viewer(role=Role.PROVIDER_CLIENT, actor="seed", organisation=_HOSPITALS[1], scopes=scopes)


def _department(code: str) -> Viewer:
    return Viewer(Role.PROVIDER_CLIENT, actor="seed", organisation=code, scopes=frozenset({"data"}))
