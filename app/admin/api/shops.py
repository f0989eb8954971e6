"""Shops and their orders: what is stopped, what is stuck, what went back; not where anything is brought."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.community.shops.errors import ShopUnknown
from app.domains.community.shops.model import Shop, ShopKind
from app.domains.community.shops.orders.errors import ShopOrderUnknown
from app.domains.community.shops.orders.model import FetchWay, OrderState, ShopOrder

router = desk_router("shops")


class ShopRow(Reply):
    """`halted`: why the desk stopped it."""

    code: str
    organisation: str
    name: str
    kind: ShopKind
    estates: list[str]
    open: bool
    halted: str

    @classmethod
    def of(cls, one: Shop) -> ShopRow:
        return cls(
            code=one.code,
            organisation=one.organisation,
            name=one.name.zh,
            kind=one.kind,
            estates=list(one.delivery.estates),
            open=one.open,
            halted=one.halted,
        )


class Reason(Body):
    reason: str = Field(min_length=1, max_length=100)


class OrderRow(Reply):
    """In fen; `owed` goes back in the next round, `failed` could not."""

    id: str
    number: str
    shop: str
    state: OrderState
    way: FetchWay
    made_at: datetime
    look_at: datetime | None
    total: int
    refunded: int
    owed: int
    failed: int

    @classmethod
    def of(cls, one: ShopOrder) -> OrderRow:
        return cls(
            id=one.id,
            number=one.number,
            shop=one.shop,
            state=one.state,
            way=one.way,
            made_at=one.made_at,
            look_at=one.look_at,
            total=one.total,
            refunded=one.refunded,
            owed=one.owed,
            failed=one.failed,
        )


class StepShown(Reply):
    state: OrderState
    at: datetime


class OrderShown(OrderRow):
    """`payment` by which it was paid: its refunds and disputes are found there."""

    citizen: str
    payment: str | None
    reason: str
    steps: list[StepShown]


class StuckOrders(Reply):
    items: list[OrderRow]


@router.get("/shops")
async def shops(desk: Annotated[Desk, allowed("list", *ANY)], first: First = 20, after: After = None) -> Rows[ShopRow]:
    """By their codes."""
    page = await desk.services.community.together.shopping.shops.of_city(PageRequest.of(first, after))
    return Rows[ShopRow].of(page, ShopRow.of, lambda one: str(one.code))


@router.get("/shops/{code}")
async def shop(code: Id, desk: Annotated[Desk, allowed("show", *ANY)]) -> ShopRow:
    found = await desk.services.community.together.shopping.shops.one(code)
    if found is None:
        raise ShopUnknown
    return ShopRow.of(found)


@router.post("/shops/{code}/halt")
async def halt(code: Id, body: Reason, key: Key, desk: Annotated[Desk, allowed("halt", *OPERATORS)]) -> ShopRow:
    """It takes no orders until it is let go on, whatever its merchant says."""
    service = desk.services.community.together.shopping.shops
    return ShopRow.of(await service.halt(desk.viewer, code, body.reason, key))


@router.post("/shops/{code}/resumption")
async def resume(code: Id, key: Key, desk: Annotated[Desk, allowed("resume", *OPERATORS)]) -> ShopRow:
    service = desk.services.community.together.shopping.shops
    return ShopRow.of(await service.halt(desk.viewer, code, "", key))


@router.get("/shop-orders")
async def orders(
    desk: Annotated[Desk, allowed("orders", *ANY)],
    first: First = 20,
    after: After = None,
    state: OrderState | None = None,
) -> Rows[OrderRow]:
    """Newest first; of all states when none is named."""
    page = await desk.services.community.together.shopping.desk.page(state, PageRequest.of(first, after))
    return Rows[OrderRow].of(page, OrderRow.of)


@router.get("/shop-orders/stuck")
async def stuck(desk: Annotated[Desk, allowed("stuck", *ANY)]) -> StuckOrders:
    """Whose money could not go back, or whose moment passed and nothing moved them; a hundred at most."""
    return StuckOrders(items=[OrderRow.of(one) for one in await desk.services.community.together.shopping.desk.stuck()])


@router.get("/shop-orders/{order}")
async def order(order: Id, desk: Annotated[Desk, allowed("order", *ANY)]) -> OrderShown:
    found = await desk.services.community.together.shopping.desk.one(order)
    if found is None:
        raise ShopOrderUnknown
    return _shown(found)


@router.post("/shop-orders/{order}/undoing")
async def undo(order: Id, body: Reason, key: Key, desk: Annotated[Desk, allowed("undo", *OPERATORS)]) -> OrderShown:
    """What was paid goes back, in whatever state the shop left it."""
    service = desk.services.community.together.shopping.desk
    return _shown(await service.undo(desk.viewer, order, body.reason, key))


def _shown(one: ShopOrder) -> OrderShown:
    steps = [StepShown(state=step.state, at=step.at) for step in one.steps]
    row = OrderRow.of(one).model_dump()
    return OrderShown(**row, citizen=one.citizen, payment=one.sale, reason=one.reason, steps=steps)
