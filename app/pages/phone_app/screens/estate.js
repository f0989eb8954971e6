// My estate: where I live and with whom, what the estate tells, what is to be mended.
import { ask, wish } from "../api.js";
import { act, announce, card, empty, entry, facts, h, homeName, local, moment, row, surely, tag } from "../dom.js";
import { t } from "../words.js";
import { photos } from "./photos.js";

const STATES = { ASKED: () => t("等核实", "Waits to be verified"), RESIDENT: () => t("住户", "Resident"), LEFT: () => t("已搬离", "Moved out"), REFUSED: () => t("未通过", "Refused") };
const REPAIRS = {
  REPORTED: () => t("已报修", "Reported"), ACCEPTED: () => t("已受理", "Accepted"), SCHEDULED: () => t("已约时间", "A day is named"),
  DONE: () => t("已办结", "Done"), RATED: () => t("已评价", "Rated"), WITHDRAWN: () => t("已撤回", "Taken back"),
};
const RELATIONS = { OWNER: () => t("业主", "Owner"), TENANT: () => t("租户", "Tenant"), FAMILY: () => t("家人", "Family") };
const options = (names) => Object.entries(names).map(([value, said]) => h("option", { value }, said()));

export async function estateScreen({ again }) {
  const [{ myHomes: homes }, { estateNotices: notices }, { repairs }] = await Promise.all([ask("MyHomes"), ask("EstateNotices", { first: 20 }), ask("Repairs", { first: 10 })]);
  const lived = homes.filter((one) => one.state === "RESIDENT");
  return {
    title: t("我的小区", "My estate"),
    body: [homes.map((one) => home(one, again)), lived.length > 0 && card(row("/visitors", t("访客与车辆", "Visitors and cars"), t("通行证、进出记录、车牌", "Passes, who came, plates"))), lived.length > 0 && told(notices), lived.length > 0 && mending(lived, repairs, again), asking(again)],
  };
}

function home(one, again) {
  const leave = surely(one.state === "ASKED" ? t("撤回申请", "Take back") : t("我搬走了", "I moved out"), t("确定吗？您在这里开的通行证和车牌会一起失效。", "Sure? Passes and plates of yours here end, too."), async () => {
    await wish("LeaveHome", { residencyId: one.id });
    again();
  });
  return card(h("h2", homeName(one)), h("p.soft", one.estateName), tag(STATES[one.state](), one.state === "RESIDENT" ? "gold" : ""), " ", one.head && tag(t("户主", "Head")), one.reason && h("p", one.reason), one.people.map((other) => member(one, other, again)), leave);
}

function member(one, other, again) {
  const decide = async (accept, reason = "") => {
    await wish("SettleResidency", { residencyId: other.id, accept, reason });
    again();
  };
  const waits = one.head && other.state === "ASKED";
  const mayHead = one.head && !other.mine && other.state === "RESIDENT" && other.relation !== "FAMILY";
  const why = h("input", { maxlength: 200, autocomplete: "off" });
  return h("div.row", h("span.grow", h("b", other.mine ? t("我", "Me") : other.name), h("small", [other.relationName, other.head && t("户主", "head"), other.state === "ASKED" && STATES.ASKED()].filter(Boolean).join(" · "))),
    waits && h("div", act(t("同意", "Let in"), () => decide(true)), entry(t("不同意的原因", "Why not"), why), act(t("不同意", "Refuse"), () => decide(false, why.value), "quiet")),
    mayHead && act(t("转为户主", "Make the head"), async () => { await wish("HandOnHousehold", { residencyId: other.id }); again(); }, "quiet"));
}

function told(notices) {
  const rows = notices.edges.map(({ node }) => row("/estate-notice/" + node.id, node.title, moment(node.publishedAt), [node.urgent && tag(t("紧急", "Urgent"), "red"), !node.read && tag(t("未读", "Unread"), "gold")]));
  return card(h("h2", t("小区通知", "Notices")), rows.length ? rows : empty(t("没有通知。", "No notices.")));
}

function mending(homes, repairs, again) {
  const rows = repairs.edges.map(({ node }) => row("/repair/" + node.id, node.kindName, [moment(node.reportedAt), node.caseNumber].filter(Boolean).join(" · "), tag(REPAIRS[node.state](), node.late ? "red" : "")));
  return card(h("h2", t("报修", "Repairs")), rows.length ? rows : empty(t("没有报修。", "No repairs.")), row("/repair-new/" + homes[0].id, t("我要报修", "Report something"), t("电梯、水电、照明、保洁……", "Lift, water, power, lights, cleaning …")));
}

function asking(again) {
  const named = h("input", { autocomplete: "off", maxlength: 60 }), found = h("div");
  const look = async () => {
    const { estates } = await ask("Estates", { name: named.value.trim() });
    found.replaceChildren(...(estates.length ? estates.map((one) => chosen(one, again)) : [empty(t("没有这样的小区。", "No such estate."))]));
  };
  return card(h("h2", t("登记住所", "Enter a home")), entry(t("小区名", "The estate's name"), named, t("写开头几个字即可", "The beginning is enough")), act(t("找小区", "Look"), look, "quiet"), found);
}

