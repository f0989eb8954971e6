"""The form of an item for this citizen: what is asked, and what the city can fill in already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.core.viewer import Viewer
from app.domains.government.applications.forms.model import Filled, Form, Prefill, Source, form_of
from app.domains.government.applications.materials.service import Licences, SharedData
from app.domains.government.catalogue.model import Item
from app.domains.identity.citizens.model import Citizen
from app.domains.identity.citizens.store import CitizenStore


class Prefilling:
    def __init__(self, citizens: CitizenStore, licences: Licences, data: SharedData) -> None:
        self._citizens = citizens
        self._licences = licences
        self._data = data

    async def of(self, viewer: Viewer, item: Item, unit: str) -> tuple[Filled, ...]:
        """Values that fit the form, each with its source; what is not known is left out."""
        form = form_of(item.form)
        wanted = list(form.prefills())
        known = {
            Source.IDENTITY: await self._identity(viewer.citizen(), wanted),
            Source.LICENCE: await self._licence(viewer.citizen(), wanted),
            Source.DATA: await self._shared(viewer, item, unit, wanted),
        }
        found = [
            Filled(one.field, known[one.source][one.name], one.source, one.name)
            for one in wanted
            if one.name in known[one.source]
        ]
        return _fitting(form, found)

    async def _identity(self, citizen: str, wanted: list[Prefill]) -> Mapping[str, Any]:
        names = _names(wanted, Source.IDENTITY)
        found = await self._citizens.get(citizen) if names else None
        if found is None:
            return {}
        number = await self._citizens.id_number(citizen) if {"id_number", "birth_date"} & names else None
        known = {
            **_of(found),
            "id_number": number.text if number else None,
            "birth_date": number.birth.isoformat() if number else None,
        }
        return {name: value for name, value in known.items() if value is not None}

    async def _licence(self, citizen: str, wanted: list[Prefill]) -> Mapping[str, Any]:
        kinds = {name.partition(".")[0] for name in _names(wanted, Source.LICENCE)}
        if not kinds:
            return {}
        held = await self._licences.held(citizen, kinds)
        facts = {f"{kind}.{name}": _plain(value) for kind, one in held.items() for name, value in one.facts.items()}
        return {**{f"{kind}.number": one.number for kind, one in held.items()}, **facts}

    async def _shared(self, viewer: Viewer, item: Item, unit: str, wanted: list[Prefill]) -> Mapping[str, Any]:
        names = _names(wanted, Source.DATA)
        if not names:
            return {}
        return await self._data.values(viewer, viewer.citizen(), item=item.code, unit=unit, wanted=names)


def _names(wanted: list[Prefill], source: Source) -> set[str]:
    return {one.name for one in wanted if one.source is source}


def _of(citizen: Citizen) -> Mapping[str, Any]:
    """What the city itself knows; a name only once the registry has confirmed it."""
    return {
        "name": citizen.name if citizen.verified else None,
        "phone": citizen.phone,
        "sex": citizen.sex.value if citizen.sex else None,
        "birth_month": citizen.birth_month,
        "division": citizen.division,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _fitting(form: Form, found: list[Filled]) -> tuple[Filled, ...]:
    """A value that the form would refuse is of no help."""
    wrong = {fault.field for fault in form.faults({one.field: one.value for one in found}, unfinished=True)}
    return tuple(one for one in found if one.field not in wrong)
