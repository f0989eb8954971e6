"""collectPayment from end to end: two hundred payers with fresh codes, and one merchant's till that charges them."""

from __future__ import annotations

import itertools
from dataclasses import asdict
from datetime import timedelta

from app.core.ids import new_id
from app.core.mongo import Tx
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.payment.ledger.model import FEES, GATEWAY, TransferKind, Wanted, moved, wallet
from app.domains.payment.merchants.model import Category
from app.domains.payment.merchants.service import Profile
from app.domains.payment.pay_codes.model import PayCode, new_pay_code
from app.domains.payment.payments.model import Method
from benchmarks.bed import OPS, Bed

SCOPES = ("payments",)
_SHOP = "bench-shop"
_PURSE = 10_000_00
_GOOD_FOR = timedelta(hours=1)


async def till(bed: Bed) -> str:
    """A merchant's token; everybody of the bed has something in his wallet afterwards."""
    city, ledger = bed.city, bed.city.services.payment.ledger
    await city.services.organisations.put(OPS, Organisation(_SHOP, "小店", Kind.MERCHANT, scopes=frozenset(SCOPES)))
    await city.services.payment.merchants.put(OPS, _SHOP, Profile.parse("小店", Category.CONVENIENCE, 60), new_id())
    issued = await city.services.clients.create(OPS, _SHOP, "till", SCOPES)
    for account in (GATEWAY, FEES, *(wallet(one.citizen) for one in bed.residents)):
        await ledger.open(account)

    async def fill(tx: Tx) -> None:
        for one in bed.residents:
            lines = moved(GATEWAY, wallet(one.citizen), _PURSE)
            await ledger.post(Wanted(f"bench {one.citizen}", TransferKind.TOP_UP, lines), tx)

    await city.db.transaction(fill)
    return (await city.services.clients.token(issued.client, issued.secret, None, "127.0.0.1")).access_token


async def pay_codes(bed: Bed, how_many: int) -> list[str]:
    """So many codes, of all residents in turn, each good for an hour: as if each were the one that is shown."""
    pay, ends = bed.city.services.payment.pay_codes, bed.city.clock.now() + _GOOD_FOR
    texts = [new_pay_code() for _ in range(how_many)]
    rows = []
    for text, one in zip(texts, itertools.cycle(bed.residents)):
        row = asdict(PayCode(pay.hash_of(text), one.citizen, Method.WALLET, False, ends))
        rows.append({**row, "_id": row.pop("hash"), "method": Method.WALLET.value, "tidy_at": ends})
    await bed.city.db["pay_codes"].insert_many(rows)
    return texts
