"""What the Open311 door shows, in the words of GeoReport v2: services, what they ask, requests and their status."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.core.said import UNSAID, Said
from app.domains.voice.cases.history.model import OPEN, CaseKind, CaseState


class DataType(StrEnum):
    """Of an attribute, as the specification has them."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"
    SINGLE = "singlevaluelist"
    MULTI = "multivaluelist"


class Status(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a service asks beside the usual. Not `variable`: it only says something to the reader."""

    code: str
    datatype: DataType
    description: Said
    required: bool = False
    variable: bool = True
    hint: Said = UNSAID
    values: tuple[tuple[str, Said], ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A category that cases can be filed under. `kind`: what a case in it is when nothing is said of that."""

    code: str
    name: Said
    description: Said
    group: Said
    keywords: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    kind: CaseKind = CaseKind.COMPLAINT


@dataclass(frozen=True, slots=True)
class Note:
    """One step of a request. `text` is what an office said in public; `unit` names it."""

    type: str
    at: datetime
    unit: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """A case as everybody may see it, or (with `own`) as the client that filed it may: then without words that were not
    published. `state` is Rong's own, finer than the status.
    """

    number: str
    state: CaseState
    service: str
    kind: CaseKind
    requested_at: datetime
    updated_at: datetime
    description: str | None = None
    title: str | None = None
    unit: str | None = None
    expected_at: datetime | None = None
    handled_at: datetime | None = None
    closed_at: datetime | None = None
    confirmation: str = "none"
    division: str | None = None
    asset: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    into: str | None = None
    reply: str | None = None
    notes: tuple[Note, ...] = field(default_factory=tuple)

    @property
    def status(self) -> Status:
        return Status.OPEN if self.state in OPEN else Status.CLOSED


KIND, ASSET, NOTICE = "KIND", "ASSET", "NOTICE"

_KINDS = (
    (CaseKind.COMPLAINT, Said("投诉", "Complaint")),
    (CaseKind.SUGGESTION, Said("建议", "Suggestion")),
    (CaseKind.HELP, Said("求助", "Call for help")),
    (CaseKind.ENQUIRY, Said("咨询", "Enquiry")),
)

ATTRIBUTES = (
    Attribute(
        KIND,
        DataType.SINGLE,
        Said("诉求类型；不填按此类问题的常见类型办理", "What kind of case it is; what is usual here when left out"),
        values=tuple((kind.value, said) for kind, said in _KINDS),
    ),
    Attribute(
        ASSET,
        DataType.STRING,
        Said("灯杆、消火栓、果皮箱等设施上的市政二维码编号", "The code on the lamp, hydrant or bin"),
        hint=Said("也可放在 address_id 里", "May be given as address_id as well"),
    ),
    Attribute(
        NOTICE,
        DataType.TEXT,
        Said(
            "紧急情况请拨打 110、119、120。公开前会隐去个人信息。",
            "In an emergency call 110, 119 or 120. Personal data is struck out before anything is published.",
        ),
        variable=False,
    ),
)
"""What every service asks: a definition of its own is kept of none."""