function chosen(estate, again) {
  const building = h("select"), room = h("select"), relation = h("select", options(RELATIONS)), inside = h("div");
  const rooms = async () => {
    const { estateRooms } = await ask("EstateRooms", { estateId: estate.id, building: building.value });
    room.replaceChildren(...estateRooms.map((one) => h("option", one)));
  };
  building.addEventListener("change", rooms);
  const open = async () => {
    const { estateBuildings } = await ask("EstateBuildings", { estateId: estate.id });
    building.replaceChildren(...estateBuildings.map((one) => h("option", one)));
    await rooms();
    inside.replaceChildren(entry(t("楼栋", "Building"), building), entry(t("门牌", "Room"), room), entry(t("我是", "I am its"), relation), act(t("申请", "Ask"), async () => {
      await wish("AskResidency", { input: { estateId: estate.id, building: building.value, room: room.value, relation: relation.value } });
      announce(t("已提交，等户主或小区核实", "Asked: the head of the home or the estate decides"));
      again();
    }));
  };
  return h("div", h("p", h("b", estate.name), " ", h("small", estate.address)), act(t("选这个小区", "This one"), open, "quiet"), inside);
}

export async function estateNoticeScreen({ args: [noticeId] }) {
  const { estateNotice: one } = await ask("EstateNotice", { noticeId });
  const title = t("小区通知", "Notice");
  if (!one) return { title, body: [card(empty(t("这条通知已过期或撤回。", "This notice is over, or was taken back.")))] };
  if (!one.read) await wish("ReadEstateNotice", { noticeId });
  return { title, body: [card(h("h2", one.title), one.urgent && tag(t("紧急", "Urgent"), "red"), h("p.soft", moment(one.publishedAt)), one.text.split("\n").map((line) => h("p", line)), one.links.map((href, at) => h("p", h("a", { href: local(href) }, t(`附件 ${at + 1}`, `File ${at + 1}`)))), one.edits > 0 && h("p.soft", t("这条通知改过。", "This notice was edited.")))] };
}

export async function newRepairScreen({ args: [residencyId] }) {
  const [{ repairTerms: terms }, { myHomes }] = await Promise.all([ask("RepairTerms"), ask("MyHomes")]);
  const homes = myHomes.filter((one) => one.state === "RESIDENT"), uploadIds = [];
  const home = h("select", homes.map((one) => h("option", { value: one.id, selected: one.id === residencyId }, `${one.estateName} ${homeName(one)}`)));
  const kind = h("select", terms.map((one) => h("option", { value: one.kind }, t(`${one.name}（${one.acceptHours} 小时内受理）`, `${one.name} (accepted within ${one.acceptHours} h)`))));
  const words = h("textarea", { rows: 4, maxlength: 1000 }), spot = h("input", { maxlength: 80, autocomplete: "off" });
  const send = async () => {
    const input = { residencyId: home.value || residencyId, kind: kind.value, words: words.value, atHome: !spot.value.trim(), spot: spot.value, uploadIds };
    const done = await wish("ReportRepair", { input });
    announce(t("已报修", "Reported"));
    location.replace("#/repair/" + done.repair.id);
  };
  return { title: t("我要报修", "Report something"), body: [card(homes.length > 1 && entry(t("哪一处住所", "Which home"), home), entry(t("什么事", "What"), kind), entry(t("说明", "In words"), words), entry(t("在哪里（家里可不填）", "Where (empty: at home)"), spot), photos(uploadIds), act(t("提交", "Send"), send))] };
}

export async function repairScreen({ args: [repairId], again }) {
  const { repair: one } = await ask("Repair", { repairId });
  const title = t("报修", "A repair");
  if (!one) return { title, body: [card(empty(t("没有这条报修。", "There is no such repair.")))] };
  const does = (operation, more = {}) => async () => {
    await wish(operation, { repairId, ...more });
    again();
  };
  const open = ["REPORTED", "ACCEPTED", "SCHEDULED"].includes(one.state);
  const grade = h("select", [5, 4, 3, 2, 1].map((value) => h("option", { value }, "★".repeat(value))));
  const rate = (solved) => act(solved ? t("解决了", "Solved") : t("没解决", "Not solved"), () => does("RateRepair", { solved, grade: Number(grade.value) })(), solved ? "primary" : "quiet");
  return {
    title,
    body: [
      card(h("h2", one.kindName), tag(REPAIRS[one.state](), one.late ? "red" : "gold"), h("p", one.words), facts([t("在哪里", "Where"), one.spot || one.home], [t("应受理", "To be accepted by"), moment(one.acceptBy)], [t("应办结", "To be done by"), moment(one.finishBy)], one.visitAt && [t("上门", "They come"), moment(one.visitAt)], one.caseNumber && [t("诉求编号", "Case"), one.caseNumber]), one.links.length > 0 && h("p.tags", one.links.map((href, at) => h("a", { href: local(href) }, t(`照片 ${at + 1}`, `Photo ${at + 1}`))))),
      card(h("h2", t("进展", "Steps")), one.steps.map((step) => h("div.row", h("span.grow", h("b", REPAIRS[step.state]()), h("small", moment(step.at)), step.note && h("p", step.note))))),
      one.state === "DONE" && card(entry(t("评分", "Grade"), grade), rate(true), rate(false)),
      (open || one.state === "DONE") && !one.caseNumber && card(act(t("转给 12345", "Hand it to 12345"), does("HandOverRepair"), "quiet"), open && surely(t("撤回报修", "Take it back"), t("确定撤回？", "Take it back?"), does("WithdrawRepair"))),
    ],
  };
}
