"""The catalogue: items in their versions and what differs between them, cancelling and merging, files of items."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import (
    ADMINISTRATORS,
    ANY,
    OPERATORS,
    After,
    Body,
    Desk,
    First,
    Id,
    Key,
    Reply,
    Rows,
    allowed,
    desk_router,
)
from app.admin.api.files import LARGEST_FILE, RowsFile, RowsImported
from app.core.paging import PageRequest
from app.domains.government.catalogue.errors import ItemUnknown
from app.domains.government.catalogue.model import Category, Depth, Item, ItemState, ItemStep
from app.domains.identity.organisations.model import Level

router = desk_router("catalogue")
Code = Annotated[str, Field(min_length=2, max_length=40)]
_Reason = Annotated[str, Field(min_length=2, max_length=500)]


class Cancellation(Body):
    reason: _Reason


class Merger(Body):
    into: Code
    reason: _Reason


class StepShown(Reply):
    what: ItemStep
    by: str
    at: datetime
    reason: str | None


class ItemShown(Reply):
    """One version. `name` and `guide` in Chinese."""

    code: str
    version: int
    state: ItemState
    current: bool
    owner: str
    name: str
    category: Category
    levels: list[Level]
    visits: int
    depth: Depth
    statutory_days: int
    promised_days: int
    popularity: int
    merged_into: str | None
    published_at: datetime | None
    history: list[StepShown]


class VersionShown(Reply):
    """`changed` are the fields that differ from the version before."""

    item: ItemShown
    changed: list[str]


class Versions(Reply):
    items: list[VersionShown]


class CountsShown(Reply):
    """Of what people find. `offers` by level; `visits` by how many are needed; `online`: one applies for it here."""

    items: int
    online: int
    offers: dict[Level, int]
    categories: dict[Category, int]
    visits: dict[int, int]


class Imported(RowsImported):
    """`offers`: items newly offered; `echoes` repeat another line."""

    offers: int
    echoes: int


@router.get("/catalogue/counts")
async def counts(desk: Annotated[Desk, allowed("count", *ANY)]) -> CountsShown:
    """How many items and offers there are."""
    catalogue = desk.services.government.catalogue
    found, offers = await catalogue.counts(), await catalogue.offers_by_level()
    return CountsShown(
        items=found.items, online=found.online, offers=offers, categories=found.categories, visits=found.visits
    )


@router.get("/catalogue/items")
async def page(
    desk: Annotated[Desk, allowed("list", *ANY)],
    owner: Annotated[str | None, Query(max_length=80, description="The unit that defines them.")] = None,
    state: ItemState = ItemState.PUBLISHED,
    first: First = 20,
    after: After = None,
) -> Rows[ItemShown]:
    """Versions in this state, by code."""
    publishing, request = desk.services.government.publishing, PageRequest.of(first, after)
    found = await (publishing.of_owner(owner, state, request) if owner else publishing.in_state(state, request))
    return Rows[ItemShown].of(found, _shown)


@router.get("/catalogue/items/{code}")
async def versions(code: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> Versions:
    """Every version of an item, drafts too, newest first, with what each changed."""
    found = await desk.services.government.publishing.versions(desk.viewer, code)
    if not found:
        raise ItemUnknown(code)
    before = [*found[1:], None]
    return Versions(
        items=[
            VersionShown(item=_shown(one), changed=one.differing(was) if was else [])
            for one, was in zip(found, before, strict=True)
        ]
    )


@router.post("/catalogue/items/{code}/cancellation")
async def cancel(
    code: Id, body: Cancellation, key: Key, desk: Annotated[Desk, allowed("cancel", *OPERATORS)]
) -> ItemShown:
    """Take an item from what people find; what was applied for goes on."""
    return _shown(await desk.services.government.publishing.cancel(desk.viewer, code, body.reason, key))


@router.post("/catalogue/items/{code}/merger")
async def merge(code: Id, body: Merger, key: Key, desk: Annotated[Desk, allowed("merge", *OPERATORS)]) -> ItemShown:
    """Lead people to another item, offered from now on wherever this one was."""
    return _shown(await desk.services.government.publishing.merge(desk.viewer, code, body.into, body.reason, key))


@router.post("/catalogue/imports")
async def import_items(
    body: RowsFile, desk: Annotated[Desk, allowed("import", *ADMINISTRATORS, most=2 * LARGEST_FILE)]
) -> Imported:
    """Read a file of items: all of its lines, or none. The same file again changes nothing."""
    done = await desk.services.government.item_imports.run(desk.viewer, body.file)
    tally = done.tally
    return Imported(
        lines=done.lines,
        fresh=tally.fresh,
        amended=tally.amended,
        same=tally.same,
        offers=tally.offers,
        echoes=done.echoes,
        resumed_after=done.resumed_after,
    )


def _shown(item: Item) -> ItemShown:
    return ItemShown(
        code=item.code,
        version=item.version,
        state=item.state,
        current=item.current,
        owner=item.owner,
        name=item.name.zh,
        category=item.category,
        levels=sorted(item.levels, key=list(Level).index),
        visits=item.visits,
        depth=item.depth,
        statutory_days=item.statutory_days,
        promised_days=item.promised_days,
        popularity=item.popularity,
        merged_into=item.merged_into,
        published_at=item.published_at,
        history=[StepShown.model_validate(step) for step in item.history],
    )
