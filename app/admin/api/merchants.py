"""Merchants: who takes payments by code, and on what terms."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.payment.merchants.errors import MerchantUnknown
from app.domains.payment.merchants.model import Category, Merchant, MerchantState
from app.domains.payment.merchants.service import Profile
from app.domains.payment.settlement.fees.model import MOST_POINTS
from app.domains.payment.shifts.model import Shift

router = desk_router("merchants")


class NewProfile(Body):
    """`category` by ISO 18245; `fee` in basis points of what is paid."""

    name: str = Field(min_length=2, max_length=60)
    category: Category
    fee: int = Field(ge=0, le=MOST_POINTS)


class NewMerchantState(Body):
    state: MerchantState
    reason: str = Field(min_length=2, max_length=500)


class MerchantShown(Reply):
    """`active` is what counts: it is, and the organisation with all above it."""

    organisation: str
    name: str
    category: Category
    fee: int
    state: MerchantState
    active: bool
    code: str
    since: datetime


class ShiftShown(Reply):
    id: str
    cashier: str
    till: str
    opened_at: datetime
    closed_at: datetime | None


@router.get("/merchants")
async def page(
    desk: Annotated[Desk, allowed("list", *ANY)],
    state: Annotated[MerchantState | None, Query(description="Those in this state; all when none is named.")] = None,
    first: First = 25,
    after: After = None,
) -> Rows[MerchantShown]:
    """By the code of their organisation."""
    found = await desk.services.payment.merchants.page(PageRequest.of(first, after), state)
    return Rows[MerchantShown].of(found, partial(_shown, desk), lambda one: str(one.organisation))


@router.get("/merchants/{organisation}")
async def one(organisation: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> MerchantShown:
    """One merchant, and whether it may take money now."""
    found = await desk.services.payment.merchants.get(organisation)
    if found is None:
        raise MerchantUnknown
    return _shown(desk, found)


@router.put("/merchants/{organisation}")
async def put(
    organisation: Id, body: NewProfile, key: Key, desk: Annotated[Desk, allowed("put", *OPERATORS)]
) -> MerchantShown:
    """Make an organisation a merchant, or change what it is."""
    profile = Profile.parse(body.name, body.category, body.fee)
    return _shown(desk, await desk.services.payment.merchants.put(desk.viewer, organisation, profile, key))


@router.put("/merchants/{organisation}/state")
async def turn(
    organisation: Id, body: NewMerchantState, key: Key, desk: Annotated[Desk, allowed("turn", *OPERATORS)]
) -> MerchantShown:
    """Suspend it, take it up again, or close it for good."""
    merchants = desk.services.payment.merchants
    return _shown(desk, await merchants.turn(desk.viewer, organisation, body.state, body.reason, key))


@router.get("/merchants/{organisation}/shifts")
async def shifts(
    organisation: Id, desk: Annotated[Desk, allowed("shifts", *ANY)], first: First = 25, after: After = None
) -> Rows[ShiftShown]:
    """Shifts of its cashiers, newest first."""
    found = await desk.services.payment.shifts.of_merchant(organisation, PageRequest.of(first, after))
    return Rows[ShiftShown].of(found, _shift)


def _shift(one: Shift) -> ShiftShown:
    return ShiftShown.model_validate(one)


def _shown(desk: Desk, one: Merchant) -> MerchantShown:
    return MerchantShown(
        organisation=one.organisation,
        name=one.name,
        category=one.category,
        fee=one.fee,
        state=one.state,
        active=one.active and desk.services.organisations.tree.active(one.organisation),
        code=one.code,
        since=one.since,
    )
