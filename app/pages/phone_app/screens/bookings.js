// My bookings and waiting lists; one booking: confirm, pay, move, cancel, put it into the calendar.
import { ask, follow, wish } from "../api.js";
import { act, announce, card, countdown, empty, facts, h, hour, isoDay, link, local, moment, row, surely, tag, yuan } from "../dom.js";
import { name, t } from "../words.js";
import { ticketCard } from "./queues.js";

export async function bookingsScreen({ again }) {
  const [{ myBookings }, { waitingPlaces }] = await Promise.all([ask("MyBookings", { first: 50 }), ask("WaitingPlaces")]);
  const rows = myBookings.edges.map(({ node }) => row("/booking/" + node.id, node.serviceName, `${moment(node.startsAt)} · ${node.venueName}`, tag(name("booking", node.state), ["HELD", "OFFERED"].includes(node.state) ? "gold" : "")));
  const places = waitingPlaces.map((one) => h("div.row", h("span.grow", h("b", `${one.first} – ${one.last}`), h("small", name("waiting", one.state), " · ", t(`前面 ${one.ahead} 人`, `${one.ahead} ahead`))),
    one.offerId ? link("/booking/" + one.offerId, t("去看", "See it")) : one.state === "WAITING" && surely(t("退出", "Leave"), t("退出候补？", "Leave the list?"), async () => { await wish("LeaveWaitingList", { placeId: one.id }); again(); })));
  return { title: t("我的预约", "My bookings"), body: [card(rows.length ? rows : empty(t("还没有预约。", "No bookings yet."))), places.length > 0 && card(h("h2", t("候补", "Waiting lists")), places), link("/venues", h("span.button", t("预约一个时间", "Book a time")))] };
}

/** The city gives bookings by pages; the one looked for is among the newest. */
async function find(id) {
  for (let after = null; ; ) {
    const { myBookings } = await ask("MyBookings", { first: 50, after });
    const found = myBookings.edges.find(({ node }) => node.id === id);
    if (found) return found.node;
    if (!myBookings.pageInfo.hasNextPage) return null;
    after = myBookings.pageInfo.endCursor;
  }
}

export async function bookingScreen({ args: [id], signal, again }) {
  const one = await find(id);
  if (!one) return { title: t("没有这个预约", "No such booking"), body: [link("/bookings", t("看全部", "See all"))] };
  follow("OnBookingChanged", {}, signal, (changed) => changed?.id === id && again());
  const fee = one.payment === "NONE" ? yuan(one.fee) : `${yuan(one.fee)} · ${name("payment", one.payment)}`;
  return {
    title: one.serviceName,
    body: [
      card(h("div.spread", h("p.big", moment(one.startsAt), h("small", " – ", hour(one.endsAt))), tag(name("booking", one.state), ["HELD", "OFFERED"].includes(one.state) ? "gold" : one.state === "CANCELLED" ? "red" : "")),
        facts([t("地点", "Where"), h("span", one.venueName, h("br"), h("small", one.address))], [t("窗口或医生", "With"), one.resourceName], [t("费用", "Fee"), fee], one.bring && [t("请带", "Bring"), one.bring], [t("预约号", "Number"), one.ownNumber ?? one.number], one.reason && [t("原因", "Why"), one.reason])),
      ...(await order(one, signal, again)),
      ...(ACTIONS[one.state]?.(one, again) ?? []),
    ],
  };
}

const THERE = new Set(["ARRIVED", "CALLED"]);
const cityDay = (moment) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date(moment));

/** The call order, on the day: the number by which one is called and how many are before, or how one gets it. */
async function order(one, signal, again) {
  if (!(one.state === "BOOKED" || THERE.has(one.state)) || cityDay(one.startsAt) !== isoDay()) return [];
  const { myTickets } = await ask("MyTickets");
  const mine = myTickets.find(({ ticket }) => ticket.bookingId === one.id);
  if (mine) return [ticketCard(mine, signal, again)];
  return [card(h("h2", t("叫号", "Call order")), h("p.soft", t("到了以后出示市民码报到，就能在这里看到你的号和前面几人。", "Show your code at the door when you are there: then your number stands here, and how many are before you.")), row("/queue/" + one.venueId, t("看大厅叫号", "See the board")))];
}

const ACTIONS = { HELD: held, OFFERED: offered, BOOKED: booked };

function held(one, again) {
  const due = one.payment === "DUE" && one.payAt;
  const confirm = async () => {
    const { booking } = await wish("ConfirmBooking", { bookingId: one.id });
    announce(booking.state === "BOOKED" ? t("约好了", "Booked") : t("请在保留时间内付款", "Please pay while it is held"));
    again();
  };
  return [
    h("p.note", t("为你保留 ", "Held for you for "), countdown(one.holdUntil, again)),
    due && h("a.button", { href: one.payAt, target: "_blank", rel: "noreferrer" }, t("去付款 ", "Pay ") + yuan(one.fee)),
    act(due ? t("我付好了", "I have paid") : t("确认预约", "Confirm"), confirm, due ? "quiet" : "primary"),
    act(t("不要了", "Give it back"), async () => { await wish("CancelBooking", { bookingId: one.id }); again(); }, "quiet"),
  ];
}

function offered(one, again) {
  const answer = (operation, look, words) => act(words, async () => { await wish(operation, { bookingId: one.id }); again(); }, look);
  return [h("p.note", t("有人退号，给你留到 ", "Somebody cancelled; it is yours for "), countdown(one.holdUntil, again)), answer("AcceptOffer", "primary", t("我要", "Take it")), answer("DeclineOffer", "quiet", t("不要", "No, thank you"))];
}

function booked(one, again) {
  return [
    h("p.soft", t(`${moment(one.cutOff)} 以前可以改或取消`, `Can be moved or cancelled until ${moment(one.cutOff)}`)),
    h("a.button", { href: local(one.calendarFile), download: "" }, t("加到日历", "Add to the calendar")),
    link(`/slots/${one.serviceId}?venue=${one.venueId}&move=${one.id}`, h("span.button.quiet", t("改时间", "Move it"))),
    surely(t("取消预约", "Cancel it"), t("取消这个预约？", "Cancel this booking?"), async () => { await wish("CancelBooking", { bookingId: one.id }); again(); }),
  ];
}
