"""The disclosure ledger in MongoDB: rows are added, and a dispute once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.core.mongo import Database, Document, Tx, insert_rows, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from virtual_card.disclosures.model import Channel, Disclosure, Dispute, DisputeState


class DisclosureStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._disclosures = db["disclosures"]
        self._persons = persons

    async def add(self, made: Disclosure, tx: Tx) -> None:
        await self._disclosures.insert_one(_row(made), session=tx)

    async def add_all(self, made: Sequence[Disclosure], tx: Tx) -> None:
        """Many, by one command."""
        await insert_rows(self._disclosures, [_row(one) for one in made], tx)

    async def of_citizen(self, citizen: str, request: PageRequest, *, words: bool = True) -> Page[Disclosure]:
        """Newest first; what was written of disputes only with `words`."""
        return await self._page({"citizen": citizen}, request, words)

    async def of_organisation(self, organisation: str, test: bool, request: PageRequest) -> Page[Disclosure]:
        """What one provider has verified in life, or in tests, newest first."""
        return await self._page({"organisation": organisation, "test": test}, request)

    async def get(
        self, disclosure: str, citizen: str, tx: Tx | None = None, *, words: bool = True
    ) -> Disclosure | None:
        row = await self._disclosures.find_one({"citizen": citizen, "_id": disclosure}, session=tx)
        return disclosure_of(row, await self._keys([row], tx) if words else {}) if row else None

    async def made_by(self, disclosure: str, organisation: str) -> Disclosure | None:
        """A look-up of this organisation."""
        row = await self._disclosures.find_one({"organisation": organisation, "_id": disclosure})
        return disclosure_of(row, await self._keys([row])) if row else None

    async def shown_since(self, citizen: str, organisation: str, since: datetime) -> bool:
        """Whether he showed this organisation something himself: what it asked of others about him does not count."""
        which = {"citizen": citizen, "organisation": organisation, "at": {"$gte": since}}
        itself = [Channel.SHARED_DATA.value, Channel.STAFF_READ.value]
        return await self._disclosures.find_one({**which, "channel": {"$nin": itself}}, {"_id": 1}) is not None

    async def dispute(self, disputed: Disclosure, dispute: Dispute, tx: Tx) -> bool:
        """False when it was disputed meanwhile."""
        undisputed = {"citizen": disputed.citizen, "_id": disputed.id, "dispute": None}
        key = await self._persons.sealing(disputed.citizen, tx)
        reason = key.seal_text(dispute.reason or "", record=disputed.id, field="dispute")
        change = {"dispute": {"reason": reason, "at": dispute.at, "state": dispute.state.value}}
        return bool((await self._disclosures.update_one(undisputed, {"$set": change}, session=tx)).modified_count)

    async def disputed(self, request: PageRequest) -> Page[Disclosure]:
        """Open disputes, of the newest look-up first, without what was written."""
        return await self._page({"dispute.state": DisputeState.OPEN.value}, request, words=False)

    async def answer(self, answered: Disclosure, tx: Tx) -> bool:
        """False when it was answered meanwhile."""
        dispute = answered.dispute
        assert dispute is not None
        unanswered = {"citizen": answered.citizen, "_id": answered.id, "dispute.state": DisputeState.OPEN.value}
        key = await self._persons.sealing(answered.citizen, tx)
        change = {
            "dispute.state": dispute.state.value,
            "dispute.answer": key.seal_text(dispute.answer or "", record=answered.id, field="answer"),
            "dispute.answered_at": dispute.answered_at,
            "dispute.answered_by": dispute.answered_by,
        }
        return bool((await self._disclosures.update_one(unanswered, {"$set": change}, session=tx)).modified_count)

    async def withdraw(self, citizen: str, tx: Tx) -> list[str]:
        """Close his open disputes; of which look-ups they were."""
        open_ = {"citizen": citizen, "dispute.state": DisputeState.OPEN.value}
        rows = await self._disclosures.find(open_, {"_id": 1}, session=tx).to_list(None)
        await self._disclosures.update_many(
            open_, {"$set": {"dispute.state": DisputeState.WITHDRAWN.value}}, session=tx
        )
        return [row["_id"] for row in rows]

    async def _page(self, whose: Document, request: PageRequest, words: bool = True) -> Page[Disclosure]:
        rows = await page_rows(self._disclosures, whose, request)
        keys = await self._keys(rows) if words else {}
        return Page.cut([disclosure_of(row, keys) for row in rows], request)

    async def _keys(self, rows: Sequence[Document], tx: Tx | None = None) -> Mapping[str, PersonKey]:
        """Keys of those whose words are among the rows: only a dispute has any."""
        return await self._persons.many({row["citizen"] for row in rows if row.get("dispute")}, tx)


def _row(made: Disclosure) -> Document:
    return {
        "_id": made.id,
        "citizen": made.citizen,
        "organisation": made.organisation,
        "verifier": made.verifier,
        "purpose": made.purpose,
        "attributes": list(made.attributes),
        "channel": made.channel.value,
        "at": made.at,
        "test": made.test,
        **({"licence": made.licence} if made.licence else {}),
    }


def disclosure_of(row: Document, keys: Mapping[str, PersonKey]) -> Disclosure:
    """`keys`: of the citizens whose look-ups are disputed; without his key no words."""
    return Disclosure(
        id=row["_id"],
        citizen=row["citizen"],
        organisation=row["organisation"],
        verifier=row["verifier"],
        purpose=row["purpose"],
        attributes=tuple(row["attributes"]),
        channel=Channel(row["channel"]),
        at=row["at"],
        test=row.get("test", False),
        licence=row.get("licence"),
        dispute=_dispute(row, keys.get(row["citizen"])) if row.get("dispute") else None,
    )


def _dispute(row: Document, key: PersonKey | None) -> Dispute:
    kept = row["dispute"]
    return Dispute(
        reason=key.shown(kept.get("reason"), record=row["_id"], field="dispute") if key else None,
        at=kept["at"],
        state=DisputeState(kept["state"]),
        answer=key.shown(kept.get("answer"), record=row["_id"], field="answer") if key else None,
        answered_at=kept.get("answered_at"),
        answered_by=kept.get("answered_by"),
    )
