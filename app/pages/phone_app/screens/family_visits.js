// Visits at care homes and wards: where I stay and who may come; whom I may visit, when, and what became of it.
import { actingFor, ask, wish } from "../api.js";
import { act, announce, card, day, empty, entry, facts, h, hour, isoDay, moment, row, surely, tag } from "../dom.js";
import { t } from "../words.js";

const STATES = {
  ASKED: () => t("待答复", "To be answered"), ACCEPTED: () => t("已同意", "Agreed"), REFUSED: () => t("未同意", "Not agreed"), WITHDRAWN: () => t("已撤回", "Taken back"),
  CANCELLED: () => t("已取消", "Cancelled"), LAPSED: () => t("未获答复", "Not answered"), DONE: () => t("已探访", "Done"), MISSED: () => t("未到访", "Missed"),
};
const KIN = { SPOUSE: () => t("配偶", "Spouse"), CHILD: () => t("子女", "Child"), PARENT: () => t("父母", "Parent"), SIBLING: () => t("兄弟姐妹", "Sibling"), GRANDCHILD: () => t("孙辈", "Grandchild"), OTHER: () => t("其他亲属", "Other relative"), FRIEND: () => t("朋友", "Friend") };
const standing = (one) => tag(STATES[one.visitState](), one.visitState === "ACCEPTED" ? "gold" : ["REFUSED", "CANCELLED", "LAPSED"].includes(one.visitState) ? "red" : "");

export async function familyVisitsScreen({ again }) {
  const title = t("亲友探访", "Family visits");
  const [{ familyStays: stays }, { visitsToMe: comes }] = await Promise.all([ask("FamilyStays"), ask("VisitsToMe", { first: 20 })]);
  const staying = stays.map((one) => (one.stayState === "ASKED" ? asked(one, again) : stay(one, again)));
  const coming = comes.edges.map(({ node }) => h("div.row", h("span.grow", h("b", node.visitor || t("一位亲友", "Somebody")), h("small", `${moment(node.startsAt)} · ${node.house?.name ?? ""}`)), standing(node)));
  const toMe = coming.length > 0 && card(h("h2", t("谁来看我", "Who comes")), coming);
  // A guardian looks after his ward's stay; whom one visits is one's own.
  if (actingFor()) return { title, body: [staying.length ? staying : card(empty(t("没有入住登记。", "There is no stay."))), toMe] };
  return { title, body: [staying, toMe, ...(await own(stays.length > 0))] };
}

async function own(staying) {
  const [{ visitableResidents: people }, { familyVisits: visits }] = await Promise.all([ask("VisitableResidents"), ask("FamilyVisits", { first: 20 })]);
  const whom = people.map((one) => row("/family-visit-new/" + one.stayId, one.name, one.house.name, t("预约", "Ask")));
  const none = t("还没有人把您列入探访名单。请住在机构或病区的亲友在应用里添加您的手机号。", "Nobody has named you yet. Ask whom you would visit to add your phone in the app.");
  const mine = visits.edges.map(({ node }) => row("/family-visit/" + node.id, node.name || node.house?.name || t("探访", "A visit"), `${moment(node.startsAt)} · ${node.house?.name ?? ""}`, standing(node)));
  return [(whom.length > 0 || !staying) && card(h("h2", t("我可以探访", "Whom I may visit")), whom.length ? whom : empty(none)), mine.length > 0 && card(h("h2", t("我的预约", "My visits")), mine)];
}

function asked(one, again) {
  const answer = (accept) => async () => { await wish("AnswerStay", { stayId: one.id, accept }); announce(t("已答复", "Answered")); again(); };
  return card(h("h2", one.house?.name ?? ""), h("p", t(`机构登记您住在 ${one.label}，是吗？确认后由您决定谁可以来探访。`, `The house says you stay there: ${one.label}. Is it so? Then you say who may visit you.`)), act(t("是，我住在这里", "Yes, I stay there"), answer(true)), act(t("不是", "No"), answer(false), "quiet"));
}

