"""Service items and where they are offered: as people read them, and as units write them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
from strawberry.scalars import JSON

from app.core.errors import BadInput
from app.core.money import Money as Sum
from app.core.said import UNSAID, Said
from app.domains.government.catalogue import model
from app.domains.government.catalogue.model import (
    Audience,
    Category,
    Channel,
    Depth,
    ItemState,
    ItemStep,
    LifeEvent,
    MaterialForm,
    OfferState,
)
from app.domains.government.catalogue.offering.service import Terms
from app.domains.government.catalogue.service import Counts
from app.domains.identity.organisations.model import Level, Tree
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Money, Node, global_id

strawberry.enum(Audience, name="ServiceAudience")
strawberry.enum(Category, name="ServiceCategory", description="The 21 subjects of the catalogue.")
strawberry.enum(LifeEvent)
strawberry.enum(Level, name="UnitLevel")
strawberry.enum(
    Depth,
    name="OnlineDepth",
    description="INFORMATION: to read. ONLINE_ACCEPT: apply here, come once. ONLINE_WHOLE: all of it here.",
)
strawberry.enum(Channel, name="ServiceChannel")
strawberry.enum(MaterialForm)
strawberry.enum(ItemState, name="ServiceItemState")
strawberry.enum(ItemStep, name="ServiceItemStep")
strawberry.enum(OfferState, name="ServiceOfferState")


@strawberry.type
class ServiceFee:
    amount: Money
    what: str


@strawberry.type(description="What an applicant brings.")
class ServiceMaterial:
    key: str
    name: str
    form: MaterialForm
    needed: str = strawberry.field(description="always, unless_known, if_agent, or if:FIELD=VALUE of the form.")
    licence: str | None = strawberry.field(description="The kind of licence in the app that can stand in for it.")
    data: str | None = strawberry.field(description="Shared data that can stand in for it: `set.field`.")
    note: str | None

    @classmethod
    def of(cls, one: model.Material, locale: str) -> ServiceMaterial:
        return cls(
            key=one.key,
            name=one.name.within(locale),
            form=one.form,
            needed=one.needed,
            licence=one.licence,
            data=one.data,
            note=one.note.within(locale) if one.note else None,
        )


@strawberry.type(description="An item at a unit. What is null is as the item says.")
class ServiceOffer:
    unit: OrganisationName
    level: Level
    promised_days: int | None
    place: str | None
    hours: str | None
    phone: str | None

    @classmethod
    def of(cls, offer: model.Offer, tree: Tree, locale: str) -> ServiceOffer:
        return cls(
            unit=OrganisationName.of(offer.unit, tree),
            level=offer.level,
            promised_days=offer.promised_days,
            place=offer.place.within(locale) if offer.place else None,
            hours=offer.hours.within(locale) if offer.hours else None,
            phone=offer.phone,
        )


@strawberry.type(description="What the city does for people, in one version.")
class ServiceItem(Node):
    code: str
    version: int
    state: ItemState = strawberry.field(description="CANCELLED and MERGED ones are gone from lists and search.")
    merged_into: str | None = strawberry.field(description="The code of the item to go to instead.")
    name: str
    also: list[str] = strawberry.field(description="What people call it.")
    category: Category
    audience: list[Audience]
    life_events: list[LifeEvent]
    levels: list[Level]
    department: OrganisationName
    visits: int = strawberry.field(description="How often one has to come.")
    depth: Depth
    statutory_days: int = strawberry.field(description="Working days; 0 is on the spot.")
    promised_days: int
    fees: list[ServiceFee]
    conditions: list[str]
    materials: list[ServiceMaterial]
    basis: list[str]
    guide: str = strawberry.field(description="Markdown.")
    channels: list[Channel]
    languages: list[str]
    form: JSON | None = strawberry.field(description="A JSON Schema (2020-12), where one applies for it here.")
    result: str = strawberry.field(description="licence:KIND, approval, proof, payment, registration or none.")
    published_at: datetime | None
    your_unit: ServiceOffer | None = strawberry.field(
        description="The offering unit nearest up the tree, by `division` or by where the citizen lives."
    )

    @classmethod
    def of(cls, item: model.Item, tree: Tree, locale: str, near: model.Offer | None = None) -> ServiceItem:
        return cls(
            id=global_id("ServiceItem", item.id),
            code=item.code,
            version=item.version,
            state=item.state,
            merged_into=item.merged_into,
            name=item.name.within(locale),
            also=list(item.also),
            category=item.category,
            audience=sorted(item.audience),
            life_events=sorted(item.life_events),
            levels=sorted(item.levels, key=list(Level).index),
            department=OrganisationName.of(item.owner, tree),
            visits=item.visits,
            depth=item.depth,
            statutory_days=item.statutory_days,
            promised_days=item.promised_days,
            fees=[ServiceFee(amount=Money.of(Sum(fee.amount)), what=fee.what.within(locale)) for fee in item.fees],
            conditions=[one.within(locale) for one in item.conditions],
            materials=[ServiceMaterial.of(one, locale) for one in item.materials],
            basis=list(item.basis),
            guide=item.guide.within(locale),
            channels=sorted(item.channels),
            languages=list(item.languages),
            form=None if item.form is None else JSON(item.form),
            result=item.result,
            published_at=item.published_at,
            your_unit=ServiceOffer.of(near, tree, locale) if near else None,
        )


@strawberry.type
class ServiceCategoryCount:
    category: Category
    items: int


@strawberry.type
class VisitsCount:
    visits: int
    items: int


@strawberry.type(description="What people find, counted.")
class ServiceCounts:
    items: int
    online: int = strawberry.field(description="Items one applies for here.")
    categories: list[ServiceCategoryCount]
    visits: list[VisitsCount]

    @classmethod
    def of(cls, counts: Counts) -> ServiceCounts:
        """Every category, also those in which nothing is."""
        return cls(
            items=counts.items,
            online=counts.online,
            categories=[ServiceCategoryCount(category=c, items=counts.categories.get(c, 0)) for c in Category],
            visits=[VisitsCount(visits=n, items=counts.visits[n]) for n in sorted(counts.visits)],
        )


@strawberry.input(description="English may be left out.")
class SaidInput:
    zh: str
    en: str = ""

    def parsed(self) -> Said:
        return Said(self.zh, self.en)


@strawberry.input(description="`amount` in fen.")
class ServiceFeeInput:
    amount: int
    what: SaidInput


@strawberry.input
class ServiceMaterialInput:
    key: str
    name: SaidInput
    form: MaterialForm
    needed: str = "always"
    licence: str | None = None
    data: str | None = None
    note: SaidInput | None = None

    def parsed(self) -> model.Material:
        note = self.note.parsed() if self.note else None
        return model.Material(
            self.key, self.name.parsed(), self.form, self.needed, self.licence or None, self.data or None, note
        )


@strawberry.input(description="What is left out is empty: a draft is written whole.")
class ServiceItemInput:
    code: str
    name: SaidInput
    category: Category
    audience: list[Audience]
    levels: list[Level]
    visits: int
    depth: Depth
    statutory_days: int
    promised_days: int
    owner: str | None = strawberry.field(default=None, description="A unit of yours; your own when left out.")
    also: list[str] = strawberry.field(default_factory=list)
    life_events: list[LifeEvent] = strawberry.field(default_factory=list)
    fees: list[ServiceFeeInput] = strawberry.field(default_factory=list)
    conditions: list[SaidInput] = strawberry.field(default_factory=list)
    materials: list[ServiceMaterialInput] = strawberry.field(default_factory=list)
    basis: list[str] = strawberry.field(default_factory=list)
    guide: SaidInput | None = None
    channels: list[Channel] = strawberry.field(default_factory=lambda: [Channel.COUNTER])
    languages: list[str] = strawberry.field(default_factory=lambda: ["zh"])
    form: JSON | None = None
    result: str = "none"
    popularity: int = 1

    def parsed(self) -> model.Item:
        """Raises BadInput (the form is no object)."""
        form: Any = self.form
        if form is not None and not isinstance(form, dict):
            raise BadInput(field="form")
        return model.Item(
            code=self.code,
            version=0,
            state=ItemState.DRAFT,
            owner=self.owner or "",
            name=self.name.parsed(),
            category=self.category,
            audience=frozenset(self.audience),
            levels=frozenset(self.levels),
            visits=self.visits,
            depth=self.depth,
            statutory_days=self.statutory_days,
            promised_days=self.promised_days,
            also=tuple(self.also),
            life_events=frozenset(self.life_events),
            fees=tuple(model.Fee(fee.amount, fee.what.parsed()) for fee in self.fees),
            conditions=tuple(one.parsed() for one in self.conditions),
            materials=tuple(one.parsed() for one in self.materials),
            basis=tuple(self.basis),
            guide=self.guide.parsed() if self.guide else UNSAID,
            channels=frozenset(self.channels),
            languages=tuple(self.languages),
            form=form,
            result=self.result,
            popularity=self.popularity,
        )


@strawberry.input(description="How it is offered at the units named; what is left out is as the item says.")
class ServiceTermsInput:
    promised_days: int | None = None
    place: SaidInput | None = None
    hours: SaidInput | None = None
    phone: str | None = None
    system: str | None = strawberry.field(default=None, description="The department's own back end.")

    def parsed(self) -> Terms:
        return Terms(
            promised_days=self.promised_days,
            place=self.place.parsed() if self.place else None,
            hours=self.hours.parsed() if self.hours else None,
            phone=self.phone,
            system=self.system,
        )


@strawberry.type(description="One thing that became of it.")
class ServiceItemEvent:
    what: ItemStep
    at: datetime
    reason: str | None


@strawberry.type(description="A version as its unit sees it, drafts too.")
class ServiceItemVersion:
    current: bool
    item: ServiceItem
    history: list[ServiceItemEvent]

    @classmethod
    def of(cls, item: model.Item, tree: Tree, locale: str) -> ServiceItemVersion:
        events = [ServiceItemEvent(what=one.what, at=one.at, reason=one.reason) for one in item.history]
        return cls(current=item.current, item=ServiceItem.of(item, tree, locale), history=events)


@strawberry.type(description="An offer as its unit sees it, withdrawn ones too.")
class UnitOffer:
    item: str
    state: OfferState
    offer: ServiceOffer
    system: str | None

    @classmethod
    def of(cls, offer: model.Offer, tree: Tree, locale: str) -> UnitOffer:
        shown = ServiceOffer.of(offer, tree, locale)
        return cls(item=offer.item, state=offer.state, offer=shown, system=offer.system)


@strawberry.type
class ServiceItemDone:
    """The answer of every step."""

    version: ServiceItemVersion


@strawberry.type
class ServiceItemSaved(ServiceItemDone):
    pass


@strawberry.type
class ServiceItemPublished(ServiceItemDone):
    pass


@strawberry.type
class ServiceItemCancelled(ServiceItemDone):
    pass


@strawberry.type
class ServiceItemMerged(ServiceItemDone):
    pass


@strawberry.type
class ServiceItemDelegated(ServiceItemDone):
    pass


@strawberry.type
class ServiceItemOffered:
    offers: list[UnitOffer]


@strawberry.type
class OfferWithdrawn:
    offers: list[UnitOffer]
