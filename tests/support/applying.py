"""A small government of a test: a unit, what it offers, and those who apply there and who handle it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.government.catalogue.model import (
    Audience,
    Category,
    Channel,
    Depth,
    Item,
    ItemState,
    Material,
    MaterialForm,
    Offer,
)
from app.domains.government.catalogue.store import ItemStore, OfferStore
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.wiring import City
from tests.support.api import OPS, Api, Person

FORM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "phone": {"type": "string", "minLength": 5, "maxLength": 20, "x-prefill": "identity.phone"},
        "holder": {"type": "string", "maxLength": 40, "x-prefill": "identity.name"},
        "lost_on": {"type": "string", "format": "date", "x-past": True},
        "pickup": {"type": "string", "oneOf": [{"const": "post"}, {"const": "counter"}]},
        "copies": {"type": "integer", "minimum": 1, "maximum": 9},
    },
    "required": ["phone", "pickup"],
    "additionalProperties": False,
}
ANSWERS: dict[str, Any] = {"phone": "+8619911000001", "pickup": "post", "copies": 2}
SCOPES = frozenset({"applications", "catalogue", "webhooks"})
REASON, REMEDY = "符合办理条件", "可在六十日内申请行政复议"
ORIGINAL = Material(
    "register", Said("户口簿", "Household register"), MaterialForm.ORIGINAL, licence="household_register"
)
PHOTO = Material("photo", Said("相片", "Photo"), MaterialForm.ELECTRONIC, needed="if:pickup=counter")


def an_item(code: str, **changed: Any) -> Item:
    made = Item(
        code=code,
        version=1,
        state=ItemState.PUBLISHED,
        owner="test-department",
        name=Said("居民身份证遗失补领", "Replacement of a lost identity card"),
        category=Category.IDENTITY_DOCUMENTS,
        audience=frozenset({Audience.PERSON}),
        levels=frozenset({Level.COUNTY}),
        visits=1,
        depth=Depth.ONLINE_WHOLE,
        statutory_days=60,
        promised_days=10,
        materials=(ORIGINAL, PHOTO),
        channels=frozenset({Channel.APP}),
        form=FORM,
        result="approval",
        current=True,
        revision=1,
    )
    return replace(made, **changed)


async def offered(city: City, *, system: str | None = None, unit: str | None = None, **changed: Any) -> Offer:
    """A new item at a new unit below a new department, or at this unit."""
    tree, put = city.services.organisations.tree, city.services.organisations.put
    if unit is None:
        above, unit = f"dep-{new_id()}", f"unit-{new_id()}"
        await put(OPS, Organisation(above, "测试局", Kind.DEPARTMENT, Level.CITY, scopes=SCOPES))
        await put(OPS, Organisation(unit, "测试分局", Kind.DEPARTMENT, Level.COUNTY, parent=above, scopes=SCOPES))
    elif tree.get(unit) is None:
        await put(OPS, Organisation(unit, "测试分局", Kind.DEPARTMENT, Level.COUNTY, scopes=SCOPES))
    item = an_item(f"T-{new_id()}", **changed)
    offer = Offer(item.code, unit, Level.COUNTY, system=system)

    async def work(tx: Tx) -> None:
        await ItemStore(city.db).add([replace(item, published_at=city.clock.now())], tx)
        await OfferStore(city.db).add([offer], tx)

    await city.db.transaction(work)
    return offer


async def amend(city: City, code: str, **changed: Any) -> None:
    """A next version of an item, published."""
    was = await city.services.government.catalogue.item(code)
    assert was is not None

    async def work(tx: Tx) -> None:
        items = ItemStore(city.db)
        await items.retire([code], tx)
        await items.add([replace(was, version=was.version + 1, **changed)], tx)

    await city.db.transaction(work)
    city.services.government.catalogue.forget(code)


async def applicant(api: Api) -> tuple[Person, Viewer]:
    """Somebody with a verified name, and how the services see him."""
    person = await api.verified()
    key = api.key(person)
    return person, Viewer(role=Role.CITIZEN, actor=key, subject=key, assurance=Assurance.REAL_NAME)


def handler(unit: str, name: str | None = None, **changed: Any) -> Viewer:
    """A member of staff of this organisation."""
    made = Viewer(
        role=Role.PROVIDER_STAFF,
        actor=name or f"staff-{new_id()}",
        organisation=unit,
        scopes=frozenset({"applications"}),
        roles=frozenset({"handler"}),
    )
    return replace(made, **changed)


async def begun(city: City, viewer: Viewer, offer: Offer, answers: dict[str, Any] | None = None) -> str:
    """A draft that is filled in; its id."""
    drafts = city.services.government.drafts
    draft = (await drafts.begin(viewer, offer.item, offer.unit, new_id())).application
    await drafts.save(viewer, draft.id, draft.version, ANSWERS if answers is None else answers, (), new_id())
    return draft.id


async def handed_in(city: City, viewer: Viewer, offer: Offer) -> str:
    draft = await begun(city, viewer, offer)
    return (await city.services.government.applications.submit(viewer, draft, 1, new_id())).id


async def taken(city: City, by: Viewer, application: str) -> str:
    """Taken over and taken in by this handler."""
    handling = city.services.government.handling
    await handling.claim(by, application, new_id())
    return (await handling.accept(by, application, new_id())).id


async def citizen_walk(api: Api, step: Any, person: Person, office: Any) -> None:
    """Each operation of applicants and handlers once. `step` sends one and gives its answer; `office` gives a token
    of a client of the unit.
    """
    offer = await offered(api.city)
    at, token, desk = {"item": offer.item, "unit": offer.unit}, person.token, await office(offer.unit)
    await step("ApplicationForm", token, **at)
    await step("MaterialCheck", token, **at, answers={})
    dropped = await step("BeginApplication", token, **at, key=new_id())
    await step("DiscardDraft", token, application=dropped["application"]["id"], key=new_id())
    ids = [await _handed_in(api, step, token, at, first=n == 0) for n in range(3)]
    await step("ServiceApplications", token)
    await step("ServiceApplication", token, application=ids[0])
    await step("CheckMaterials", token, application=ids[0])
    await step("ApplicationsToHandle", desk, "provider", state="SUBMITTED")
    shown = await api.data("ServiceApplication", token, application=ids[0])
    await step("ApplicationToHandle", desk, "provider", number=shown["number"])
    for operation in ("OpenApplication", "ClaimApplication", "AcceptApplication", "BeginReview"):
        await step(operation, desk, "provider", application=ids[0], key=new_id())
    await step("ExtendApplication", desk, "provider", application=ids[0], days=3, key=new_id())
    points = [{"words": "请写明遗失日期", "field": "lost_on"}]
    await step("AskCorrection", desk, "provider", application=ids[0], points=points, key=new_id())
    mended = {"answers": {**ANSWERS, "lost_on": "2026-01-05"}, "given": []}
    await step("AnswerCorrection", token, application=ids[0], **mended, key=new_id())
    decided = {"granted": True, "reason": REASON}
    await step("DecideApplication", desk, "provider", application=ids[0], **decided, key=new_id())
    await step("DeliverApplication", desk, "provider", application=ids[0], key=new_id())
    await step("WithdrawServiceApplication", token, application=ids[1], key=new_id())
    await api.data("ClaimApplication", desk, "provider", application=ids[2], key=new_id())
    await step("ReleaseApplication", desk, "provider", application=ids[2], key=new_id())
    await api.data("ClaimApplication", desk, "provider", application=ids[2], key=new_id())
    refused = {"reason": REASON, "remedy": REMEDY}
    await step("RefuseApplication", desk, "provider", application=ids[2], **refused, key=new_id())


async def _handed_in(api: Api, step: Any, token: str | None, at: dict[str, str], *, first: bool) -> str:
    async def quiet(operation: str, *asked: Any, **given: Any) -> Any:
        return await api.data(operation, *asked, **given)

    do = step if first else quiet
    made = (await quiet("BeginApplication", token, **at, key=new_id()))["application"]["id"]
    filled = {"version": 1, "answers": ANSWERS, "given": []}
    await do("SaveDraft", token, application=made, **filled, key=new_id())
    await do("MoveDraft", token, application=made, key=new_id())
    await do("SubmitApplication", token, application=made, version=1, key=new_id())
    return str(made)
