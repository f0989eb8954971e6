// What is on, with seats and tickets; my tickets with their codes; the library; sights and routes of a day.
import { ask, signedIn, wish } from "../api.js";
import { act, alarm, announce, card, countdown, date, day, empty, entry, facts, h, hour, isoDay, link, moment, row, surely, tag } from "../dom.js";
import { grouped, name, t } from "../words.js";
import { openWaits, waitingPart } from "./event_waits.js";
import { picture } from "./licences.js";

const KINDS = ["EXHIBITION", "CONCERT", "PLAY", "OPERA", "LECTURE", "SPORT", "WORKSHOP", "FAMILY"];
const TONES = { GOOD: "green", HELD: "gold", CANCELLED: "red" };
const CROWDS = { QUIET: "green", BUSY: "", WARNING: "gold", FULL: "red", UNKNOWN: "" };
const price = (money) => (money ? "¥" + grouped(money.amount) : t("免费", "Free"));

/** Where somebody is is asked for when he wants it, and not kept. */
const position = () => new Promise((done, failed) => {
  const failure = () => failed(new Error(t("没有取得定位。", "Your place could not be found.")));
  if (!navigator.geolocation) return failure();
  navigator.geolocation.getCurrentPosition(({ coords }) => done({ latitude: coords.latitude, longitude: coords.longitude }), failure, { timeout: 10e3 });
});

export async function eventsScreen({ query }) {
  const asked = { kind: query.get("kind"), q: query.get("q") ?? "", day: query.get("day") ?? "" };
  const to = (change) => "#/events?" + new URLSearchParams(Object.entries({ ...asked, ...change }).filter(([, value]) => value));
  const find = async (near) => (await ask("CultureEvents", { kind: asked.kind, sought: { words: asked.q || null, day: asked.day || null, near, metres: near ? 5000 : null }, first: 50 })).cultureEvents.edges;
  const list = h("div", { "aria-live": "polite" }, eventRows(await find(null)));
  const seek = (event) => {
    event.preventDefault();
    location.hash = to({ q: event.target.elements.text.value.trim() });
  };
  const chips = h("div.chips", [null, ...KINDS].map((one) => h("a.chip", { href: to({ kind: one }), "aria-current": String(one === asked.kind) }, one ? name("eventKind", one) : t("全部", "All"))));
  const days = h("div.chips", [["", t("不限日期", "Any day")], [isoDay(), t("今天", "Today")], [isoDay(1), t("明天", "Tomorrow")]].map(([value, label]) => h("a.chip", { href: to({ day: value }), "aria-current": String(value === asked.day) }, label)), h("input.chip", { type: "date", value: asked.day, min: isoDay(), "aria-label": t("选日期", "A day"), onchange: ({ target }) => { location.hash = to({ day: target.value }); } }));
  return {
    title: t("文化活动", "What is on"),
    body: [
      h("form.find", { onsubmit: seek }, h("input", { type: "search", name: "text", value: asked.q, maxlength: 40, placeholder: t("活动、场馆", "Event or house"), "aria-label": t("找活动", "Search events") })),
      chips, days, act(t("看我附近的", "Near me"), async () => list.replaceChildren(...[eventRows(await find(await position()))].flat()), "quiet"), card(list),
      card(row("/event-tickets", t("我的票", "My tickets")), row("/library", t("图书馆", "Library")), row("/sights", t("景点与路线", "Sights and routes"))),
    ],
  };
}

function eventRows(edges) {
  const rows = edges.map(({ node }) => row("/event/" + node.id, node.name, [when(node), node.metres !== null && far(node.metres)].filter(Boolean).join(" · "), h("b.sum", price(node.price))));
  return rows.length ? rows : empty(t("没有这样的活动。", "Nothing like that is on."));
}

const far = (metres) => (metres >= 1000 ? `${(metres / 1000).toFixed(1)} km` : t(`${metres} 米`, `${metres} m`));

function when(event) {
  const next = event.sessions.find((one) => one.state === "OPEN" && new Date(one.endsAt) > Date.now());
  return next ? [moment(next.startsAt), next.venue?.name].filter(Boolean).join(" · ") : t("没有场次", "No session");
}

