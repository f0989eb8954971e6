"""The seeded city, Fuzhou: its tree of units, its providers, and some thirty invented people.

Pure data, read once from `mocks/data/*.toml`; nothing here knows a database. `app/cli.py` seeds from it, the civil
registry's stand-in answers from it, and the landing page introduces `DEMO_PEOPLE`.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from mocks.people import DemoPerson, Household, Kin, Person, id_number, kinship

PHONE_PREFIX = "+861990000"


class UnitLevel(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    DEPARTMENT = "department"


class ProviderKind(StrEnum):
    DEPARTMENT = "department"
    HOSPITAL = "hospital"
    TRANSIT = "transit"
    LIBRARY = "library"
    UTILITY = "utility"
    MERCHANT = "merchant"
    COMMUNITY = "community"
    SERVICE_HALL = "service_hall"
    PATROL = "patrol"


@dataclass(frozen=True, slots=True)
class Unit:
    """`code` is the 12-digit division code, or `350100-…` for a department."""

    code: str
    parent: str | None
    name: str
    name_en: str | None
    level: UnitLevel


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applied to become a provider: waiting, or let in for a trial."""

    key: str
    kind: ProviderKind
    name: str
    name_en: str
    credit_code: str
    contact_name: str
    contact_phone: str
    unit: str
    scopes: tuple[str, ...]
    purpose: str
    trial: bool


@dataclass(frozen=True, slots=True)
class Provider:
    """`unit` is the code of the unit it belongs to."""

    key: str
    kind: ProviderKind
    name: str
    name_en: str
    unit: str
    scopes: tuple[str, ...]


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files("mocks").joinpath("data", name).read_text(encoding="utf-8"))


@cache
def _english() -> dict[str, str]:
    text = files("mocks").joinpath("data", "divisions_en.csv").read_text(encoding="utf-8")
    return {row["code"]: row["name_en"] for row in csv.DictReader(text.splitlines())}


def english_of(division: str) -> str | None:
    """The name of a division of Fujian in English letters, by its sound in Mandarin."""
    return _english().get(division)


def _units(data: dict[str, Any]) -> Iterator[Unit]:
    province, city = data["province"], data["city"]
    yield Unit(province[0], None, province[1], province[2], UnitLevel.PROVINCE)
    yield Unit(city[0], province[0], city[1], city[2], UnitLevel.CITY)
    for county in data["county"]:
        yield from _county(county, city[0])
    for code, (name, name_en) in data["departments"].items():
        yield Unit(code, city[0], name, name_en, UnitLevel.DEPARTMENT)


def _county(county: dict[str, Any], city: str) -> Iterator[Unit]:
    code = f"{county['code']}000000"
    yield Unit(code, city, county["name"][0], county["name"][1], UnitLevel.COUNTY)
    for township in county["townships"].split(","):
        short, name = township.split(" ")
        whole = f"{county['code']}{short}000"
        yield Unit(whole, code, name, english_of(whole), UnitLevel.TOWNSHIP)


def _provider(row: dict[str, Any]) -> Provider:
    kind = ProviderKind(row["kind"])
    return Provider(row["key"], kind, row["name"][0], row["name"][1], row["unit"], tuple(row["scopes"]))


def _applicant(row: dict[str, Any]) -> Applicant:
    contact_name, phone = row["contact"]
    return Applicant(
        key=row["key"],
        kind=ProviderKind(row["kind"]),
        name=row["name"][0],
        name_en=row["name"][1],
        credit_code=row["credit_code"],
        contact_name=contact_name,
        contact_phone=PHONE_PREFIX + phone,
        unit=row["unit"],
        scopes=tuple(row["scopes"]),
        purpose=row["purpose"],
        trial=row["trial"],
    )


def _number(member: dict[str, Any]) -> str:
    area, sequence = member["id"]
    return id_number(area, member["born"], sequence)


def _household(row: dict[str, Any]) -> Household:
    return Household(row["key"], _number(row["member"][0]), row["division"], row["address"])


def _person(member: dict[str, Any], household: dict[str, Any], kin: dict[str, Kin]) -> Person:
    head = household["member"][0]["key"]
    relation = "head" if member["key"] == head else kinship(member["key"], head, kin)
    phone = member.get("phone")
    return Person(
        key=member["key"],
        name=member["name"][0],
        name_en=member["name"][1],
        born=member["born"],
        id_number=_number(member),
        phone=PHONE_PREFIX + phone if phone else None,
        household=household["key"],
        relation=relation or "other",
        parents=tuple(member.get("parents", ())),
        spouse=member.get("spouse"),
        story_zh=member["story"][0],
        story_en=member["story"][1],
    )


def _kin(households: list[dict[str, Any]]) -> dict[str, Kin]:
    members = (member for household in households for member in household["member"])
    return {m["key"]: Kin(tuple(m.get("parents", ())), m.get("spouse")) for m in members}


def _demo(row: dict[str, Any]) -> DemoPerson:
    return DemoPerson(_BY_KEY[row["key"]], row["verified"], row["line"][0], row["line"][1])


_PEOPLE_DATA = _load("people.toml")
KIN = _kin(_PEOPLE_DATA["household"])

UNITS: tuple[Unit, ...] = tuple(_units(_load("units.toml")))
PROVIDERS: tuple[Provider, ...] = tuple(_provider(row) for row in _load("providers.toml")["provider"])
APPLICANTS: tuple[Applicant, ...] = tuple(_applicant(row) for row in _load("providers.toml")["applicant"])
HOUSEHOLDS: tuple[Household, ...] = tuple(_household(row) for row in _PEOPLE_DATA["household"])
PEOPLE: tuple[Person, ...] = tuple(
    _person(member, household, KIN) for household in _PEOPLE_DATA["household"] for member in household["member"]
)
_BY_KEY = {person.key: person for person in PEOPLE}
DEMO_PEOPLE: tuple[DemoPerson, ...] = tuple(_demo(row) for row in _PEOPLE_DATA["demo"])

ELDERS: tuple[tuple[str, str], ...] = tuple((row["by"], row["of"]) for row in _PEOPLE_DATA["guardianship"])
"""Guardians of elders, and the elders: keys of people who have a phone each."""


def person_by_id_number(number: str) -> Person | None:
    return _BY_NUMBER.get(number)


def household_of(person: Person) -> Household:
    return _HOUSEHOLDS_BY_KEY[person.household]


_BY_NUMBER = {person.id_number: person for person in PEOPLE}
_HOUSEHOLDS_BY_KEY = {household.key: household for household in HOUSEHOLDS}
