// Queues: the board of a hall, taking a number, and one's place as it moves.
import { ask, follow, signedIn, wish } from "../api.js";
import { act, announce, card, empty, h, link, surely, tag } from "../dom.js";
import { name, plural, t } from "../words.js";

const LOOK_AGAIN = 15e3;
const minutes = (seconds) => (seconds === null ? t("还估不准", "not known yet") : t(`约 ${Math.max(1, Math.round(seconds / 60))} 分钟`, `about ${Math.max(1, Math.round(seconds / 60))} min`));

export async function queueScreen({ args: [venueId], signal }) {
  const board = h("div.stack", { "aria-live": "polite" });
  const look = async () => board.replaceChildren(...drawn((await ask("QueueBoard", { venueId })).queueBoard).filter(Boolean));
  await look();
  const timer = setInterval(() => look().catch(() => {}), LOOK_AGAIN);
  signal.addEventListener("abort", () => clearInterval(timer));
  return { title: t("现场取号", "Take a number"), body: [board] };
}

function drawn(board) {
  if (!board) return [empty(t("这里不叫号。", "No numbers are called here."))];
  const called = board.called.slice(0, 6).map((one) => h("li", h("b", one.number), h("span", one.counter)));
  return [
    h("section.board", h("h2", board.venue), called.length ? h("ol", called) : h("p", t("还没有叫号", "Nobody called yet"))),
    ...board.queues.map((one) => card(h("div.spread", h("h3", `${one.queue.letter} ${one.queue.name}`), tag(one.taking ? t("放号中", "Open") : t("未放号", "Closed"), one.taking ? "" : "red")),
      (one.taking || one.waiting > 0) && h("p.soft", t(`${one.waiting} 人等候，${one.counters} 个窗口，`, `${one.waiting} waiting, ${plural(one.counters, "counter")}, `), minutes(one.wait)),
      one.taking ? act(t("取号", "Take a number"), () => take(one.queue)) : h("p.soft", t(`取号时间 ${one.queue.opens}–${one.queue.closes}`, `Numbers are given ${one.queue.opens}–${one.queue.closes}`)))),
    !board.queues.length && empty(t("今天没有排队。", "No queues today.")),
  ];
}

async function take(queue) {
  if (!signedIn()) return void (location.hash = "#/sign-in");
  const { ticket } = await wish("TakeNumber", { queueId: queue.id, serviceId: null });
  announce(t(`你的号：${ticket.number}`, `Your number: ${ticket.number}`));
  location.hash = "#/tickets";
}

/** A number, and where it stands, as it moves. */
export function ticketCard(one, signal, again) {
  const place = h("section.card.ticket", { "aria-live": "polite" });
  const draw = (now) => place.replaceChildren(...standing(now, again).filter(Boolean));
  draw(one);
  if (["WAITING", "CALLED"].includes(one.ticket.state)) follow("OnTicketChanged", { ticketId: one.ticket.id }, signal, draw);
  return place;
}

export async function ticketsScreen({ signal, again }) {
  const { myTickets } = await ask("MyTickets");
  const places = myTickets.map((one) => ticketCard(one, signal, again));
  return { title: t("我的排号", "My numbers"), body: places.length ? places : [empty(t("现在没有排号。", "You hold no number.")), link("/venues", h("span.button", t("找大厅", "Find a hall")))] };
}

function standing({ ticket, queue, place }, again) {
  const open = ticket.state === "WAITING";
  const leave = () => surely(t("不等了", "Leave"), t("放弃这个号？", "Give this number up?"), async () => { await wish("LeaveQueue", { ticketId: ticket.id }); again(); });
  return [
    h("div.spread", h("b.number", ticket.number), tag(name("ticket", ticket.state), ticket.state === "CALLED" ? "gold" : "")),
    h("p", [ticket.venue, queue.name, ticket.ownNumber && t(`院内号 ${ticket.ownNumber}`, `the hospital's number ${ticket.ownNumber}`)].filter(Boolean).join(" · ")),
    ticket.state === "CALLED" && h("p.big", t("请到 ", "Go to "), ticket.counter),
    place && h("p.big", t(`前面 ${place.ahead} 人`, `${place.ahead} ahead of you`), h("small", " · ", minutes(place.wait))),
    open && leave(),
    ticket.state === "ABSENT" && !ticket.returned && act(t("我来了，重新排队", "I am here: queue again"), async () => { await wish("ReturnToQueue", { ticketId: ticket.id }); again(); }),
  ];
}