function stay(one, again) {
  const rows = one.relatives.map((each) => h("div.row", h("span.grow", h("b", each.name || t("一位亲友", "Somebody")), h("small", KIN[each.kinship]())), surely(t("移除", "Remove"), t("移除后他的预约会取消。", "What he asked for is cancelled."), async () => { await wish("RemoveRelative", { relativeId: each.id }); again(); })));
  const phone = h("input", { inputmode: "tel", autocomplete: "off" }), kin = h("select", Object.entries(KIN).map(([value, word]) => h("option", { value }, word())));
  const add = act(t("添加", "Add"), async () => { await wish("NameRelative", { stayId: one.id, phone: phone.value.trim(), kinship: kin.value }); announce(t("已添加", "Added")); again(); }, "quiet");
  return card(h("h2", one.house?.name ?? ""), h("p", one.label), h("h3", t("谁可以来探访", "Who may visit")), rows.length ? rows : empty(t("还没有指定亲友。", "Nobody is named yet.")), entry(t("亲友的手机号", "Phone of somebody"), phone), entry(t("他是", "He is"), kin), add);
}

export async function newFamilyVisitScreen({ args: [stayId], query }) {
  const { visitableResidents: people } = await ask("VisitableResidents");
  const one = people.find((each) => each.stayId === stayId);
  const title = t("预约探访", "Ask for a visit");
  if (!one) return { title, body: [card(empty(t("对方没有把您列入探访名单。", "You are not named as a visitor.")))] };
  const chosen = query.get("day") ?? isoDay();
  const { familyVisitTimes: times } = await ask("FamilyVisitTimes", { stayId, day: chosen });
  const when = h("input", { type: "date", min: isoDay(), max: isoDay(30), value: chosen, onchange: (event) => { location.hash = `#/family-visit-new/${stayId}?day=${event.target.value}`; } });
  const choices = times.map((each) => h("label.choice", h("input", { type: "radio", name: "time", value: each.startsAt, disabled: each.free === 0 }), hour(each.startsAt), h("small", each.free ? t(`余 ${each.free}`, `${each.free} left`) : t("已满", "Full"))));
  const people_ = h("input", { type: "number", min: 1, max: one.house.people, value: "1" }), words = h("input", { maxlength: 200, autocomplete: "off" });
  const group = h("fieldset", h("legend", t("时间", "Time")), choices.length ? choices : empty(t("这一天没有探访时间。", "No visits on that day.")));
  const send = async () => {
    const time = group.querySelector("input:checked");
    if (!time) throw new Error(t("请先选择时间。", "Choose a time first."));
    const done = await wish("AskFamilyVisit", { visit: { stayId, startsAt: time.value, people: Number(people_.value), words: words.value } });
    announce(t("已预约，等待机构答复", "Asked; the house will answer"));
    location.hash = "#/family-visit/" + done.visit.id;
  };
  const about = facts([t("机构", "House"), one.house.name], [t("地址", "Address"), one.house.address], [t("每次", "A visit"), t(`${one.house.minutes} 分钟，最多 ${one.house.people} 人`, `${one.house.minutes} minutes, ${one.house.people} people at most`)]);
  return { title, body: [card(h("h2", one.name), about), card(entry(t("日期", "Day"), when), group, entry(t("几个人", "How many people"), people_), entry(t("给机构的话（可不填）", "For the house (may be empty)"), words), choices.length > 0 && act(t("预约", "Ask"), send))] };
}

export async function familyVisitScreen({ args: [visitId], again }) {
  const { familyVisit: one } = await ask("FamilyVisit", { visitId });
  const title = t("探访", "A visit");
  if (!one) return { title, body: [card(empty(t("没有这项预约。", "There is no such visit.")))] };
  const open = ["ASKED", "ACCEPTED"].includes(one.visitState);
  const back = surely(t("撤回预约", "Take it back"), t("撤回这次探访？", "Take this visit back?"), async () => { await wish("WithdrawFamilyVisit", { visitId }); again(); });
  const about = facts([t("时间", "Time"), `${day(one.startsAt)} ${hour(one.startsAt)} – ${hour(one.endsAt)}`], [t("机构", "House"), one.house?.name ?? ""], [t("地址", "Address"), one.house?.address ?? ""], [t("人数", "People"), String(one.people)], one.words && [t("给机构的话", "For the house"), one.words], one.reason && [t("原因", "Why"), one.reason]);
  const hint = one.visitState === "ACCEPTED" && h("p.hint", t("请准时到达并携带身份证件。", "Be on time and bring your identity card."));
  return { title, body: [card(h("h2", one.name || title), standing(one), about, hint), open && card(back)] };
}
