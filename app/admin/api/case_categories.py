"""What cases are about: the tree of categories, which the desk writes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, Body, Desk, Key, Reply, Rows, allowed, desk_router
from app.core.said import Said
from app.domains.voice.cases.categories.model import Category
from app.domains.voice.cases.history.model import CaseKind

router = desk_router("case-categories")
Code = Annotated[str, Path(max_length=60)]


class CategoryWanted(Body):
    """`parent` is the code of the one above; null at the top."""

    name_zh: str = Field(min_length=1, max_length=40)
    name_en: str = Field(default="", max_length=80)
    parent: str | None = Field(default=None, max_length=60)
    kinds: list[CaseKind] = Field(default_factory=list, max_length=4)
    words: list[str] = Field(default_factory=list, max_length=40)
    convenience: bool = False
    urgent: bool = False
    assets: list[str] = Field(default_factory=list, max_length=20)

    def named(self, code: str) -> Category:
        return Category(
            code=code,
            name=Said(self.name_zh, self.name_en),
            parent=self.parent,
            kinds=tuple(self.kinds),
            words=tuple(self.words),
            convenience=self.convenience,
            urgent=self.urgent,
            assets=tuple(self.assets),
        )


class CategoryShown(Reply):
    code: str
    name_zh: str
    name_en: str
    parent: str | None
    kinds: list[CaseKind]
    words: list[str]
    convenience: bool
    urgent: bool
    assets: list[str]
    retired: bool


@router.get("/case-categories")
async def categories(desk: Annotated[Desk, allowed("list", *ANY)]) -> Rows[CategoryShown]:
    """All of them, retired ones as well, by code."""
    found = desk.services.voice.categories.tree.nodes.values()
    return Rows[CategoryShown](items=[_shown(one) for one in found])


@router.put("/case-categories/{code}")
async def save(
    code: Code, body: CategoryWanted, key: Key, desk: Annotated[Desk, allowed("save", *OPERATORS)]
) -> CategoryShown:
    """Make it, or write it anew; one that was retired is there again."""
    return _shown(await desk.services.voice.categories.save(desk.viewer, body.named(code), key))


@router.post("/case-categories/{code}/retirement")
async def retire(code: Code, key: Key, desk: Annotated[Desk, allowed("retire", *OPERATORS)]) -> CategoryShown:
    """No new case is filed in it; the cases in it keep it."""
    return _shown(await desk.services.voice.categories.retire(desk.viewer, code, key))


def _shown(one: Category) -> CategoryShown:
    return CategoryShown(
        code=one.code,
        name_zh=one.name.zh,
        name_en=one.name.en,
        parent=one.parent,
        kinds=list(one.kinds),
        words=list(one.words),
        convenience=one.convenience,
        urgent=one.urgent,
        assets=list(one.assets),
        retired=one.retired,
    )