export async function eventScreen({ args: [id] }) {
  const { cultureEvent: one } = await ask("CultureEvent", { eventId: id });
  const title = one?.name ?? t("没有这个活动", "No such event");
  if (!one) return { title, body: [link("/events", t("看全部", "See all"))] };
  const sessions = one.sessions.map((session) => row(session.state === "OPEN" && one.state === "PUBLISHED" ? `/session/${one.id}/${session.id}` : "/event/" + one.id, `${moment(session.startsAt)} – ${(day(session.startsAt) === day(session.endsAt) ? hour : moment)(session.endsAt)}`, `${session.venue?.name ?? ""} · ${session.hall}`, state(session)));
  return {
    title,
    body: [
      one.state === "CANCELLED" && h("p.alarm", { role: "alert" }, t("活动已取消：", "Cancelled: "), one.reason),
      card(h("div.spread", tag(name("eventKind", one.kind)), h("b.sum", price(one.price))), h("p", one.words), facts([t("每人最多", "A person has at most"), t(`${one.perPerson} 张`, `${one.perPerson}`)], [t("退票", "Returned until"), t(`开场前 ${one.returnHours} 小时`, `${one.returnHours} h before it begins`)])),
      card(h("h2", t("选择场次", "Choose a session")), sessions),
    ],
  };
}

const state = (session) => (session.state === "CANCELLED" ? tag(t("已取消", "cancelled"), "red") : session.movedFrom ? tag(t("已改期", "moved"), "gold") : null);

export async function sessionScreen({ args: [eventId, sessionId] }) {
  const [{ cultureEvent: event }, { sessionPlaces: places }] = await Promise.all([ask("CultureEvent", { eventId }), ask("SessionPlaces", { sessionId })]);
  const session = event?.sessions.find((one) => one.id === sessionId);
  if (!session || !places) return { title: t("没有这个场次", "No such session"), body: [link("/events", t("看全部", "See all"))] };
  const chosen = new Set();
  const count = h("input", { type: "number", min: 1, max: event.perPerson, value: 1, inputmode: "numeric" });
  const method = h("select", ["WALLET", "GATEWAY"].map((one) => h("option", { value: one }, name("payMethod", one))));
  const take = async () => {
    const wanted = places.numbered ? { seats: [...chosen] } : { count: Number(count.value) };
    const { purchase } = await wish("BuyEventTickets", { sessionId, ...wanted, method: event.price ? method.value : null });
    announce(purchase.state === "GOOD" ? t("出票了", "The tickets are yours") : t("请在保留时间内支付", "Please pay while they are held"));
    location.hash = "#/event-ticket/" + purchase.id;
  };
  const buying = [
    places.numbered ? seating(places, chosen, event.perPerson) : card(entry(t("几张", "How many"), count)),
    event.price && card(entry(t("用什么付", "Paid from"), method)),
    signedIn() && act(event.price ? t("购票", "Buy") : t("领票", "Take them"), take),
  ];
  return {
    title: event.name,
    body: [
      card(h("p.big", moment(session.startsAt)), h("p.soft", `${session.venue?.name ?? ""} · ${session.hall}`), facts([t("余票", "Left"), String(places.free)], [t("票价", "Price"), price(event.price)])),
      ...(places.free ? buying : [h("p.note", t("票已取完。", "Sold out."))]),
      signedIn() && places.free < event.perPerson && waitingPart(session, event),
      !signedIn() && link("/sign-in", h("span.button", t("登录后取票", "Sign in to take tickets"))),
    ],
  };
}

/** Rows from the stage on; a seat is pressed to choose it, and again to let it go. */
function seating(places, chosen, most) {
  const taken = new Set(places.taken);
  const press = (seat) => ({ currentTarget: button }) => {
    if (chosen.has(seat)) chosen.delete(seat);
    else if (chosen.size < most) chosen.add(seat);
    button.setAttribute("aria-pressed", String(chosen.has(seat)));
  };
  const seat = (label, n) => {
    const id = `${label}-${n}`;
    return h("button.seat", { type: "button", disabled: taken.has(id), "aria-pressed": "false", "aria-label": id, onclick: press(id) }, String(n));
  };
  return card(h("h2", t("选座", "Choose seats")), h("p.soft", t("舞台在上方", "The stage is above")), h("div.seating", places.rows.map((line) => h("div.seats", h("b", line.label), Array.from({ length: line.seats }, (_, n) => seat(line.label, n + 1))))));
}

