"""The disclosure ledger in MongoDB: rows are added, and a dispute once."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx
from app.core.paging import Page, PageRequest
from app.core.sealed import KeyRing
from virtual_card.disclosures.model import Channel, Disclosure, Dispute, DisputeState


class DisclosureStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._disclosures = db["disclosures"]
        self._ring = ring

    async def add(self, made: Disclosure, tx: Tx) -> None:
        await self._disclosures.insert_one(
            {
                "_id": made.id,
                "citizen": made.citizen,
                "organisation": made.organisation,
                "verifier": made.verifier,
                "purpose": made.purpose,
                "attributes": list(made.attributes),
                "channel": made.channel.value,
                "at": made.at,
            },
            session=tx,
        )

    async def of_citizen(self, citizen: str, request: PageRequest) -> Page[Disclosure]:
        """Newest first."""
        return await self._page({"citizen": citizen}, request)

    async def of_organisation(self, organisation: str, request: PageRequest) -> Page[Disclosure]:
        """What one provider has verified, newest first."""
        return await self._page({"organisation": organisation}, request)

    async def get(self, disclosure: str, citizen: str, tx: Tx | None = None) -> Disclosure | None:
        row = await self._disclosures.find_one({"citizen": citizen, "_id": disclosure}, session=tx)
        return self.disclosure_of(row) if row else None

    async def dispute(self, disputed: Disclosure, dispute: Dispute, tx: Tx) -> bool:
        """False when it was disputed meanwhile."""
        undisputed = {"citizen": disputed.citizen, "_id": disputed.id, "dispute": None}
        reason = self._ring.seal_text(dispute.reason, record=disputed.id, field="dispute")
        change = {"dispute": {"reason": reason, "at": dispute.at, "state": dispute.state.value}}
        return bool((await self._disclosures.update_one(undisputed, {"$set": change}, session=tx)).modified_count)

    async def _page(self, whose: Document, request: PageRequest) -> Page[Disclosure]:
        before = {**whose, "_id": {"$lt": request.after}} if request.after else whose
        rows = await self._disclosures.find(before).sort("_id", -1).limit(request.first + 1).to_list(None)
        return Page.cut([self.disclosure_of(row) for row in rows], request)

    def disclosure_of(self, row: Document) -> Disclosure:
        return Disclosure(
            id=row["_id"],
            citizen=row["citizen"],
            organisation=row["organisation"],
            verifier=row["verifier"],
            purpose=row["purpose"],
            attributes=tuple(row["attributes"]),
            channel=Channel(row["channel"]),
            at=row["at"],
            dispute=self._dispute(row),
        )

    def _dispute(self, row: Document) -> Dispute | None:
        kept = row.get("dispute")
        if kept is None:
            return None
        reason = self._ring.open_text(kept["reason"], record=row["_id"], field="dispute")
        return Dispute(reason, kept["at"], DisputeState(kept["state"]))
