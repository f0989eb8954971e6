"""Applications in MongoDB. A change is saved only over the state it was made from; what people wrote is sealed."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.sealed import KeyRing
from app.domains.identity.onboarding.model import Application, ApplicationEvent, ApplicationState, Form
from app.domains.identity.organisations.model import Kind


class ApplicationStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._applications = db["applications"]
        self._ring = ring

    async def add(self, application: Application, tx: Tx) -> None:
        await self._applications.insert_one(self._row(application), session=tx)

    async def get(self, number: str, tx: Tx | None = None) -> Application | None:
        row = await self._applications.find_one({"_id": number}, session=tx)
        return self._application(row) if row else None

    async def save(self, changed: Application, was: Application, tx: Tx) -> bool:
        """False when it moved on meanwhile."""
        before = {"_id": was.number, "state": was.state.value, "events": len(was.history)}
        return bool((await self._applications.replace_one(before, self._row(changed), session=tx)).modified_count)

    async def page(self, state: ApplicationState | None, request: PageRequest) -> Page[Application]:
        """Newest first: numbers sort by the time they were given."""
        rows = await page_rows(self._applications, {"state": state.value} if state else {}, request)
        return Page.cut([self._application(row) for row in rows], request)

    def _row(self, application: Application) -> Document:
        form = application.form

        def sealed(field: str, text: str) -> bytes:
            return self._ring.seal_text(text, record=application.number, field=field)

        row = {
            "_id": application.number,
            "secret_hash": application.secret_hash,
            "name": form.name,
            "name_en": form.name_en,
            "credit_code": form.credit_code,
            "kind": form.kind.value,
            "parent": form.parent,
            "scopes": sorted(form.scopes),
            "contact_name": sealed("contact_name", form.contact_name),
            "contact_phone": sealed("contact_phone", form.contact_phone),
            "purpose": sealed("purpose", form.purpose),
            "state": application.state.value,
            "history": [{"state": e.state.value, "at": e.at, "actor": e.actor} for e in application.history],
            "events": len(application.history),
            "granted": sorted(application.granted),
        }
        if application.answer is not None:
            row["answer"] = sealed("answer", application.answer)
        return row

    def _application(self, row: Document) -> Application:
        def opened(field: str) -> str:
            return self._ring.open_text(row[field], record=row["_id"], field=field)

        form = Form(
            name=row["name"],
            credit_code=row["credit_code"],
            kind=Kind(row["kind"]),
            contact_name=opened("contact_name"),
            contact_phone=opened("contact_phone"),
            scopes=frozenset(row["scopes"]),
            purpose=opened("purpose"),
            parent=row["parent"],
            name_en=row.get("name_en", ""),
        )
        return Application(
            number=row["_id"],
            secret_hash=row["secret_hash"],
            form=form,
            state=ApplicationState(row["state"]),
            history=tuple(ApplicationEvent(ApplicationState(e["state"]), e["at"], e["actor"]) for e in row["history"]),
            granted=frozenset(row["granted"]),
            answer=opened("answer") if "answer" in row else None,
        )