export async function eventTicketsScreen() {
  const [{ eventPurchases: found }, waits] = await Promise.all([ask("EventPurchases", { first: 50 }), openWaits()]);
  const rows = found.edges.map(({ node }) => row("/event-ticket/" + node.id, node.event, `${moment(node.startsAt)} · ${node.venue?.name ?? ""}`, tag(name("eventPurchase", node.state), TONES[node.state] ?? "")));
  return { title: t("我的票", "My tickets"), body: [waits.length > 0 && card(h("h2", t("候补", "Waiting lists")), waits), card(rows.length ? rows : empty(t("还没有票。", "No tickets yet."))), link("/events", h("span.button", t("看看有什么活动", "See what is on")))] };
}

export async function eventTicketScreen({ args: [id], signal, again }) {
  const { eventPurchase: one } = await ask("EventPurchase", { purchaseId: id });
  if (!one) return { title: t("没有这份票", "No such tickets"), body: [link("/event-tickets", t("看全部", "See all"))] };
  const place = h("div.code", { "aria-live": "polite" });
  const good = one.state === "GOOD";
  const tickets = one.tickets.map((ticket) => h("div.row", h("span.grow", h("b", ticket.place), h("small", name("eventTicket", ticket.state), ticket.usedAt ? " · " + moment(ticket.usedAt) : "")), good && ticket.state === "GOOD" && act(t("出示", "Show"), () => show(place, one, ticket, signal), "quiet")));
  return {
    title: one.event,
    body: [
      card(h("div.spread", h("p.big", moment(one.startsAt)), tag(name("eventPurchase", one.state), TONES[one.state] ?? "")), facts([t("地点", "Where"), `${one.venue?.name ?? ""} · ${one.hall}`], [t("订单号", "Number"), one.number], one.total && [t("票款", "Paid"), price(one.total)], one.refunded && Number(one.refunded.amount) > 0 && [t("已退", "Went back"), price(one.refunded)])),
      place, card(tickets), ...(ENDS[one.state]?.(one, again) ?? []),
    ],
  };
}

/** A fresh code; it renews itself while it is looked at. */
async function show(place, purchase, ticket, signal) {
  if (signal.aborted) return;
  const code = await wish("ShowTicketCode", { purchaseId: purchase.id, ticketId: ticket.id });
  if (signal.aborted) return;
  place.replaceChildren(picture(code.svg, t("票码", "Ticket code")), h("p", ticket.place, " · ", countdown(code.expiresAt, () => show(place, purchase, ticket, signal).catch((refused) => place.replaceChildren(h("p.alarm", { role: "alert" }, refused.message))))));
}

const ENDS = { HELD: held, GOOD: returnable };

function held(one, again) {
  const pay = async () => {
    const { purchase } = await wish("PayEventTickets", { purchaseId: one.id }, false);
    if (purchase.payAt) window.open(purchase.payAt, "_blank", "noreferrer");
  };
  return [h("p.note", t("为您保留 ", "Held for you for "), countdown(one.holdUntil, again)), act(t("去支付", "Pay"), pay), act(t("我付好了", "I have paid"), async () => again(), "quiet"), act(t("不要了", "Give them up"), async () => { await wish("GiveUpEventTickets", { purchaseId: one.id }); again(); }, "quiet")];
}

function returnable(one, again) {
  if (!one.returnableUntil || new Date(one.returnableUntil) < Date.now()) return [];
  return [h("p.soft", t(`${moment(one.returnableUntil)} 前可退`, `Can be returned until ${moment(one.returnableUntil)}`)), surely(t("退票", "Return them"), t("把没用过的票都退掉？", "Return all that were not used?"), async () => { await wish("ReturnEventTickets", { purchaseId: one.id }); again(); })];
}

/** The library does not always answer; what the city keeps by itself is shown all the same. */
const heard = (asked) => asked.catch((refused) => {
  if (refused.code !== "UNAVAILABLE") throw refused;
  return { silent: alarm(refused.message) };
});

