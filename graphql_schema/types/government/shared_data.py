"""Shared data: what departments offer, who may ask for it, what a citizen agreed to, and what was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import strawberry

from app.core.errors import BadInput
from app.core.said import Said
from app.domains.government.shared_data.accesses import model as accesses
from app.domains.government.shared_data.accesses.model import AccessState, Ground
from app.domains.government.shared_data.accesses.service import Wanted
from app.domains.government.shared_data.consents import model as consents
from app.domains.government.shared_data.consents.model import ConsentState
from app.domains.government.shared_data.consents.service import Offered, Wish
from app.domains.government.shared_data.fetches import model as fetches
from app.domains.government.shared_data.fetches.model import WhoBy
from app.domains.government.shared_data.sets import model as sets
from app.domains.government.shared_data.sets.model import DataKind, DataSetState, Sensitivity
from app.domains.identity.organisations.model import Tree
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Node, global_id, key_of

strawberry.enum(DataKind, description="One text, date, amount in yuan, whole number, yes or no; or several records.")
strawberry.enum(Sensitivity, name="DataSensitivity")
strawberry.enum(DataSetState)
strawberry.enum(Ground, name="DataGround", description="CONSENT: the citizen agrees. LAW: a law says so.")
strawberry.enum(AccessState, name="DataAccessState")
strawberry.enum(ConsentState)
_MOST = 100


@strawberry.type
class DataField:
    code: str
    title: str
    kind: DataKind
    sensitivity: Sensitivity

    @classmethod
    def of(cls, field: sets.DataField, locale: str) -> DataField:
        return cls(code=field.code, title=field.title.within(locale), kind=field.kind, sensitivity=field.sensitivity)


@strawberry.type
class DataPurpose:
    code: str
    title: str


@strawberry.type(description="What a department offers of what it holds.")
class DataSet:
    code: str
    name: str
    offered_by: OrganisationName
    fields: list[DataField]
    purposes: list[DataPurpose]
    basis: str = strawberry.field(description="The law it may be told by.")
    source: str = strawberry.field(description="The system it comes from.")
    fresh_hours: int = strawberry.field(description="How old an answer is at most.")
    state: DataSetState
    version: int

    @classmethod
    def of(cls, one: sets.DataSet, tree: Tree, locale: str) -> DataSet:
        return cls(
            code=one.code,
            name=one.name.within(locale),
            offered_by=OrganisationName.of(one.owner, tree),
            fields=[DataField.of(field, locale) for field in one.fields],
            purposes=[DataPurpose(code=p.code, title=p.title.within(locale)) for p in one.purposes],
            basis=one.basis,
            source=one.source,
            fresh_hours=one.fresh_hours,
            state=one.state,
            version=one.version,
        )


@strawberry.type(description="An organisation that may ask for it.")
class DataAsker:
    organisation: OrganisationName
    fields: list[str]
    purpose: str
    ground: Ground
    law: str | None
    until: date

    @classmethod
    def of(cls, one: accesses.DataAccess, tree: Tree) -> DataAsker:
        return cls(
            organisation=OrganisationName.of(one.organisation, tree),
            fields=list(one.fields),
            purpose=one.purpose,
            ground=one.ground,
            law=one.law,
            until=one.until,
        )


@strawberry.type(description="Data that departments hold, and who may ask for yours: by your consent, or by law.")
class DataAboutMe:
    data_set: DataSet
    askers: list[DataAsker]

    @classmethod
    def of(cls, offered: Offered, tree: Tree, locale: str) -> DataAboutMe:
        return cls(
            data_set=DataSet.of(offered.data_set, tree, locale),
            askers=[DataAsker.of(one, tree) for one in offered.accesses],
        )


@strawberry.type(description="You let an organisation be told these fields, for one purpose, until then.")
class Consent(Node):
    data_set: str
    fields: list[str]
    organisation: OrganisationName
    purpose: str
    state: ConsentState
    given_at: datetime
    until: datetime
    withdrawn_at: datetime | None
    fetches: int = strawberry.field(description="How often something was told by it.")

    @classmethod
    def of(cls, one: consents.Consent, tree: Tree, now: datetime) -> Consent:
        return cls(
            id=global_id("Consent", one.id),
            data_set=one.data_set,
            fields=list(one.fields),
            organisation=OrganisationName.of(one.organisation, tree),
            purpose=one.purpose,
            state=one.state_at(now),
            given_at=one.given_at,
            until=one.until,
            withdrawn_at=one.withdrawn_at,
            fetches=one.fetches,
        )


@strawberry.type
class ConsentGiven:
    consent: Consent


@strawberry.type
class ConsentTakenBack:
    consent: Consent


@strawberry.input
class ConsentInput:
    data_set: str
    fields: list[str]
    organisation: str = strawberry.field(description="Its code: who is to be told.")
    purpose: str = strawberry.field(description="As the asker has it; `application:CODE` for an item you apply for.")
    until: datetime

    def wish(self) -> Wish:
        """Raises BadInput."""
        if len(self.fields) > _MOST:
            raise BadInput(field="fields")
        fields = tuple(dict.fromkeys(self.fields))
        return Wish(self.data_set, fields, self.organisation, self.purpose, self.until)


@strawberry.type(description="Leave to ask for data, or the wish for it.")
class DataAccess(Node):
    data_set: str
    owner: OrganisationName
    organisation: OrganisationName
    fields: list[str]
    purpose: str
    why: str
    ground: Ground
    law: str | None
    until: date
    state: AccessState
    requested_at: datetime
    answer: str | None
    answered_at: datetime | None

    @classmethod
    def of(cls, one: accesses.DataAccess, tree: Tree) -> DataAccess:
        return cls(
            id=global_id("DataAccess", one.id),
            data_set=one.data_set,
            owner=OrganisationName.of(one.owner, tree),
            organisation=OrganisationName.of(one.organisation, tree),
            fields=list(one.fields),
            purpose=one.purpose,
            why=one.why,
            ground=one.ground,
            law=one.law,
            until=one.until,
            state=one.state,
            requested_at=one.requested_at,
            answer=one.answer,
            answered_at=one.answered_at,
        )


@strawberry.type
class DataSetOffered:
    data_set: DataSet


@strawberry.type
class DataSetWithdrawn:
    data_set: DataSet


@strawberry.type
class DataAccessRequested:
    data_access: DataAccess


@strawberry.type
class DataAccessAnswered:
    data_access: DataAccess


@strawberry.input
class DataWordsInput:
    zh: str
    en: str = ""

    def said(self) -> Said:
        return Said(self.zh.strip(), self.en.strip())


@strawberry.input
class DataFieldInput:
    code: str
    title: DataWordsInput
    kind: DataKind
    sensitivity: Sensitivity = Sensitivity.ORDINARY


@strawberry.input
class DataPurposeInput:
    code: str = strawberry.field(description="`application` lets it stand in for proofs in applications.")
    title: DataWordsInput


@strawberry.input
class DataSetInput:
    code: str
    name: DataWordsInput
    fields: list[DataFieldInput]
    purposes: list[DataPurposeInput]
    basis: str
    source: str
    fresh_hours: int

    def wanted(self) -> sets.Offer:
        """Raises BadInput."""
        if len(self.fields) > _MOST or len(self.purposes) > _MOST:
            raise BadInput(field="fields")
        return sets.Offer(
            code=self.code,
            name=self.name.said(),
            fields=tuple(sets.DataField(f.code, f.title.said(), f.kind, f.sensitivity) for f in self.fields),
            purposes=tuple(sets.Purpose(p.code, p.title.said()) for p in self.purposes),
            basis=self.basis.strip(),
            fresh_hours=self.fresh_hours,
            source=self.source.strip(),
        )


@strawberry.input
class DataAccessInput:
    data_set: str
    fields: list[str]
    purpose: str
    why: str = strawberry.field(description="For who answers: 4 to 500 characters.")
    ground: Ground
    law: str | None = strawberry.field(default=None, description="The law and its article, when that is the ground.")
    until: date

    def wanted(self) -> Wanted:
        """Raises BadInput."""
        if len(self.fields) > _MOST:
            raise BadInput(field="fields")
        law = self.law.strip() if self.law else None
        return Wanted(self.data_set, tuple(self.fields), self.purpose, self.why, self.ground, self.until, law or None)


@strawberry.input(one_of=True, description="Whom it is about: one of these.")
class DataSubjectInput:
    verification: strawberry.Maybe[strawberry.ID] = strawberry.field(
        description="A verification of yours, not older than 90 days."
    )
    card_number: strawberry.Maybe[str]
    application: strawberry.Maybe[str] = strawberry.field(
        description="The number of an application that your unit handles: then the purpose is `application:CODE`."
    )

    def named(self) -> tuple[WhoBy, str]:
        """Raises BadInput."""
        if self.verification:
            return WhoBy.VERIFICATION, key_of(self.verification.value, "Disclosure")
        if self.card_number:
            return WhoBy.CARD_NUMBER, self.card_number.value
        if self.application:
            return WhoBy.APPLICATION, self.application.value
        raise BadInput(field="subject")


@strawberry.type
class SharedFact:
    name: str
    value: str


@strawberry.type
class SharedRecord:
    facts: list[SharedFact]


@strawberry.type(description="One field: a single record with the fact `value`, or several records.")
class SharedValue:
    field: str
    records: list[SharedRecord]


@strawberry.type(description="What was told. The citizen sees it in the record of look-ups, under this id.")
class SharedDataFetched:
    id: strawberry.ID
    data_set: str
    purpose: str
    values: list[SharedValue] = strawberry.field(description="A field that the source does not know is left out.")
    as_of: datetime
    at: datetime

    @classmethod
    def of(cls, done: fetches.Fetched) -> SharedDataFetched:
        return cls(
            id=global_id("Disclosure", done.disclosure),
            data_set=done.data_set,
            purpose=done.purpose,
            values=[SharedValue(field=field, records=_records(value)) for field, value in done.values.items()],
            as_of=done.as_of,
            at=done.at,
        )


def _records(value: Sequence[Mapping[str, str]]) -> list[SharedRecord]:
    return [
        SharedRecord(facts=[SharedFact(name=name, value=text) for name, text in record.items()]) for record in value
    ]
