"""Billers: who may send bills, and how their account numbers look."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.payment.bills.billers.errors import BillerUnknown
from app.domains.payment.bills.billers.model import (
    LONGEST_NUMBER,
    Alphabet,
    Biller,
    BillerState,
    BillerWay,
    BillKind,
    NumberRule,
)
from app.domains.payment.bills.billers.service import BillerProfile

router = desk_router("billers")


class NewBiller(Body):
    """`system` is the name by which the city's platform of billers leads to it; one that is asked has one."""

    kind: BillKind
    name: str = Field(min_length=1, max_length=60)
    name_en: str = Field(default="", max_length=100)
    account_name: str = Field(min_length=1, max_length=60)
    account_name_en: str = Field(default="", max_length=100)
    shortest: int = Field(ge=4, le=LONGEST_NUMBER)
    longest: int = Field(ge=4, le=LONGEST_NUMBER)
    alphabet: Alphabet = Alphabet.DIGITS
    example: str = Field(default="", max_length=LONGEST_NUMBER)
    way: BillerWay
    system: str | None = Field(default=None, max_length=40)


class NewBillerState(Body):
    state: BillerState
    reason: str = Field(min_length=2, max_length=500)


class BillerShown(Reply):
    """`active` is what counts: it is open, and its organisation may send bills."""

    code: str
    kind: BillKind
    name: str
    name_en: str
    account_name: str
    account_name_en: str
    shortest: int
    longest: int
    alphabet: Alphabet
    example: str
    way: BillerWay
    system: str | None
    state: BillerState
    active: bool
    since: datetime


@router.get("/billers")
async def page(
    desk: Annotated[Desk, allowed("list", *ANY)], first: First = 25, after: After = None
) -> Rows[BillerShown]:
    """By code."""
    billers = desk.services.payment.bills.billers
    found = await billers.page(PageRequest.of(first, after))
    return Rows[BillerShown].of(found, lambda one: _shown(one, active=billers.takes(one)), lambda one: one.id)


@router.get("/billers/{biller}")
async def one(biller: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> BillerShown:
    """One biller, and whether its bills can be paid now."""
    billers = desk.services.payment.bills.billers
    found = await billers.one(biller)
    if found is None:
        raise BillerUnknown
    return _shown(found, active=billers.takes(found))


@router.put("/billers/{biller}")
async def put(biller: Id, body: NewBiller, key: Key, desk: Annotated[Desk, allowed("put", *OPERATORS)]) -> BillerShown:
    """Make an organisation that holds the scope `bills` a biller, or change what it is."""
    billers = desk.services.payment.bills.billers
    made = await billers.write(desk.viewer, _profile(biller, body), key)
    return _shown(made, active=billers.takes(made))


@router.put("/billers/{biller}/state")
async def turn(
    biller: Id, body: NewBillerState, key: Key, desk: Annotated[Desk, allowed("turn", *OPERATORS)]
) -> BillerShown:
    """Close it, so that it takes neither accounts nor bills, or open it again."""
    billers = desk.services.payment.bills.billers
    turned = await billers.turn(desk.viewer, biller, body.state, body.reason, key)
    return _shown(turned, active=billers.takes(turned))


def _profile(biller: str, body: NewBiller) -> BillerProfile:
    return BillerProfile(
        id=biller,
        kind=body.kind,
        name=Said(body.name, body.name_en),
        number=NumberRule(body.shortest, body.longest, body.alphabet, body.example),
        account_name=Said(body.account_name, body.account_name_en),
        way=body.way,
        system=body.system,
    )


def _shown(one: Biller, *, active: bool) -> BillerShown:
    rule = one.number
    return BillerShown(
        code=one.id,
        kind=one.kind,
        name=one.name.zh,
        name_en=one.name.en,
        account_name=one.account_name.zh,
        account_name_en=one.account_name.en,
        shortest=rule.shortest,
        longest=rule.longest,
        alphabet=rule.alphabet,
        example=rule.example,
        way=one.way,
        system=one.system,
        state=one.state,
        active=active,
        since=one.since,
    )
