"""Templates in MongoDB: a row a version. Texts are written once; a change of state adds to the history."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from notifications.templates.facts import Fact, FactKind
from notifications.templates.model import Step, Template, TemplateRef, TemplateState, Texts


class TemplateStore:
    def __init__(self, db: Database) -> None:
        self._templates = db["templates"]

    async def add(self, new: Template, tx: Tx) -> None:
        """Raises DuplicateKey when another made this version meanwhile."""
        await self._templates.insert_one(_row(new), session=tx)

    async def newest(
        self, owner: str | None, code: str, states: Collection[TemplateState] | None = None, tx: Tx | None = None
    ) -> Template | None:
        """The highest version, of those in one of these states."""
        which: Document = {"owner": owner, "code": code}
        if states is not None:
            which["state"] = {"$in": sorted(states)}
        row = await self._templates.find_one(which, sort=[("version", -1)], session=tx)
        return template_of(row) if row else None

    async def get(self, ref: TemplateRef, tx: Tx | None = None) -> Template | None:
        row = await self._templates.find_one(_named(ref), session=tx)
        return template_of(row) if row else None

    async def many(self, refs: Iterable[TemplateRef]) -> list[Template]:
        named = [_named(ref) for ref in refs]
        rows = await self._templates.find({"$or": named}).to_list(None) if named else []
        return [template_of(row) for row in rows]

    async def by_id(self, template: str, tx: Tx | None = None) -> Template | None:
        row = await self._templates.find_one({"_id": template}, session=tx)
        return template_of(row) if row else None

    async def of_owner(self, owner: str | None, request: PageRequest) -> Page[Template]:
        """All versions, newest first."""
        return await self._page({"owner": owner}, request)

    async def in_state(self, state: TemplateState, request: PageRequest) -> Page[Template]:
        """Of all owners, newest first."""
        return await self._page({"state": state.value}, request)

    async def approved(self, owner: str | None) -> list[Template]:
        """All approved versions of one owner, older ones first."""
        rows = await self._templates.find({"owner": owner, "state": TemplateState.APPROVED.value}).to_list(None)
        return sorted((template_of(row) for row in rows), key=lambda template: template.version)

    async def save(self, changed: Template, was: Template, tx: Tx) -> bool:
        """False when its state changed meanwhile."""
        before = {"owner": was.owner, "_id": was.id, "state": was.state.value}
        change = {"$set": {"state": changed.state.value}, "$push": {"history": _step_row(changed.history[-1])}}
        return bool((await self._templates.update_one(before, change, session=tx)).modified_count)

    async def _page(self, which: Document, request: PageRequest) -> Page[Template]:
        rows = await page_rows(self._templates, which, request)
        return Page.cut([template_of(row) for row in rows], request)


def _named(ref: TemplateRef) -> Document:
    return {"owner": ref.owner, "code": ref.code, "version": ref.version}


def _row(template: Template) -> Document:
    return {
        "_id": template.id,
        **_named(template.ref),
        "texts": [
            {"locale": locale, "title": one.title, "body": one.body, "push": one.push}
            for locale, one in template.texts.items()
        ],
        "facts": [
            {"name": name, "kind": fact.kind.value, "personal": fact.personal, "host": fact.host}
            for name, fact in template.facts.items()
        ],
        "state": template.state.value,
        "made_by": template.made_by,
        "made_at": template.made_at,
        "history": [_step_row(step) for step in template.history],
    }


def _step_row(step: Step) -> Document:
    return {"state": step.state.value, "by": step.by, "at": step.at, "reason": step.reason}


def template_of(row: Document) -> Template:
    return Template(
        code=row["code"],
        version=row["version"],
        owner=row["owner"],
        texts={one["locale"]: Texts(one["title"], one["body"], one["push"]) for one in row["texts"]},
        facts={one["name"]: Fact(FactKind(one["kind"]), one["personal"], one["host"]) for one in row["facts"]},
        state=TemplateState(row["state"]),
        made_by=row["made_by"],
        made_at=row["made_at"],
        id=row["_id"],
        history=tuple(
            Step(TemplateState(step["state"]), step["by"], step["at"], step["reason"]) for step in row["history"]
        ),
    )
