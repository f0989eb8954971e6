"""The categories as they hold now, kept in memory, and the desk's changes of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, Document, Tx
from app.core.viewer import Viewer
from app.domains.voice.cases.categories.errors import CategoryInvalid
from app.domains.voice.cases.categories.model import Category, CategoryTree
from app.domains.voice.cases.categories.store import CategoryStore, category_of
from app.domains.voice.cases.errors import CategoryUnknown

_CATEGORY = TypeAdapter(Category)
_CODE = re.compile(r"[a-z][a-z0-9-]{1,40}")
_LONGEST_NAME, _MOST_WORDS, _DEEPEST = 40, 40, 3


class CategoryService:
    def __init__(self, db: Database, categories: CategoryStore, audit: Audit, idempotency: Idempotency) -> None:
        self._db = db
        self._categories = categories
        self._audit = audit
        self._idempotency = idempotency
        self.tree = CategoryTree()

    async def load(self) -> None:
        self.tree = CategoryTree.of(await self._categories.all())

    def changed(self, row: Document) -> None:
        self._took(category_of(row))

    async def save(self, viewer: Viewer, category: Category, key: str) -> Category:
        """Raises CategoryInvalid, IdempotencyConflict."""
        made = _checked(category, self.tree)

        async def work(tx: Tx) -> Category:
            await self._categories.put(made, tx)
            await self._audit.record(viewer, "category.saved", made.code, tx, parent=made.parent, retired=made.retired)
            return made

        call = Call.of(viewer, "saveCategory", key, made)
        return await self._idempotency.once(call, _CATEGORY, work, after=self._took)

    async def take(self, viewer: Viewer, categories: Sequence[Category]) -> None:
        """Many at once, each after the one it stands below: all or none. Raises CategoryInvalid."""
        tree = self.tree
        for one in categories:
            tree = tree.put(_checked(one, tree))

        async def work(tx: Tx) -> None:
            for one in categories:
                await self._categories.put(tree.nodes[one.code], tx)
            await self._audit.record(viewer, "category.imported", "categories", tx, categories=len(categories))

        await self._db.transaction(work)
        for one in categories:
            self._took(tree.nodes[one.code])

    async def retire(self, viewer: Viewer, code: str, key: str) -> Category:
        """No new case is in it. Raises CategoryUnknown, CategoryInvalid (some stand below it), IdempotencyConflict."""
        found = self.tree.get(code)
        if found is None:
            raise CategoryUnknown
        if any(one.parent == code and not one.retired for one in self.tree.nodes.values()):
            raise CategoryInvalid("parent")
        return await self.save(viewer, replace(found, retired=True), key)

    def _took(self, made: Category) -> None:
        self.tree = self.tree.put(made)


def _checked(one: Category, tree: CategoryTree) -> Category:
    if not _CODE.fullmatch(one.code):
        raise CategoryInvalid("code")
    if not 1 <= len(one.name.zh.strip()) <= _LONGEST_NAME or len(one.name.en) > 2 * _LONGEST_NAME:
        raise CategoryInvalid("name")
    above = tree.path(one.parent) if one.parent else ()
    if one.parent and (not above or len(above) >= _DEEPEST or one.code in {node.code for node in above}):
        raise CategoryInvalid("parent")
    if len(one.words) > _MOST_WORDS:
        raise CategoryInvalid("words")
    return replace(one, words=tuple(dict.fromkeys(word.strip() for word in one.words if word.strip())))
