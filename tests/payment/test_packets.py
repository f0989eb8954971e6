"""Red packets: split to the fen, opened once by each person, and what nobody took goes back."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.money import Currency, Money
from app.core.paging import PageRequest
from app.core.viewer import Assurance, Role, Viewer
from app.domains.payment.ledger.errors import AccountClosed, InsufficientBalance
from app.domains.payment.ledger.model import BANK, TransferKind, points, wallet
from app.domains.payment.packets.errors import (
    PacketEmpty,
    PacketLapsed,
    PacketNotStranded,
    PacketOwn,
    PacketSharesUnfit,
    PacketTooLarge,
    PacketTooSmall,
    PacketUneven,
    PacketUnknown,
    PacketWishTooLong,
)
from app.domains.payment.packets.model import (
    MOST_SHARES,
    Packet,
    PacketKind,
    PacketState,
    cut,
    lucky_split,
    parsed_wish,
    split,
)
from app.domains.payment.packets.service import PacketWish, SeenPacket
from app.domains.payment.packets.store import PacketStore
from app.domains.payment.points.model import Part
from app.domains.payment.wallet.errors import WalletNeedsRealName
from app.wiring import City
from tests.support.api import Api
from tests.support.paying import collector, holder, purse, put_on

YUAN = 100
LUCKY, FIXED = PacketKind.LUCKY, PacketKind.FIXED


@pytest.fixture
def shared(shared_api: Api) -> City:
    return shared_api.city


async def sent(
    city: City, sender: str, fen: int, shares: int, kind: PacketKind = LUCKY, currency: Currency = Currency.CNY
) -> SeenPacket:
    wish = PacketWish(Money(fen, currency), shares, kind)
    return await city.services.payment.packets.packets.send(holder(sender), wish, new_id())


async def opened(city: City, citizen: str, packet: SeenPacket) -> SeenPacket:
    return await city.services.payment.packets.opening.open(holder(citizen), None, packet.packet.link, new_id())


async def fen(city: City, citizen: str) -> int:
    return (await city.services.payment.ledger.balance(wallet(citizen))).posted.fen


# The split


def test_a_hundred_thousand_lucky_splits_neither_gain_nor_lose_a_fen() -> None:
    chance = Random(20261122)
    for _ in range(100_000):
        count = chance.randint(1, 12)
        units = chance.randint(count, 20_000)
        shares = lucky_split(units, count, chance)
        assert sum(shares) == units
        assert len(shares) == count
        assert min(shares) >= 1


@settings(max_examples=40)
@given(st.integers(1, MOST_SHARES), st.integers(0, 20_000), st.randoms(use_true_random=False))
def test_every_lucky_split_is_exact_and_every_share_holds_something(count: int, more: int, chance: Random) -> None:
    shares = lucky_split(count + more, count, chance)
    assert (sum(shares), len(shares), min(shares) >= 1) == (count + more, count, True)


def test_who_comes_when_does_not_matter_for_what_he_may_hope_for() -> None:
    chance, totals = Random(7), Counter[int]()
    for _ in range(20_000):
        totals.update(dict(enumerate(lucky_split(1_000, 5, chance))))
    means = [totals[place] / 20_000 for place in range(5)]
    assert max(means) - min(means) < 8


@pytest.mark.parametrize(
    ("amount", "shares", "kind", "error"),
    [
        (Money(100), 0, LUCKY, PacketSharesUnfit),
        (Money(20_000), 101, LUCKY, PacketSharesUnfit),
        (Money(9), 10, LUCKY, PacketTooSmall),
        (Money(20_001), 2, LUCKY, PacketTooLarge),
        (Money(100), 3, FIXED, PacketUneven),
        (Money(900, Currency.POINTS), 10, LUCKY, PacketTooSmall),
        (Money(200_100, Currency.POINTS), 2, LUCKY, PacketTooLarge),
        (Money(150, Currency.POINTS), 1, LUCKY, PacketUneven),
        (Money(500, Currency.POINTS), 2, FIXED, PacketUneven),
    ],
)
def test_what_cannot_be_split_is_refused(amount: Money, shares: int, kind: PacketKind, error: type[Outcome]) -> None:
    with pytest.raises(error):
        split(amount, shares, kind, Random(1))


def test_points_are_split_whole() -> None:
    shares = split(Money(10_000, Currency.POINTS), 7, LUCKY, Random(3))
    assert sum(shares) == 10_000
    assert all(share % 100 == 0 for share in shares)


def test_equal_shares_are_equal() -> None:
    assert split(Money(1_000), 4, FIXED, Random(1)) == (250, 250, 250, 250)


def test_a_wish_is_one_line_and_of_its_length() -> None:
    assert parsed_wish("  新年\n快乐 ") == "新年 快乐"
    assert parsed_wish("") == "恭喜发财，大吉大利"
    with pytest.raises(PacketWishTooLong):
        parsed_wish("长" * 41)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.lists(st.integers(1, 60), min_size=1, max_size=8))
def test_parts_are_handed_on_in_their_order_and_none_is_lost(fens: list[int], shares: list[int]) -> None:
    parts, place, handed = [Part(one, None) for one in fens], 0, 0
    for share in shares:
        handed += sum(part.fen for part in cut(parts, place, share))
        place += share
    assert handed == min(sum(fens), sum(shares))


# Sending and opening


async def test_a_packet_is_filled_from_the_wallet_and_goes_to_those_who_open_it(shared: City) -> None:
    anna, ben, carl = await purse(shared, 100 * YUAN), await purse(shared), await purse(shared)
    packet = await sent(shared, anna, 10 * YUAN, 2)
    assert await fen(shared, anna) == 90 * YUAN
    first, second = await opened(shared, ben, packet), await opened(shared, carl, packet)
    assert first.mine is not None
    assert second.mine is not None
    assert first.mine.amount.fen + second.mine.amount.fen == 10 * YUAN
    assert (await fen(shared, ben), await fen(shared, carl)) == (first.mine.amount.fen, second.mine.amount.fen)
    assert second.state is PacketState.EMPTIED
    assert [share.citizen for share in second.shares] == [ben, carl]


async def test_who_has_no_wallet_yet_gets_one_by_opening(shared: City) -> None:
    anna, stranger = await purse(shared, 100), new_id()
    packet = await sent(shared, anna, 100, 1)
    await opened(shared, stranger, packet)
    assert await fen(shared, stranger) == 100


async def test_each_person_opens_once_and_finds_his_share_again(shared: City) -> None:
    anna, ben = await purse(shared, 1_000), await purse(shared)
    packet = await sent(shared, anna, 1_000, 3)
    first, again = await opened(shared, ben, packet), await opened(shared, ben, packet)
    assert first.mine == again.mine
    assert again.packet.opened == 1


async def test_fifty_reach_for_ten_shares_and_ten_get_one(shared: City) -> None:
    anna, people = await purse(shared, 5_000), [await purse(shared) for _ in range(50)]
    packet = await sent(shared, anna, 5_000, 10)

    async def reach(citizen: str) -> int:
        try:
            seen = await opened(shared, citizen, packet)
        except (PacketEmpty, PacketLapsed):
            return 0
        assert seen.mine is not None
        return seen.mine.amount.fen

    got = await asyncio.gather(*(reach(one) for one in people))
    assert (sum(got), sum(1 for one in got if one)) == (5_000, 10)
    assert sum([await fen(shared, one) for one in people]) == 5_000
    found = await shared.services.payment.packets.packets.any(packet.packet.id)
    assert found is not None
    assert (found[0].state, len(found[1])) == (PacketState.EMPTIED, 10)


async def test_one_person_who_opens_ten_times_at_once_gets_one_share(shared: City) -> None:
    anna, ben = await purse(shared, 1_000), await purse(shared)
    packet = await sent(shared, anna, 1_000, 5)
    await asyncio.gather(*(opened(shared, ben, packet) for _ in range(10)))
    found = await shared.services.payment.packets.packets.any(packet.packet.id)
    assert found is not None
    assert [share.citizen for share in found[1]] == [ben]
    assert await fen(shared, ben) == found[1][0].amount.fen


async def test_one_wish_sends_one_packet(shared: City) -> None:
    anna, key = await purse(shared, 1_000), new_id()
    wish, service = PacketWish(Money(300), 3, LUCKY), shared.services.payment.packets.packets
    seen = await asyncio.gather(*(service.send(holder(anna), wish, key) for _ in range(5)))
    assert len({one.packet.id for one in seen}) == 1
    assert await fen(shared, anna) == 700


async def test_more_than_there_is_cannot_be_sent(shared: City) -> None:
    anna, stranger = await purse(shared, 99), new_id()
    with pytest.raises(InsufficientBalance):
        await sent(shared, anna, 100, 1)
    with pytest.raises(InsufficientBalance) as short:
        await sent(shared, stranger, 100, 1)
    assert short.value.available == Money(0)


async def test_nobody_opens_what_he_sent_to_one(shared: City) -> None:
    anna = await purse(shared, 1_000)
    with pytest.raises(PacketOwn):
        await opened(shared, anna, await sent(shared, anna, 100, 1))
    seen = await opened(shared, anna, await sent(shared, anna, 100, 2))
    assert seen.mine is not None


async def test_a_name_has_to_be_verified(shared: City) -> None:
    nameless = new_id()
    viewer = Viewer(Role.CITIZEN, nameless, nameless, assurance=Assurance.PHONE)
    with pytest.raises(WalletNeedsRealName):
        await shared.services.payment.packets.opening.open(viewer, new_id(), None, new_id())


async def test_without_the_code_a_packet_is_unknown(shared: City) -> None:
    anna, ben = await purse(shared, 1_000), await purse(shared)
    packet, rooms = await sent(shared, anna, 100, 1), shared.services.payment.packets
    with pytest.raises(PacketUnknown):
        await rooms.opening.open(holder(ben), packet.packet.id, None, new_id())
    assert await rooms.packets.one(holder(ben), packet.packet.id, None) is None
    before = await rooms.packets.one(holder(ben), None, packet.packet.link)
    assert before is not None
    assert (before.mine, before.shares) == (None, ())


async def test_a_packet_to_named_people_is_theirs_alone(shared_api: Api) -> None:
    city = shared_api.city
    friend, other = await shared_api.verified(), await shared_api.verified()
    anna, rooms = await purse(city, 1_000), city.services.payment.packets
    wish = PacketWish(Money(200), 1, FIXED, "生日快乐", (friend.phone, "+8613900000001"))
    packet = await rooms.packets.send(holder(anna), wish, new_id())
    mine, theirs = holder(shared_api.key(friend)), holder(shared_api.key(other))
    assert [one.packet.id for one in await rooms.packets.waiting(mine)] == [packet.packet.id]
    assert await rooms.packets.waiting(theirs) == []
    with pytest.raises(PacketUnknown):
        await rooms.opening.open(theirs, packet.packet.id, None, new_id())
    seen = await rooms.opening.open(mine, packet.packet.id, None, new_id())
    assert (seen.packet.wish, seen.mine and seen.mine.amount) == ("生日快乐", Money(200))
    assert await rooms.packets.waiting(mine) == []
    received = await rooms.packets.received(mine, PageRequest())
    assert [one.packet.id for one in received.items] == [packet.packet.id]


async def test_there_are_no_more_shares_than_people_named(shared: City) -> None:
    anna = await purse(shared, 1_000)
    wish = PacketWish(Money(200), 2, FIXED, "", ("+8613900000001",))
    with pytest.raises(PacketSharesUnfit):
        await shared.services.payment.packets.packets.send(holder(anna), wish, new_id())


# A day later


async def aged(city: City, packet: SeenPacket, by: timedelta = timedelta(hours=25)) -> None:
    """As if it had been sent earlier."""
    change = {"at": packet.packet.at - by, "lapses_at": packet.packet.lapses_at - by}
    await city.db["packets"].update_one({"_id": packet.packet.id}, {"$set": change})


async def test_what_nobody_took_goes_back_after_a_day(shared: City) -> None:
    anna, ben, late = await purse(shared, 1_000), await purse(shared), await purse(shared)
    packet = await sent(shared, anna, 1_000, 2, FIXED)
    await opened(shared, ben, packet)
    await aged(shared, packet)
    with pytest.raises(PacketLapsed):
        await opened(shared, late, packet)
    await asyncio.gather(*(shared.services.payment.packets.lapsing.look() for _ in range(3)))
    assert (await fen(shared, anna), await fen(shared, ben)) == (500, 500)
    again = await opened(shared, ben, packet)
    assert (again.state, again.packet.returned) == (PacketState.LAPSED, 500)


async def test_opening_and_lapsing_at_once_pay_each_fen_once(shared: City) -> None:
    anna, people = await purse(shared, 1_000), [await purse(shared) for _ in range(5)]
    packet = await sent(shared, anna, 1_000, 5)
    store, lapsing = PacketStore(shared.db, shared.persons), shared.services.payment.packets.lapsing

    async def lapse() -> None:
        found = await store.get(packet.packet.id)
        assert found is not None
        await lapsing.lapse(found)

    async def reach(citizen: str) -> None:
        with contextlib.suppress(PacketEmpty, PacketLapsed):
            await opened(shared, citizen, packet)

    await asyncio.gather(*(reach(one) for one in people[:3]), lapse(), *(reach(one) for one in people[3:]), lapse())
    await lapse()
    assert sum([await fen(shared, one) for one in (anna, *people)]) == 1_000


async def test_what_goes_back_to_a_closed_wallet_waits_elsewhere(shared: City) -> None:
    anna = await purse(shared, 300)
    packet = await sent(shared, anna, 300, 3)
    await shared.db.transaction(lambda tx: shared.services.payment.ledger.close(wallet(anna), tx))
    await aged(shared, packet)
    await shared.services.payment.packets.lapsing.look()
    moves = await shared.services.payment.ledger.about(packet.packet.id)
    assert [line.account.id for line in moves[-1].lines][-1] == "suspense:city:CNY"
    rooms = shared.services.payment.packets
    assert packet.packet.id in [one.id for one in (await rooms.stranded.page(PageRequest(100))).items]
    assert await rooms.packets.has_money_under_way(anna)  # who leaves now could not be given it any more


@pytest.mark.parametrize("to_bank", [True, False])
async def test_what_is_stranded_is_taken_in_hand_once(shared: City, to_bank: bool) -> None:
    anna, desk, ledger = await purse(shared, 300), Viewer(Role.OPS, "ops-1"), shared.services.payment.ledger
    packet, stranded = (await sent(shared, anna, 300, 3)).packet.id, shared.services.payment.packets.stranded
    with pytest.raises(PacketNotStranded):
        await stranded.take_in_hand(desk, packet, to_bank=True, note="已汇出", key=new_id())
    await shared.db.transaction(lambda tx: ledger.close(wallet(anna), tx))
    await shared.db["packets"].update_one({"_id": packet}, {"$set": {"lapses_at": shared.clock.now()}})
    await shared.services.payment.packets.lapsing.look()
    if not to_bank:
        with pytest.raises(AccountClosed):
            await stranded.take_in_hand(desk, packet, to_bank=False, note="再试", key=new_id())
        await shared.db["ledger_accounts"].update_one({"_id": wallet(anna).id}, {"$set": {"state": "open"}})
    hands = (stranded.take_in_hand(desk, packet, to_bank=to_bank, note="已处理", key=new_id()) for _ in range(4))
    done = await asyncio.gather(*hands, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Packet", *["PacketNotStranded"] * 3]
    (moved,) = [one for one in await ledger.about(packet) if one.kind is TransferKind.CORRECTION]
    assert moved.lines[-1].account == (BANK if to_bank else wallet(anna))
    assert moved.lines[-1].fen == 300
    told = {"citizen": anna, "type": "packet.returned"}
    assert await shared.db["outbox"].count_documents(told) == 1
    assert not await shared.services.payment.packets.packets.has_money_under_way(anna)


async def test_what_finds_no_room_waits_in_the_packet(shared: City) -> None:
    anna, other = await purse(shared, 300, most=300), await purse(shared, 300)
    full, next_ = await sent(shared, anna, 300, 3), await sent(shared, other, 300, 3)
    await put_on(shared, anna, 200)
    for packet in (full, next_):
        await aged(shared, packet)
    lapsing = shared.services.payment.packets.lapsing
    await lapsing.look()
    assert (await fen(shared, anna), await fen(shared, other)) == (200, 300)
    await sent(shared, anna, 200, 1)
    await lapsing.look()
    assert await fen(shared, anna) == 300


# Points


async def test_points_that_come_back_have_the_last_days_they_had(shared: City) -> None:
    anna, lots = await collector(shared, 50_000), shared.db["point_lots"]
    for day, amount in (("2027-12-31", 20_000), ("2028-12-31", 30_000)):
        row = {"citizen": anna, "expires_on": day, "open": True, "told": True, "fen": amount}
        await lots.insert_one({"_id": f"{anna}:{day}", **row})
    packet = await sent(shared, anna, 30_000, 1, FIXED, Currency.POINTS)
    assert [row["fen"] async for row in lots.find({"citizen": anna}).sort("_id")] == [0, 20_000]
    await aged(shared, packet)
    await shared.services.payment.packets.lapsing.look()
    assert [row["fen"] async for row in lots.find({"citizen": anna}).sort("_id")] == [20_000, 30_000]


async def test_points_in_a_packet_keep_their_last_day(shared: City) -> None:
    anna, ben = await collector(shared, 50_000), new_id()
    lots = shared.db["point_lots"]
    for day, amount in (("2027-12-31", 20_000), ("2028-12-31", 30_000)):
        row = {"citizen": anna, "expires_on": day, "open": True, "told": True, "fen": amount}
        await lots.insert_one({"_id": f"{anna}:{day}", **row})
    packet = await sent(shared, anna, 30_000, 1, FIXED, Currency.POINTS)
    await opened(shared, ben, packet)
    book = shared.services.payment.points.book
    left, got = await book.of(anna), await book.of(ben)
    assert [(part.points, str(part.expires_on)) for part in left.parts] == [(200, "2028-12-31")]
    assert [(part.points, str(part.expires_on)) for part in got.parts] == [(200, "2027-12-31"), (100, "2028-12-31")]
    assert (await shared.services.payment.ledger.balance(points(ben))).posted.fen == 30_000


def test_a_packet_tells_the_best_share_when_it_is_empty() -> None:
    packet = Packet("p", "a", Currency.CNY, LUCKY, (3, 7), "", datetime(2026, 3, 2, tzinfo=UTC), opened=1)
    assert (packet.best, replace(packet, opened=2).best) == (None, 7)


async def test_money_in_a_packet_is_under_way_until_it_is_empty_or_back(shared: City) -> None:
    anna, ben = await purse(shared, 300), await purse(shared)
    packets = shared.services.payment.packets.packets
    packet = await sent(shared, anna, 300, 1)
    assert await packets.has_money_under_way(anna)
    await opened(shared, ben, packet)
    assert not await packets.has_money_under_way(anna)
