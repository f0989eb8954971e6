"""My payment as it is seeded, one file a noun."""

from __future__ import annotations

from app.seed.demo import Demo, Progress
from app.seed.payment.bills import seed_bills
from app.seed.payment.credit import seed_credit
from app.seed.payment.giving import seed_giving
from app.seed.payment.merchants import seed_merchants
from app.seed.payment.putting_right import seed_putting_right
from app.seed.payment.rides import seed_riding
from app.seed.payment.settling import seed_settling
from app.seed.payment.wallets import seed_wallets
from app.wiring import City


async def seed_payment(city: City, demo: Demo, say: Progress, *, small: bool = False) -> None:
    """Each noun's part, in the order in which they need each other. All of it can be repeated."""
    await seed_merchants(city, demo, say)
    await seed_wallets(city, demo, say)
    await seed_giving(city, demo, say)
    await seed_riding(city, demo, say)
    await seed_bills(city, demo, say)
    await seed_credit(city, demo, say)
    await seed_putting_right(city, demo, say)
    await seed_settling(city, demo, say, small=small)
