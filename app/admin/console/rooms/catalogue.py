"""The catalogue at the desk: items by state and owner, what each version changed, cancelling, merging, importing."""

from __future__ import annotations

from collections.abc import Iterable

from app.admin.console.desk import Desk
from app.admin.console.imports import bad_lines, file_fields, file_of
from app.admin.console.pages import ADMINISTRATORS, OPERATORS
from app.admin.console.parts import (
    REASON,
    Action,
    Asked,
    Button,
    Cell,
    Detail,
    Done,
    Facts,
    Field,
    Listing,
    Option,
    Prose,
    Reply,
    Row,
    Said,
    Table,
    badge,
    figure,
    mono,
    plain,
    tags,
    when,
)
from app.admin.console.texts import Text, spoken, word
from app.admin.console.view import RoomView, allowed
from app.core.paging import PageRequest
from app.domains.government.catalogue.imports.errors import ItemImportRefused
from app.domains.government.catalogue.model import Category, Item, ItemState
from app.domains.government.catalogue.service import Counts
from app.domains.identity.organisations.model import Level

_HEAD = (
    Text("编码", "Code"),
    Text("名称", "Name"),
    Text("版本", "Version"),
    Text("实施单位", "Department"),
    Text("跑动次数", "Visits"),
    Text("发布时间", "Published"),
)
_VERSIONS = (
    Text("版本", "Version"),
    Text("状态", "State"),
    Text("改动", "Changed"),
    Text("理由", "Reason"),
    Text("时间", "At"),
)
_STATES: dict[ItemState, Text] = {
    ItemState.PUBLISHED: Text("已发布", "published"),
    ItemState.DRAFT: Text("草稿", "draft"),
    ItemState.CANCELLED: Text("已取消", "cancelled"),
    ItemState.MERGED: Text("已合并", "merged"),
}
_SUBJECTS: dict[Category, Text] = {
    Category.BIRTH_ADOPTION: Text("生育收养", "birth and adoption"),
    Category.HOUSEHOLD: Text("户籍", "household register"),
    Category.IDENTITY_DOCUMENTS: Text("证件", "identity documents"),
    Category.EDUCATION: Text("教育", "education"),
    Category.MILITARY: Text("军人", "military"),
    Category.EMPLOYMENT: Text("就业", "employment"),
    Category.MARRIAGE: Text("婚姻", "marriage"),
    Category.SOCIAL_SECURITY: Text("社会保险", "social security"),
    Category.MEDICAL: Text("医疗卫生", "medical"),
    Category.HOUSING: Text("住房", "housing"),
    Category.HOUSING_FUND: Text("公积金", "housing fund"),
    Category.TRANSPORT: Text("交通出行", "transport"),
    Category.EXIT_ENTRY: Text("出入境", "exit and entry"),
    Category.TAX: Text("税务", "tax"),
    Category.BUSINESS: Text("开办企业", "business"),
    Category.PERMITS: Text("经营许可", "permits"),
    Category.CONSTRUCTION: Text("建设规划", "construction"),
    Category.ENVIRONMENT: Text("环境资源", "environment"),
    Category.JUSTICE: Text("司法公证", "justice"),
    Category.CULTURE_TOURISM: Text("文化旅游", "culture and tourism"),
    Category.LATER_LIFE: Text("养老身后", "later life"),
}
_INTO = Field("into", Text("并入事项的编码", "Code of the item to go to"), most=40, pattern=r"[A-Z0-9][A-Z0-9-]{1,39}")
_FILE = file_fields(Text("文件未写明单位的事项归此单位。", "Defines and offers what names no other."))


