"""A gate's verifier: checks offline codes with the published keys and the status list, free of network and database.

What it cannot know is stated, not hidden: see `StaleWindow`.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from virtual_card.codes import offline
from virtual_card.codes.errors import OfflineCodeForOtherPurpose, OfflineCodeReplayed, OfflineCodeRevoked
from virtual_card.codes.keys import KeySet
from virtual_card.codes.offline import Attribute, OfflineClaims
from virtual_card.codes.status_list import StatusList


@dataclass(frozen=True, slots=True)
class StaleWindow:
    """How long after its loss is reported a card can still pass here, in the worst case.

    A code is only made for an active card, so what passes was made before the report and ends with its life; and the
    report is younger than the list, or the list would show it. Both bounds hold; the smaller one counts.
    """

    list_age: timedelta
    code_life: timedelta

    @property
    def length(self) -> timedelta:
        return min(self.list_age, self.code_life)

    @property
    def zh(self) -> str:
        return (
            f"吊销名单的时间为 {_seconds(self.list_age)} 秒前。"
            f"已挂失或注销的卡最多在 {_seconds(self.length)} 秒内仍可能通过"
            f"（取名单年龄与离线码寿命加时钟误差 {_seconds(self.code_life)} 秒中较小者，以本闸机时钟为准）。"
        )

    @property
    def en(self) -> str:
        return (
            f"The status list is {_seconds(self.list_age)} s old. "
            f"A suspended or revoked card can still pass for at most "
            f"{_seconds(self.length)} s (the smaller of the list's age and a code's life with clock skew, "
            f"{_seconds(self.code_life)} s, by this gate's clock)."
        )


@dataclass(frozen=True, slots=True)
class Admitted:
    """What the gate may know: that the holder may pass, and the attributes the purpose allows."""

    purpose: str
    attributes: Mapping[str, Attribute]
    issued_at: datetime
    expires_at: datetime
    window: StaleWindow


class GateVerifier:
    """One per gate. `keys` and `status` may be replaced while it runs, whenever the network is there.

    The memory of seen codes ends with the process: a gate that restarts can take a code again within its life.
    """

    def __init__(
        self,
        keys: KeySet,
        status: StatusList,
        purpose: str,
        *,
        max_list_age: timedelta = timedelta(hours=24),
        leeway: timedelta = offline.LEEWAY,
    ) -> None:
        self.keys = keys
        self.status = status
        self._purpose = purpose
        self._max_list_age = max_list_age
        self._leeway = leeway
        self._seen = _SeenCodes()

    def check(self, text: str, now: datetime) -> Admitted:
        """Admit the holder once. Raises an error of `virtual_card.codes.errors`; a refused code is not spent."""
        status = self.status
        status.demand_fresh(now, self._max_list_age)
        claims = offline.open_(text, self.keys, now, self._leeway)
        if claims.purpose != self._purpose:
            raise OfflineCodeForOtherPurpose(expected=self._purpose, actual=claims.purpose)
        if status.is_revoked(claims.status_index):
            raise OfflineCodeRevoked
        self._seen.remember(claims, until=claims.expires_at + self._leeway, now=now)
        return Admitted(claims.purpose, claims.attributes, claims.issued_at, claims.expires_at, self.stale_window(now))

    @property
    def remembered(self) -> int:
        """How many codes the memory holds."""
        return len(self._seen)

    def stale_window(self, now: datetime) -> StaleWindow:
        return StaleWindow(list_age=self.status.age(now), code_life=offline.MAX_LIFE + self._leeway)


class _SeenCodes:
    """Codes this gate has admitted, each kept until it ends. Only genuine codes get here, so it cannot be flooded."""

    def __init__(self) -> None:
        self._ids: set[bytes] = set()
        self._ends: list[tuple[datetime, bytes]] = []
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._ids)

    def remember(self, claims: OfflineClaims, until: datetime, now: datetime) -> None:
        with self._lock:
            if claims.code_id in self._ids:
                raise OfflineCodeReplayed
            while self._ends and self._ends[0][0] <= now:
                self._ids.remove(heapq.heappop(self._ends)[1])
            self._ids.add(claims.code_id)
            heapq.heappush(self._ends, (until, claims.code_id))


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
