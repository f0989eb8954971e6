"""A parcel brought to the door, and lunch from a menu. Both shops are open day and night."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.core.ids import global_id, new_id
from app.tour.journey import Step
from app.tour.payment.payer import Payer, Tour
from app.tour.phone import TourFailed

_STATION, _STORE = "minjiang-parcels", "banyan-store"


class Shops(Tour):
    """Wants a resident of the estate with some yuan in his wallet."""

    def __init__(self, payer: Payer) -> None:
        super().__init__(payer)
        self._home = self._parcel = ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("the station announces a parcel; it waits on the home page with its code", self.announce),
            ("its delivery is ordered and paid, and it is handed over at the door by code", self.bring),
            ("milk and tea are ordered from the corner shop and paid from the wallet", self.order),
            ("an order that the shop cannot fill goes back, to the fen", self.refuse),
        ]

    async def announce(self) -> str:
        homes = (await self.payer.phone.read("MyHomes"))["myHomes"]
        self._home = next(one["id"] for one in homes if one["state"] == "RESIDENT")
        said = {"shopId": _shop(_STATION), "phone": self.payer.journey.number, "label": "顺丰 小件"}
        done = await self.payer.as_payee(_STATION, "AnnounceParcel", "ParcelSaved", **said)
        self._parcel = done["parcel"]["id"]
        due = (await self.payer.phone.read("Home"))["home"]["due"]
        if self._parcel not in {one["aboutId"] for one in due}:
            raise TourFailed("the parcel is not on the home page")
        mine = await self._mine()
        return f"{mine['label']} waits at {mine['shop']}, code {mine['code']}"

    async def bring(self) -> str:
        cart = {"shopId": _shop(_STATION), "lines": [], "parcelIds": [self._parcel]}
        order = await self._placed(cart, await self._fee(_STATION))
        await self._worked(_STATION, order, "AcceptShopOrder", "SendShopOrder")
        await self._worked(_STATION, order, "HandOverShopOrder", code=order["code"])
        state = (await self._mine())["parcelState"]
        if state != "FETCHED":
            raise TourFailed(f"the parcel is {state}")
        return f"{order['number']}, ¥{order['total']['amount']} for bringing it"

    async def order(self) -> str:
        order = await self._lunch()
        await self._worked(_STORE, order, "AcceptShopOrder", "SendShopOrder")
        done = await self.payer.phone.do("ConfirmShopOrder", "ShopOrderSaved", orderId=order["id"], key=new_id())
        return " → ".join(step["state"] for step in done["order"]["steps"])

    async def refuse(self) -> str:
        before = await self._balance()
        order = await self._lunch()
        await self._worked(_STORE, order, "RefuseShopOrder", reason="牛奶卖完了")
        if await self._balance() != before:
            raise TourFailed("the money did not come back")
        seen = (await self.payer.phone.read("ShopOrder", orderId=order["id"]))["shopOrder"]
        return f"{seen['orderState']}: {seen['reason']}, ¥{seen['refunded']['amount']} went back"

    async def _lunch(self) -> dict[str, Any]:
        menu = (await self.payer.phone.read("ShopMenu", shopId=_shop(_STORE)))["shopMenu"]
        chosen = [one for one in menu["items"] if one["category"] == "Drinks" and one["available"]][:2]
        price = sum((Decimal(one["price"]["amount"]) for one in chosen), Decimal(0))
        free = menu["shop"]["freeFrom"]
        fee = (
            Decimal(0) if free and price >= Decimal(free["amount"]) else Decimal(menu["shop"]["deliveryFee"]["amount"])
        )
        lines = [{"itemId": one["id"], "count": 1, "price": {"amount": one["price"]["amount"]}} for one in chosen]
        return await self._placed({"shopId": _shop(_STORE), "lines": lines, "note": "放门口"}, price + fee)

    async def _placed(self, cart: dict[str, Any], total: Decimal) -> dict[str, Any]:
        whole = {**cart, "way": "DELIVERY", "residencyId": self._home, "total": {"amount": str(total)}}
        done = await self.payer.phone.do("PlaceShopOrder", "ShopOrderSaved", cart=whole, method="WALLET", key=new_id())
        order: dict[str, Any] = done["order"]
        if order["orderState"] != "PAID":
            raise TourFailed(f"the order is {order['orderState']}")
        return order

    async def _worked(self, shop: str, order: dict[str, Any], *operations: str, **given: Any) -> None:
        for operation in operations:
            await self.payer.as_payee(shop, operation, "ShopOrderSaved", orderId=order["id"], **given)

    async def _fee(self, shop: str) -> Decimal:
        menu = (await self.payer.phone.read("ShopMenu", shopId=_shop(shop)))["shopMenu"]
        return Decimal(menu["shop"]["deliveryFee"]["amount"])

    async def _mine(self) -> dict[str, Any]:
        found = (await self.payer.phone.read("Parcels"))["parcels"]["edges"]
        return next(edge["node"] for edge in found if edge["node"]["id"] == self._parcel)

    async def _balance(self) -> str:
        return str((await self.payer.phone.read("Wallet"))["wallet"]["balance"]["amount"])


def _shop(code: str) -> str:
    return str(global_id("Shop", code))
