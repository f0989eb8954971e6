"""Which materials are needed, and how each stands: handed in, replaced by what the city has, to be brought, missing.

What stands in for a material is looked for in this order: a licence that the applicant holds in the app, a shared data
set he consented to, a file he uploaded. An original that is not replaced is shown at the counter, when the item has a
visit anyway; else a picture of it is uploaded like a copy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.domains.government.catalogue.model import Item, Material, MaterialForm

MOST_FILES = 10  # of one material
_IF = "if:"


class Way(StrEnum):
    """How a material is there, or is not."""

    LICENCE = "licence"
    DATA = "data"
    UPLOAD = "upload"
    BRING = "bring"  # the original is shown on the visit
    MISSING = "missing"
    NOT_NEEDED = "not_needed"


class Lack(StrEnum):
    """Why it is missing. Of several the one that the applicant can do most about."""

    NOTHING_GIVEN = "nothing_given"
    FILE_NOT_READY = "file_not_ready"  # announced, and not sent or not read yet
    FILE_REFUSED = "file_refused"
    FILE_GONE = "file_gone"
    CONSENT_MISSING = "consent_missing"  # shared data could answer, if he agreed
    DATA_UNAVAILABLE = "data_unavailable"  # the department that has it does not answer just now


class Readiness(StrEnum):
    """How an upload stands, as far as it matters here."""

    READY = "ready"
    NOT_READY = "not_ready"
    REFUSED = "refused"
    GONE = "gone"


class Answering(StrEnum):
    """Whether shared data can answer for this person, in this matter."""

    ANSWERS = "answers"
    NO_CONSENT = "no_consent"
    UNAVAILABLE = "unavailable"
    NOTHING = "nothing"  # it has nothing of him, or nobody offers it


@dataclass(frozen=True, slots=True)
class Given:
    """A file that was uploaded for a material; `upload` is its id."""

    key: str
    upload: str


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """A licence that holds now. `facts` are what stands on it, by name."""

    id: str
    kind: str
    number: str
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one material stands. `by`: the licence's id or the shared `set.field`; `uploads` are the files' ids."""

    key: str
    name_zh: str
    name_en: str
    form: MaterialForm
    way: Way
    lack: Lack | None = None
    by: str | None = None
    uploads: tuple[str, ...] = ()

    @property
    def missing(self) -> bool:
        return self.way is Way.MISSING


@dataclass(frozen=True, slots=True)
class AtHand:
    """What there is to stand in: licences by kind, shared data by `set.field`, files by id."""

    licences: Mapping[str, HeldLicence] = field(default_factory=dict, hash=False)
    data: Mapping[str, Answering] = field(default_factory=dict, hash=False)
    files: Mapping[str, Readiness] = field(default_factory=dict, hash=False)


def is_needed(material: Material, answers: Mapping[str, Any], by_agent: bool) -> bool:
    """`unless_known` is needed, and may be known; what depends on a field is not needed before that is filled in."""
    if material.needed == "if_agent":
        return by_agent
    if not material.needed.startswith(_IF):
        return True
    name, _, wanted = material.needed.removeprefix(_IF).partition("=")
    given = answers.get(name)
    return wanted in [_written(one) for one in given] if isinstance(given, list) else _written(given) == wanted


def standings(
    item: Item, answers: Mapping[str, Any], given: Collection[Given], at_hand: AtHand, *, by_agent: bool
) -> tuple[Standing, ...]:
    """Every material of the item, in its order."""
    return tuple(
        _standing(material, item, [one.upload for one in given if one.key == material.key], at_hand)
        if is_needed(material, answers, by_agent)
        else _stands(material, Way.NOT_NEEDED)
        for material in item.materials
    )


def kinds_wanted(item: Item) -> frozenset[str]:
    return frozenset(material.licence for material in item.materials if material.licence)


def data_wanted(item: Item) -> frozenset[str]:
    return frozenset(material.data for material in item.materials if material.data)


def missing(standing: Iterable[Standing]) -> tuple[Standing, ...]:
    return tuple(one for one in standing if one.missing)


def _standing(material: Material, item: Item, uploads: list[str], at_hand: AtHand) -> Standing:
    licence = at_hand.licences.get(material.licence or "")
    if licence is not None:
        return _stands(material, Way.LICENCE, by=licence.id)
    answering = at_hand.data.get(material.data or "", Answering.NOTHING)
    if answering is Answering.ANSWERS:
        return _stands(material, Way.DATA, by=material.data)
    files = [at_hand.files.get(upload, Readiness.GONE) for upload in uploads]
    if files and all(one is Readiness.READY for one in files):
        return _stands(material, Way.UPLOAD, uploads=tuple(uploads))
    if not files and material.form is MaterialForm.ORIGINAL and item.visits > 0:
        return _stands(material, Way.BRING)
    return _stands(material, Way.MISSING, _lack(files, answering), uploads=tuple(uploads))


def _lack(files: list[Readiness], answering: Answering) -> Lack:
    for bad, lack in (
        (Readiness.REFUSED, Lack.FILE_REFUSED),
        (Readiness.GONE, Lack.FILE_GONE),
        (Readiness.NOT_READY, Lack.FILE_NOT_READY),
    ):
        if bad in files:
            return lack
    if answering is Answering.NO_CONSENT:
        return Lack.CONSENT_MISSING
    return Lack.DATA_UNAVAILABLE if answering is Answering.UNAVAILABLE else Lack.NOTHING_GIVEN


def _stands(
    material: Material, way: Way, lack: Lack | None = None, by: str | None = None, uploads: tuple[str, ...] = ()
) -> Standing:
    return Standing(material.key, material.name.zh, material.name.en, material.form, way, lack, by, uploads)


def _written(value: Any) -> str:
    """As it is written after `if:FIELD=`: yes and no as JSON has them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