class CatalogueView(RoomView):
    noun = "catalogue"
    label = Text("事项目录", "Service items")
    lead = Text(
        "事项有版本：修改即发布新版本，此前的申请仍按原版本办理。",
        "Items have versions: what was applied for goes on under the version of its day.",
    )
    icon = "fa-list-check"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        government = desk.services.government
        self._catalogue, self._publishing = government.catalogue, government.publishing
        self._imports = government.item_imports
        gone = Text("市民不再能找到它，已受理的申请继续办理。", "People find it no more; what was applied for goes on.")
        there = Text("原来办理该事项的单位改为办理并入的事项。", "It is then offered wherever this one was.")
        whole = Text("全部导入或全部不导入；大文件请用命令行。", "All lines or none; large files go by the shell.")
        self.offers(
            Action("import", Text("导入事项", "Import items"), ADMINISTRATORS, self._import, _FILE, whole, "good"),
            Action("merge", Text("合并", "Merge"), OPERATORS, self._merge, (_INTO, REASON), there),
            Action("cancel", Text("取消事项", "Cancel"), OPERATORS, self._cancel, (REASON,), gone, "bad"),
        )

    def _for_all(self) -> Iterable[str]:
        return ("import",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = ItemState(asked["state"]) if asked["state"] in set(_STATES) else ItemState.PUBLISHED
        kept = {name: asked[name] for name in ("state", "owner") if asked[name]}
        owner = asked["owner"]
        found = await (
            self._publishing.of_owner(owner, state, page) if owner else self._publishing.in_state(state, page)
        )
        rows = tuple(self._row(item) for item in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, kept)
        empty = Text("没有这样的事项。", "There is no such item.")
        counts = () if page.after else (_counted(await self._catalogue.counts(), await self._offers()),)
        return Listing(Table(_HEAD, rows, empty=empty, next=more), counts, _filters(asked, state))

    async def detail(self, asked: Asked) -> Detail | None:
        versions = await self._publishing.versions(asked.viewer, asked.target)
        if not versions:
            return None
        shown = next((one for one in versions if one.current), versions[0])
        history = Table(_VERSIONS, _steps(versions), Text("版本", "Versions"))
        guide = shown.guide.within(spoken())
        sections = (self._facts(shown), history, *((Prose(Text("办事指南", "Guide"), guide),) if guide else ()))
        return Detail(shown.name.within(spoken()), sections, _state(shown), shown.code, self._offered(asked, shown))

    def _offered(self, asked: Asked, item: Item) -> tuple[Button, ...]:
        if not item.shown:
            return ()
        return allowed(asked.viewer, self.button("merge", item.code), self.button("cancel", item.code))

    async def _offers(self) -> dict[Level, int]:
        return await self._catalogue.offers_by_level()

    def _row(self, item: Item) -> Row:
        owner = self.desk.organisation(item.owner)
        cells = (mono(item.code), plain(item.name.within(spoken())), plain(item.version), plain(owner))
        return Row((*cells, plain(item.visits), when(item.published_at)), self.here(item.code))

    def _facts(self, item: Item) -> Facts:
        days = f"{item.promised_days} / {item.statutory_days}"
        return Facts.of(
            Text("当前版本", "The current version"),
            (Text("实施单位", "Department"), plain(self.desk.organisation(item.owner))),
            (Text("层级", "Levels"), tags([word(level) for level in sorted(item.levels, key=list(Level).index)])),
            (Text("承诺 / 法定工作日", "Working days: promised / by law"), figure(days)),
            (Text("跑动次数", "Visits"), plain(item.visits)),
            (Text("别名", "Also called"), tags(item.also)),
            (Text("依据", "Legal basis"), plain("；".join(item.basis))),
            (Text("并入", "Merged into"), mono(item.merged_into)),
        )

    async def _import(self, asked: Asked) -> Reply:
        try:
            done = await self._imports.run(asked.viewer, file_of(asked))
        except ItemImportRefused as refused:  # the dialog stays, with the lines to mend
            return Said(bad_lines(refused.code, refused.rows, refused.more))
        tally = done.tally
        return Done(
            Text(
                f"{done.lines} 行：新增 {tally.fresh} 项，更新 {tally.amended} 项，{tally.same} 项无变化。",
                f"{done.lines} lines: {tally.fresh} new, {tally.amended} amended, {tally.same} as before.",
            )
        )

    async def _merge(self, asked: Asked) -> Reply:
        await self._publishing.merge(asked.viewer, asked.target, asked["into"], asked["reason"], asked.key)
        return Done(Text("已合并。", "Merged."))

    async def _cancel(self, asked: Asked) -> Reply:
        await self._publishing.cancel(asked.viewer, asked.target, asked["reason"], asked.key)
        return Done(Text("已取消。", "Cancelled."))


def _state(item: Item) -> Cell:
    tone = {ItemState.PUBLISHED: "good", ItemState.CANCELLED: "bad"}.get(item.state, "")
    return badge(item.state, tone, _STATES[item.state])


def _filters(asked: Asked, state: ItemState) -> tuple[Field, ...]:
    states = tuple(Option(one.value, text) for one, text in _STATES.items())
    owner = Text("实施单位编码", "Code of the department")
    return (
        Field("state", Text("状态", "State"), "select", options=states, value=state.value),
        Field("owner", owner, required=False, most=80, value=asked["owner"]),
    )


def _counted(counts: Counts, offers: dict[Level, int]) -> Facts:
    """What people find, in figures."""
    visits = " · ".join(f"{needed}: {counts.visits[needed]}" for needed in sorted(counts.visits))
    subjects = sorted(counts.categories.items(), key=lambda pair: -pair[1])
    online = f"{counts.online * 100 // counts.items} %" if counts.items else None
    by_level = " · ".join(f"{word(level)} {count:,}" for level, count in offers.items())
    return Facts.of(
        Text("目录概况", "The catalogue in figures"),
        (Text("事项", "Items"), figure(f"{counts.items:,}")),
        (Text("办理点", "Offers"), plain(f"{sum(offers.values()):,}", by_level)),
        (Text("按跑动次数", "By visits needed"), plain(visits)),
        (Text("可网上申办", "Applied for online"), figure(online)),
        (Text("按主题", "By subject"), tags([f"{_SUBJECTS[category]} {count}" for category, count in subjects])),
    )


def _steps(versions: list[Item]) -> tuple[Row, ...]:
    """Each version with what it changed, and the last thing that became of it."""
    before = [*versions[1:], None]
    return tuple(_step(one, was) for one, was in zip(versions, before, strict=True))


def _step(item: Item, was: Item | None) -> Row:
    changed = tags(item.differing(was)) if was else plain(Text("首个版本", "the first"))
    last = item.history[-1] if item.history else None
    reason, at = plain(last.reason if last else None), when(last.at if last else item.published_at)
    return Row((plain(item.version), _state(item), changed, reason, at))
