"""A library in memory, which does what a test tells it to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from app.core.errors import Unavailable
from app.domains.life.culture.library.errors import ItemNotReserved, LoanNotRenewed
from app.domains.life.culture.library.model import Found, Holding, Loan, Reader, Reserved, Standing

READER, PIN, NAME = "FZL200417", "2580", "测试人"


@dataclass
class FakeLibrary:
    """`out`: what each card has out, by item."""

    readers: dict[str, tuple[str, str]] = field(default_factory=lambda: {READER: (PIN, NAME)})
    out: dict[str, dict[str, date]] = field(default_factory=lambda: {READER: {"LB0010022": date(2027, 1, 10)}})
    held: dict[str, list[str]] = field(default_factory=dict)
    refuses: str = ""
    down: bool = False
    deaf: bool = False  # it does what it is told, and its answer is lost
    asked: list[str] = field(default_factory=list)

    async def reader(self, card: str, pin: str | None) -> Reader | None:
        self._called("reader")
        known = self.readers.get(card)
        if known is None or (pin is not None and pin != known[0]):
            return None
        return Reader(known[1], len(self.out.get(card, {})), 0, len(self.held.get(card, [])))

    async def loans(self, card: str) -> list[Loan]:
        self._called("loans")
        return [Loan(item, f"书 {item}", due) for item, due in self.out.get(card, {}).items()]

    async def reservations(self, card: str) -> list[Reserved]:
        self._called("reservations")
        return [Reserved(item, f"书 {item}", ready=False) for item in self.held.get(card, [])]

    async def renew(self, card: str, item: str) -> Loan:
        self._called("renew")
        if self.refuses or item not in self.out.get(card, {}):
            raise LoanNotRenewed(self.refuses or "您没有借这本书")
        self.out[card][item] += timedelta(days=30)
        self._answered()
        return Loan(item, f"书 {item}", self.out[card][item])

    async def reserve(self, card: str, item: str) -> None:
        self._called("reserve")
        if self.refuses:
            raise ItemNotReserved(self.refuses)
        self.held.setdefault(card, []).append(item)
        self._answered()

    async def cancel(self, card: str, item: str) -> None:
        self._called("cancel")
        if item not in self.held.get(card, []):
            raise ItemNotReserved("您没有预约这本书")
        self.held[card].remove(item)
        self._answered()

    async def item(self, item: str) -> Standing | None:
        self._called("item")
        due = next((out[item] for out in self.out.values() if item in out), None)
        return Standing(item, f"书 {item}", due is None, due, 0, "总馆") if item.startswith("LB") else None

    async def search(self, words: str, start: int, most: int) -> Found:
        self._called("search")
        return Found(1, (Holding("LB0010021", f"{words}志"),)[start : start + most])

    def _answered(self) -> None:
        """Raises Unavailable."""
        if self.deaf:
            raise Unavailable

    def _called(self, name: str) -> None:
        """Raises Unavailable."""
        self.asked.append(name)
        if self.down:
            raise Unavailable