export async function libraryScreen({ again, query }) {
  const words = query.get("q") ?? "";
  const [{ hasLibrary }, found] = await Promise.all([ask("HasLibrary"), words ? heard(ask("LibrarySearch", { words })) : null]);
  const title = t("图书馆", "Library");
  if (!hasLibrary) return { title, body: [card(empty(t("本市尚未接入图书馆。", "This city has no library to ask yet.")))] };
  const mine = signedIn() ? await readerPart(again) : [link("/sign-in", h("span.button", t("登录看我的借阅", "Sign in to see your loans")))];
  const seek = (event) => {
    event.preventDefault();
    location.hash = "#/library?q=" + encodeURIComponent(event.target.elements.text.value);
  };
  return {
    title,
    body: [
      h("form.find", { onsubmit: seek }, h("input", { type: "search", name: "text", value: words, placeholder: t("书名、作者", "Title or author"), "aria-label": t("查书", "Search") })),
      found && (found.silent ?? card(h("h2", t(`找到 ${found.librarySearch.total} 本`, `${found.librarySearch.total} found`)), found.librarySearch.holdings.map((one) => holding(one, again)))),
      ...mine,
    ],
  };
}

/** Where it is read online, when it is. */
const reader = (one) => /^https?:/.test(one.online) && h("a", { href: one.online, target: "_blank", rel: "noreferrer" }, t("在线阅读", "Read online"));

function holding(one, again) {
  const keep = async () => { await wish("AddToReadingList", { title: one.title, author: one.author, item: one.item, online: one.online }); announce(t("已加入书单", "It is on your list")); again(); };
  const reserve = async () => { await wish("ReserveBook", { item: one.item }); announce(t("已预约", "Reserved")); again(); };
  return h("div.row", h("span.grow", h("b", one.title), h("small", [one.author, one.year, one.branch, one.shelf].filter(Boolean).join(" · ")), reader(one)), signedIn() && one.item && act(t("预约", "Reserve"), reserve, "quiet"), signedIn() && act(t("书单", "List"), keep, "quiet"));
}

async function atTheLibrary() {
  const [{ libraryCard }, { libraryLoans: loans }, { libraryReservations: held }] = await Promise.all([ask("LibraryCard"), ask("LibraryLoans"), ask("LibraryReservations")]);
  return { libraryCard, loans, held };
}

async function readerPart(again) {
  const [{ silent, libraryCard, loans, held }, { readingList }] = await Promise.all([heard(atTheLibrary()), ask("ReadingList", { first: 50 })]);
  return [silent ?? (libraryCard ? readerCard(libraryCard, loans, held, again) : binding(again)), readingPart(readingList, again), h("p.small", t("您借了什么、读什么，只有您和图书馆知道。", "What you borrow and read is known to you and the library alone."))];
}

function readerCard(one, loans, held, again) {
  const renew = (loan) => async () => { const done = await wish("RenewLoan", { item: loan.item }); announce(done.loan.due ? t(`续借到 ${date(done.loan.due)}`, `Renewed until ${date(done.loan.due)}`) : t("已续借", "Renewed")); again(); };
  const rows = loans.map((loan) => h("div.row", h("span.grow", h("b", loan.title), h("small", loan.due ? t(`${date(new Date(loan.due))} 到期`, `due ${date(new Date(loan.due))}`) : "")), act(t("续借", "Renew"), renew(loan), "quiet")));
  const waits = held.map((item) => h("div.row", h("span.grow", h("b", item.title), h("small", item.ready ? t("已到架，可取", "Ready for you") : t("等待中", "Waiting"))), act(t("取消", "Cancel"), async () => { await wish("CancelReservation", { item: item.item }); again(); }, "quiet")));
  return card(
    h("div.spread", h("h2", t("我的借阅", "My loans")), h("small", one.number)), rows.length ? rows : empty(t("没有在借的书。", "Nothing is out.")), waits.length > 0 && [h("h2", t("预约", "Reserved")), waits],
    h("label.check", h("input", { type: "checkbox", checked: one.reminders, onchange: async ({ target }) => { await wish("ChooseLoanReminders", { on: target.checked }); } }), t("快到期时提醒我", "Tell me when something is due")),
    surely(t("解绑读者证", "Let go of the card"), t("解绑读者证？", "Let go of the card?"), async () => { await wish("LetGoOfLibraryCard"); again(); }),
  );
}

