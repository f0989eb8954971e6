"""A new case, from whichever channel, in the transaction of whatever it came with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from app.core.clock import Clock, civil_day
from app.core.ids import new_id, new_secret
from app.core.mongo import Tx
from app.core.numbers import new_number
from app.core.sealed import KeyRing
from app.core.viewer import Viewer
from app.domains.voice.cases.categories.service import CategoryService
from app.domains.voice.cases.filing.model import LONGEST_OPEN311, LONGEST_TEXT, Filed, Filing, titled
from app.domains.voice.cases.history.model import CaseChannel, CaseEvent, CaseState, Happened, Identity
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.service import NOBODY, CaseSteps

PREFIX = "SQ"
_RECEIPT = "case receipt"


class Files(Protocol):
    """Uploads, as cases need them. `by` names the case: `case:ID`."""

    async def claim(self, by: str, owner: str, uploads: Collection[str], tx: Tx) -> None:
        """Keep them with the case; of those it has, nothing changes.

        Raises UploadUnknown, UploadNotReady, UploadClaimed.
        """
        ...


class CaseFiling:
    """What every channel files through."""

    def __init__(
        self, steps: CaseSteps, categories: CategoryService, files: Files, ring: KeyRing, clock: Clock
    ) -> None:
        self._steps = steps
        self._categories = categories
        self._files = files
        self._ring = ring
        self._clock = clock

    def check(self, filing: Filing) -> Filing:
        """Before anything is written. Raises CaseWordsMissing, CaseWordsTooLong, CategoryUnknown."""
        self._categories.tree.fit(filing.category)
        most = LONGEST_OPEN311 if filing.channel is CaseChannel.OPEN311 else LONGEST_TEXT
        return replace(filing, words=titled(filing.words, most))

    async def new(self, viewer: Viewer, filing: Filing, citizen: str | None, tx: Tx, case: str | None = None) -> Filed:
        """`viewer` files it, `citizen` is whose it is: None for an anonymous one, and for a caller without an account.
        `case` is its id when that was made before. Run again with another number when that is taken (DuplicateKey).

        Raises as `check`, and what files are refused for.
        """
        filing = self.check(filing)
        now, id_ = self._clock.now(), case or new_id()
        hidden = filing.identity is Identity.ANONYMOUS
        by = NOBODY if hidden else viewer
        whose = None if hidden else citizen
        secret = new_secret(96) if whose is None else None
        made = Case(
            id=id_,
            number=new_number(civil_day(now).year, PREFIX),
            owner=whose or f"case:{id_}",
            citizen=whose,
            kind=filing.kind,
            channel=filing.channel,
            category=filing.category,
            identity=filing.identity,
            state=CaseState.FILED,
            place=filing.place,
            words=filing.words,
            filed_at=now,
            changed_at=now,
            by=by.acting(),
            urgent=self._categories.tree.fit(filing.category).urgent,
            wished_public=filing.public,
            files=filing.files,
            test_of=filing.test_of,
            parent=filing.parent,
            origin=filing.origin,
            receipt=filing.receipt or (self.receipt_hash(secret) if secret else None),
            events=(CaseEvent(Happened.FILED, now, by.acting(), by.role, by.organisation, public=True),),
        )
        if made.files:
            await self._files.claim(made.record, made.owner, made.files, tx)
        return Filed(await self._steps.begin(by, made, tx), secret)

    def receipt_hash(self, secret: str) -> str:
        return self._ring.keyed_hash(secret, kind=_RECEIPT)
