// Visitors of my home: passes with a page for the guest, who came in, and the plates of my cars.
import { ask, wish } from "../api.js";
import { act, announce, card, days, empty, entry, facts, h, homeName, moment, row, surely, tag } from "../dom.js";
import { t } from "../words.js";

const STANDINGS = { EARLY: () => t("未到时间", "Not yet"), GOOD: () => t("有效", "Good"), USED: () => t("已用完", "Used"), OVER: () => t("已过期", "Over"), REVOKED: () => t("已撤销", "Taken back") };
const WAYS = { CARD: () => t("住户刷卡", "A resident's card"), VISITOR: () => t("访客", "A visitor"), PLATE: () => t("住户车辆", "A resident's car") };
const FINDINGS = { DOUBLE: () => t("重复使用", "Used twice"), OVERUSED: () => t("超次数", "Too often"), REVOKED: () => t("撤销后使用", "After it was revoked"), BARRED: () => t("挂失卡", "A card reported lost") };
// What is typed is the city's time, wherever the phone is.
const local = (date) => new Date(+date + 8 * 3600e3).toISOString().slice(0, 16);

/** `args`: of which home the log is shown. */
export async function visitorsScreen({ args: [chosen] = [], again }) {
  const { myHomes } = await ask("MyHomes");
  const homes = myHomes.filter((one) => one.state === "RESIDENT");
  const title = t("访客与车辆", "Visitors and cars");
  if (!homes.length) return { title, body: [card(empty(t("先在“我的小区”登记住所。", "Enter a home in “My estate” first.")))] };
  const [{ visitorPasses: passes }, { residentPlates: plates }, { homeBays: bays }, { homeEntries: entries }] = await Promise.all([ask("VisitorPasses", { first: 20 }), ask("ResidentPlates"), ask("HomeBays"), ask("HomeEntries", { residencyId: (homes.find((one) => one.id === chosen) ?? homes[0]).id, first: 20 })]);
  const estates = [...new Set(homes.map((one) => one.estateId))];
  const parks = await Promise.all(estates.map(async (estateId) => (await ask("CarPark", { estateId })).carPark));
  const shown = (homes.find((one) => one.id === chosen) ?? homes[0]).id;
  return { title, body: [inviting(homes), listed(passes), came(homes, shown, entries), cars(homes, plates, bays, parks.filter(Boolean), again)] };
}

function inviting(homes) {
  const now = new Date(), where = h("select", homes.map((one) => h("option", { value: one.id }, `${one.estateName} ${homeName(one)}`)));
  const guest = h("input", { maxlength: 30, autocomplete: "off" }), phone = h("input", { inputmode: "tel", autocomplete: "off" }), plate = h("input", { maxlength: 9, autocomplete: "off" });
  const begins = h("input", { type: "datetime-local", value: local(now) }), ends = h("input", { type: "datetime-local", value: local(new Date(+now + 3 * 3600e3)) }), times = h("input", { inputmode: "numeric", value: "1" });
  const make = async () => {
    const at = (one) => new Date(one.value + "+08:00").toISOString();
    const input = { residencyId: where.value, guest: guest.value, begins: at(begins), ends: at(ends), entries: Number(times.value), phone: phone.value.trim() || null, plate: plate.value.trim() || null };
    const done = await wish("InviteVisitor", { input });
    announce(t("通行证已开", "The pass is made"));
    location.hash = "#/visitor/" + done.visitorPass.id;
  };
  return card(h("h2", t("邀请访客", "Invite somebody")), homes.length > 1 && entry(t("到哪里", "To"), where), entry(t("访客怎么称呼", "The guest's name"), guest), entry(t("从", "From"), begins), entry(t("到", "Until"), ends), entry(t("能进几次", "How many times"), times), entry(t("手机（用于发链接，可不填）", "Phone, to send the link (may be empty)"), phone), entry(t("车牌（可不填）", "Number plate (may be empty)"), plate), act(t("开通行证", "Make the pass"), make));
}

function listed(passes) {
  const line = ({ node }) => row("/visitor/" + node.id, node.guest ?? t("访客", "A visitor"), `${moment(node.begins)} – ${moment(node.ends)}`, tag(STANDINGS[node.standing](), node.standing === "GOOD" ? "gold" : ""));
  const next = async (after) => (await ask("VisitorPasses", { first: 20, after })).visitorPasses;
  return card(h("h2", t("我开的通行证", "My passes")), passes.edges.length ? going(passes, line, next) : empty(t("还没有。", "None yet.")));
}

