"""Which text a message has now, and how texts come to be: published by the desk, or written by a provider and
approved by the desk. What is sent with most is kept in memory, and forgotten when any process changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from cachetools import LRUCache
from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.messages import LOCALES
from app.core.mongo import Document, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from notifications.templates.errors import (
    TemplateInOtherState,
    TemplateNotApproved,
    TemplateReasonMissing,
    TemplateUnknown,
)
from notifications.templates.facts import Fact
from notifications.templates.model import (
    Step,
    Template,
    TemplateRef,
    TemplateState,
    Texts,
    built_in,
    check,
    city_codes,
    parse_code,
)
from notifications.templates.store import TemplateStore

SCOPE: Final = "notify"
_KEPT = 5_000
SAVED = Limit("template_saved", 200, timedelta(days=1))
_LIVE = frozenset({TemplateState.APPROVED})
_IN_TEST = frozenset({TemplateState.DRAFT, TemplateState.SUBMITTED, TemplateState.APPROVED})
_TEMPLATE = TypeAdapter(Template)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a provider says of a new version of its template."""

    code: str
    texts: Mapping[str, Texts]
    facts: Mapping[str, Fact] = field(default_factory=dict)


class TemplateService:
    def __init__(
        self, templates: TemplateStore, limits: Limits, audit: Audit, idempotency: Idempotency, clock: Clock
    ) -> None:
        self._templates = templates
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._current: LRUCache[tuple[str | None, str, bool], Template] = LRUCache(_KEPT)
        self._versions: LRUCache[TemplateRef, Template] = LRUCache(_KEPT)
        self._changes = 0

    async def current(self, code: str, owner: str | None = None, *, test: bool = False) -> Template:
        """The version a message is sent with now. `test`: a provider's newest, approved or not, for test citizens only.

        Raises TemplateUnknown, TemplateNotApproved.
        """
        name = (owner, code, test)
        if (kept := self._current.get(name)) is not None:
            return kept
        seen = self._changes
        found = await self._find(code, owner, _IN_TEST if test else _LIVE)
        if seen == self._changes:  # else what was read may be what has just been replaced
            self._current[name] = found
        return found

    async def version(self, code: str, version: int, owner: str | None = None) -> Template:
        """A version as it was sent, also one withdrawn since. Raises TemplateUnknown."""
        ref = TemplateRef(code, version, owner)
        return (await self.versions([ref]))[ref]

    async def versions(self, refs: Iterable[TemplateRef]) -> dict[TemplateRef, Template]:
        """Many at once, in one read for those not in memory. Raises TemplateUnknown."""
        wanted = set(refs)
        found = {ref: kept for ref in wanted if (kept := self._versions.get(ref)) is not None}
        found |= {ref: built_in(ref.code) for ref in wanted - found.keys() if ref.owner is None and ref.version == 0}
        if missing := wanted - found.keys():
            read = {template.ref: template for template in await self._templates.many(missing)}
            self._versions.update(read)
            found |= read
        if wanted - found.keys():
            raise TemplateUnknown
        return found

    def changed(self, row: Document) -> None:
        """A row that some process wrote."""
        self._versions.pop(TemplateRef(row["code"], row["version"], row["owner"]), None)
        self._forget(row["owner"], row["code"])

    async def reload(self) -> None:
        self._changes += 1
        self._current.clear()

    async def save_draft(self, viewer: Viewer, draft: Draft, key: str) -> Template:
        """A new version of the provider's template, as a draft.

        Raises RateLimited, TemplateCodeInvalid, what `check` raises, IdempotencyConflict.
        """
        owner = viewer.provider(SCOPE)
        parse_code(draft.code)
        check(draft.texts, draft.facts)
        await self._limits.take(SAVED, owner)
        call = Call.of(viewer, "saveMessageTemplate", key, draft)
        return await self._add(viewer, call, owner, draft, TemplateState.DRAFT)

    async def submit(self, viewer: Viewer, code: str, version: int, key: str) -> Template:
        """Ask the desk to approve it. Raises TemplateUnknown, TemplateInOtherState, IdempotencyConflict."""
        ref = TemplateRef(code, version, viewer.provider(SCOPE))
        call = Call.of(viewer, "submitMessageTemplate", key, ref)
        by, now = viewer.acting(), self._clock.now()
        return await self._move(viewer, call, ref, "template.submitted", lambda was: was.submitted(by, now))

    async def withdraw(self, viewer: Viewer, code: str, version: int, key: str) -> Template:
        """Not sent any more; an older approved version counts again. Raises as `submit` does."""
        ref = TemplateRef(code, version, viewer.provider(SCOPE))
        call = Call.of(viewer, "withdrawMessageTemplate", key, ref)
        by, now = viewer.acting(), self._clock.now()
        return await self._move(viewer, call, ref, "template.withdrawn", lambda was: was.withdrawn(by, now))

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Template]:
        """All versions of the provider's own, newest first."""
        return await self._templates.of_owner(viewer.provider(SCOPE), request)

    async def one_of_mine(self, viewer: Viewer, code: str, version: int) -> Template | None:
        return await self._templates.get(TemplateRef(code, version, viewer.provider(SCOPE)))

    async def publish(self, viewer: Viewer, code: str, texts: Mapping[str, Texts], key: str) -> Template:
        """For the desk: what a city text says from now on. Raises TemplateUnknown, what `check` raises."""
        facts = built_in(code).facts
        check(texts, facts)
        call = Call.of(viewer, "publishTemplate", key, code, texts)
        return await self._add(viewer, call, None, Draft(code, texts, facts), TemplateState.APPROVED)

    async def occasion(self, viewer: Viewer, code: str, texts: Mapping[str, Texts], tx: Tx) -> Template:
        """For the desk: the words of one occasion, which stand nowhere else and have no placeholders, in the
        transaction of that occasion. Raises what `check` raises.
        """
        check(texts, {})
        by, now = viewer.acting(), self._clock.now()
        step = Step(TemplateState.APPROVED, by, now)
        made = Template(code, 1, None, texts, {}, TemplateState.APPROVED, by, now, new_id(), (step,))
        await self._templates.add(made, tx)
        return made

    async def approve(self, viewer: Viewer, template: str, key: str) -> Template:
        """For the desk. Raises TemplateUnknown, TemplateInOtherState, IdempotencyConflict."""
        call = Call.of(viewer, "approveTemplate", key, template)
        by, now = viewer.acting(), self._clock.now()
        return await self._move(viewer, call, template, "template.approved", lambda was: was.approved(by, now))

    async def reject(self, viewer: Viewer, template: str, reason: str, key: str) -> Template:
        """For the desk. Raises TemplateReasonMissing, and as `approve` does."""
        said = _reason(reason)
        call = Call.of(viewer, "rejectTemplate", key, template, said)
        by, now = viewer.acting(), self._clock.now()
        return await self._move(viewer, call, template, "template.rejected", lambda was: was.rejected(by, now, said))

    async def retract(self, viewer: Viewer, template: str, reason: str, key: str) -> Template:
        """For the desk: withdraw a version, a provider's or the city's. Raises as `reject` does."""
        said = _reason(reason)
        call = Call.of(viewer, "retractTemplate", key, template, said)
        by, now = viewer.acting(), self._clock.now()
        return await self._move(viewer, call, template, "template.withdrawn", lambda was: was.withdrawn(by, now, said))

    async def city(self) -> list[Template]:
        """For the desk: what each city text says now, by code."""
        published = {template.code: template for template in await self._templates.approved(None)}
        return [published.get(code) or built_in(code) for code in city_codes()]

    def preview(self, template: Template, facts: Mapping[str, Any]) -> dict[str, Texts]:
        """In each language, with invented values for the facts not given. Raises FactUnfit."""
        today = civil_day(self._clock.now())
        return {locale: template.preview(locale, facts, today) for locale in LOCALES}

    def preview_city(self, code: str, texts: Mapping[str, Texts]) -> dict[str, Texts]:
        """What a city text would look like. Raises TemplateUnknown, what `check` raises."""
        facts = built_in(code).facts
        check(texts, facts)
        return self.preview(Template(code, 0, None, texts, facts), {})

    async def one(self, template: str) -> Template:
        """For the desk. Raises TemplateUnknown."""
        found = await self._templates.by_id(template)
        if found is None:
            raise TemplateUnknown
        return found

    async def of_owner(self, owner: str | None, request: PageRequest) -> Page[Template]:
        """For the desk: all versions of one owner (None: published by the city), newest first."""
        return await self._templates.of_owner(owner, request)

    async def in_state(self, state: TemplateState, request: PageRequest) -> Page[Template]:
        """For the desk: of all owners; submitted ones are what waits for it."""
        return await self._templates.in_state(state, request)

    async def _find(self, code: str, owner: str | None, states: frozenset[TemplateState]) -> Template:
        found = await self._templates.newest(owner, code, states)
        if found is not None:
            return found
        if owner is None:
            return built_in(code)
        if await self._templates.newest(owner, code) is None:
            raise TemplateUnknown
        raise TemplateNotApproved

    async def _add(self, viewer: Viewer, call: Call, owner: str | None, draft: Draft, state: TemplateState) -> Template:
        async def work(tx: Tx) -> Template:
            last = await self._templates.newest(owner, draft.code, tx=tx)
            by, now = viewer.acting(), self._clock.now()
            made = Template(
                code=draft.code,
                version=last.version + 1 if last else 1,
                owner=owner,
                texts=draft.texts,
                facts=draft.facts,
                state=state,
                made_by=by,
                made_at=now,
                id=new_id(),
                history=(Step(state, by, now),),
            )
            await self._templates.add(made, tx)
            await self._audit.record(
                viewer, f"template.{state.value}", made.id, tx, code=made.code, version=made.version
            )
            return made

        return self._noticed(await self._idempotency.once(call, _TEMPLATE, work))

    async def _move(
        self, viewer: Viewer, call: Call, which: TemplateRef | str, action: str, step: Callable[[Template], Template]
    ) -> Template:
        async def work(tx: Tx) -> Template:
            read = self._templates.by_id(which, tx) if isinstance(which, str) else self._templates.get(which, tx)
            was = await read
            if was is None:
                raise TemplateUnknown
            changed = step(was)
            if not await self._templates.save(changed, was, tx):
                raise TemplateInOtherState(was.state.value)
            reason = changed.history[-1].reason
            await self._audit.record(viewer, action, was.id, tx, reason=reason, code=was.code, version=was.version)
            return changed

        return self._noticed(await self._idempotency.once(call, _TEMPLATE, work))

    def _noticed(self, template: Template) -> Template:
        """This process need not wait for the change stream."""
        self._forget(template.owner, template.code)
        return template

    def _forget(self, owner: str | None, code: str) -> None:
        self._changes += 1
        for test in (False, True):
            self._current.pop((owner, code, test), None)


def _reason(reason: str) -> str:
    """Raises TemplateReasonMissing."""
    said = " ".join(reason.split())
    if not 2 <= len(said) <= 500 or not said.isprintable():
        raise TemplateReasonMissing
    return said
