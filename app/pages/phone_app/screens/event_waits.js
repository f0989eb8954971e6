// Waiting for tickets of a session that is sold out: joining the list, seeing where one stands, taking what is offered.
import { ask, wish } from "../api.js";
import { act, announce, card, countdown, entry, facts, h, link, moment, row, surely, tag } from "../dom.js";
import { grouped, name, t } from "../words.js";

const TONES = { OFFERED: "gold", TAKEN: "green", WAITING: "blue" };
const price = (money) => (money ? "¥" + grouped(money.amount) : t("免费", "Free"));

/** Below a session for which there are too few tickets. */
export function waitingPart(session, event) {
  const count = h("input", { type: "number", min: 1, max: event.perPerson, value: 1, inputmode: "numeric" });
  const join = async () => {
    const { wait } = await wish("JoinEventWaitingList", { sessionId: session.id, count: Number(count.value) });
    announce(t("已加入候补", "You are on the waiting list"));
    location.hash = "#/event-wait/" + wait.id;
  };
  return card(h("h2", t("候补", "Waiting list")), h("p.soft", t("有人退票时按顺序提供给您，短时保留；领取时才付款。", "What comes free is offered in order and kept for a short time; you pay when you take it.")), entry(t("候补几张", "How many"), count), act(t("加入候补", "Wait for tickets"), join));
}

/** Above one's tickets: lists one is on. */
export async function openWaits() {
  const { eventWaits: found } = await ask("EventWaits", { first: 50 });
  const open = found.edges.map(({ node }) => node).filter((one) => one.state === "OFFERED" || one.state === "WAITING");
  open.sort((one, other) => (other.state === "OFFERED") - (one.state === "OFFERED"));
  return open.map((one) => row("/event-wait/" + one.id, one.event, [one.startsAt && moment(one.startsAt), one.venue?.name].filter(Boolean).join(" · "), tag(name("eventWait", one.state), TONES[one.state] ?? "")));
}

export async function eventWaitScreen({ args: [id], again }) {
  const { eventWaits: found } = await ask("EventWaits", { first: 50 });
  const one = found.edges.map(({ node }) => node).find((node) => node.id === id);
  if (!one) return { title: t("没有这个候补", "No such place on a list"), body: [link("/event-tickets", t("看全部", "See all"))] };
  const wanted = t(`${one.count} 张`, `${one.count}`);
  return {
    title: one.event,
    body: [
      card(h("div.spread", h("p.big", one.startsAt ? moment(one.startsAt) : ""), tag(name("eventWait", one.state), TONES[one.state] ?? "")), facts([t("地点", "Where"), `${one.venue?.name ?? ""} · ${one.hall}`], [t("张数", "Tickets"), wanted], [t("票款", "Price"), price(one.total)], one.state === "WAITING" && [t("前面还有", "Before you"), t(`${one.ahead} 人`, `${one.ahead}`)], one.places.some((place) => place.includes("-")) && [t("保留的座位", "Seats"), one.places.join(t("、", ", "))])),
      ...(PARTS[one.state]?.(one, again) ?? []),
    ],
  };
}

const PARTS = { OFFERED: offered, WAITING: waiting, TAKEN: taken };

function offered(one, again) {
  const method = h("select", ["WALLET", "GATEWAY"].map((which) => h("option", { value: which }, name("payMethod", which))));
  const take = async () => {
    const { purchase } = await wish("TakeOfferedTickets", { waitId: one.id, method: one.total ? method.value : null });
    announce(purchase.state === "GOOD" ? t("出票了", "The tickets are yours") : t("请在保留时间内支付", "Please pay while they are held"));
    location.hash = "#/event-ticket/" + purchase.id;
  };
  return [h("p.note", t(`为您保留到 ${moment(one.until)}`, `Kept for you until ${moment(one.until)}`), " ", h("span.soft", countdown(one.until, again))), one.total && card(entry(t("用什么付", "Paid from"), method)), act(one.total ? t("购票", "Buy") : t("领票", "Take them"), take), leaving(one, again, t("让给下一位", "Let the next one have them"), t("把票让给下一位？", "Let the next one have them?"))];
}

function waiting(one, again) {
  return [h("p.soft", t("轮到您时会通知您。", "You will be told when it is your turn.")), leaving(one, again, t("退出候补", "Leave the list"), t("退出候补？", "Leave the waiting list?"))];
}

function taken(one) {
  return [link("/event-ticket/" + one.purchaseId, h("span.button", t("看票", "See the tickets")))];
}

const leaving = (one, again, label, sure) => surely(label, sure, async () => { await wish("LeaveEventWaitingList", { waitId: one.id }); again(); });