function came(homes, shown, entries) {
  const others = homes.length > 1 && h("p.tags", homes.map((one) => (one.id === shown ? tag(homeName(one), "gold") : h("a", { href: "#/visitors/" + one.id }, homeName(one)))));
  const line = ({ node }) => h("div.row", h("span.grow", h("b", node.guest ?? WAYS[node.way]()), h("small", `${moment(node.at)} · ${node.gateName}`)), node.out && tag(t("出", "Out")), FINDINGS[node.finding] && tag(FINDINGS[node.finding](), "red"));
  const next = async (after) => (await ask("HomeEntries", { residencyId: shown, first: 20, after })).homeEntries;
  return card(h("h2", t("谁来过我家", "Who came to my home")), others, entries.edges.length ? going(entries, line, next) : empty(t("还没有记录。", "Nobody yet.")));
}

/** The rows of a page, and a button for the next. */
function going(page, line, next) {
  const list = h("div", page.edges.map(line));
  if (!page.pageInfo.hasNextPage) return list;
  const button = act(t("更多", "More"), async () => button.replaceWith(going(await next(page.pageInfo.endCursor), line, next)), "quiet");
  return h("div", list, button);
}

function cars(homes, plates, bays, parks, again) {
  if (!parks.length) return null;
  const typed = h("input", { maxlength: 9, autocomplete: "off", placeholder: "闽A12345" });
  const home = h("select", homes.filter((one) => parks.some((park) => park.estateId === one.estateId)).map((one) => h("option", { value: one.id }, homeName(one))));
  const rows = plates.map((one) => h("div.row", h("span.grow", h("b", one.plate)), surely(t("删除", "Remove"), t("删除这块车牌？", "Remove this plate?"), async () => { await wish("RemovePlate", { plateId: one.id }); again(); })));
  const ours = bays.map((one) => h("div.row", h("span.grow", h("b", t(`固定车位 ${one.number}`, `Bay ${one.number}`)), h("small", `${homeName(one)} · ${days(one.since, one.until)}`))));
  return card(h("h2", t("我的车", "My cars")), ours, parks.map((one) => h("p", t(`空车位 ${one.free} / ${one.bays}，访客可停 ${one.visitorFree}`, `Free bays ${one.free} / ${one.bays}; for visitors ${one.visitorFree}`))), rows, home.options.length > 1 && entry(t("哪一处住所", "Which home"), home), entry(t("登记车牌", "Register a plate"), typed), act(t("登记", "Register"), async () => { await wish("RegisterPlate", { residencyId: home.value, plate: typed.value }); again(); }, "quiet"));
}

export async function visitorScreen({ args: [passId], again }) {
  const { visitorPass: one } = await ask("VisitorPass", { passId });
  const title = t("访客通行证", "A visitor's pass");
  if (!one) return { title, body: [card(empty(t("没有这张通行证。", "There is no such pass.")))] };
  const send = async () => { await wish("SendVisitorLink", { passId }); announce(t("链接已发到访客手机", "The link was sent")); };
  const share = async () => { await navigator.share({ title, url: one.url }).catch(() => {}); };
  const copy = async () => { await navigator.clipboard.writeText(one.url); announce(t("链接已复制", "The link is copied")); };
  const revoke = surely(t("撤销通行证", "Take it back"), t("撤销后访客进不了门。", "The guest will not be let in."), async () => { await wish("RevokeVisitorPass", { passId }); again(); });
  return {
    title,
    body: [
      card(h("h2", one.guest ?? t("访客", "A visitor")), tag(STANDINGS[one.standing](), one.standing === "GOOD" ? "gold" : ""), facts([t("从", "From"), moment(one.begins)], [t("到", "Until"), moment(one.ends)], [t("已用", "Used"), `${one.used} / ${one.entries}`], one.plate && [t("车牌", "Plate"), one.plate])),
      one.url && card(h("p", t("把这个链接给访客，在门口打开就有动态码：", "Give this link to the guest; at the gate it shows a code that changes:")), h("p", h("b", one.url)), navigator.share && act(t("分享链接", "Share the link"), share), act(t("复制链接", "Copy the link"), copy, navigator.share ? "quiet" : "primary"), one.phone && act(t("发短信", "Send it by text message"), send, "quiet")),
      ["EARLY", "GOOD"].includes(one.standing) && card(revoke),
    ],
  };
}