function binding(again) {
  const number = h("input", { autocomplete: "off", maxlength: 32, placeholder: "FZL200417" });
  const pin = h("input", { type: "password", autocomplete: "off", maxlength: 32, inputmode: "numeric" });
  const bind = async () => { await wish("BindLibraryCard", { card: number.value.trim(), pin: pin.value || null }); announce(t("绑定好了", "The card is bound")); again(); };
  return card(h("h2", t("绑定读者证", "Bind your reader's card")), entry(t("读者证号", "Number"), number), entry(t("密码", "PIN"), pin, t("不填则按您的实名核对", "Without it your real name is compared")), act(t("绑定", "Bind"), bind));
}

function readingPart(found, again) {
  const rows = found.edges.map(({ node }) => h("div.row", h("span.grow", h("b", node.title), h("small", [node.author, node.note].filter(Boolean).join(" · ")), reader(node)), act(node.read ? t("读过了", "Read") : t("标为读过", "Mark as read"), async () => { await wish("MarkTitleRead", { titleId: node.id, read: !node.read }); again(); }, "quiet"), act("×", async () => { await wish("TakeOffReadingList", { titleId: node.id }); again(); }, "quiet")));
  const title = h("input", { maxlength: 120, autocomplete: "off" });
  const add = async () => { await wish("AddToReadingList", { title: title.value }); again(); };
  return card(h("h2", t("我的书单", "My reading list")), rows.length ? rows : empty(t("书单是空的。", "Nothing on it yet.")), entry(t("加一本", "Add a title"), title), act(t("加入", "Add"), add, "quiet"));
}

export async function sightsScreen() {
  const [{ sights }, { dayRoutes }] = await Promise.all([ask("Sights"), ask("DayRoutes")]);
  const routes = dayRoutes.map((one) => card(h("h2", one.name), h("p.soft", `${one.words} ${t(`约 ${Math.round(one.minutes / 60)} 小时，步行 ${(one.metres / 1000).toFixed(1)} 公里`, `About ${Math.round(one.minutes / 60)} h, ${(one.metres / 1000).toFixed(1)} km`)}`), one.stops.map((stop) => sightRow(stop.sight))));
  return { title: t("景点与路线", "Sights and routes"), body: [card(sights.length ? sights.map(sightRow) : empty(t("还没有景点。", "No sights yet."))), ...routes] };
}

/** How crowded it is, and as of when; where nobody is let in now, that. */
const sightRow = (one) => row("/sight/" + one.id, one.name, [one.opening.explanation, one.opening.open !== false && countedAt(one.crowd)].filter(Boolean).join(" · "), one.opening.open === false ? tag(t("未开放", "Closed"), "blue") : tag(name("crowd", one.crowd.level), CROWDS[one.crowd.level]));

const countedAt = (crowd) => crowd.countedAt && t(`客流 ${hour(crowd.countedAt)} 统计`, `crowd counted at ${hour(crowd.countedAt)}`);

export async function sightScreen({ args: [id] }) {
  const { sight: one } = await ask("Sight", { sightId: id });
  if (!one) return { title: t("没有这个景点", "No such sight"), body: [link("/sights", t("看全部", "See all"))] };
  const { crowd } = one;
  const counted = crowd.countedAt && t(`${hour(crowd.countedAt)} 统计`, `counted at ${hour(crowd.countedAt)}`);
  return {
    title: one.name,
    body: [
      one.opening.open !== false && crowd.level === "FULL" && h("p.alarm", { role: "alert" }, t("已达最大承载量，暂停入园", "It is full: nobody else is let in for now")),
      one.opening.open !== false && crowd.level === "WARNING" && h("p.note", t("客流较大，请错峰前往", "It is crowded: better come later")),
      card(h("p", one.words), facts([t("地址", "Where"), one.address], [t("开放", "Open"), one.opening.explanation], [t("客流", "Crowd"), h("span", tag(name("crowd", crowd.level), CROWDS[crowd.level]), " ", crowd.percent === null || crowd.stale ? "" : `${crowd.percent}%`, h("br"), h("small", [counted, crowd.stale && t("已过时", "out of date")].filter(Boolean).join(" · ")))], [t("建议停留", "One stays"), t(`${one.minutes} 分钟`, `${one.minutes} min`)], one.price && [t("门票", "Price"), Number(one.price.amount) ? price(one.price) : t("免费", "Free")])),
    ],
  };
}
