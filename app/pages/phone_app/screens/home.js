// Home: the card, what waits for oneself and for those one acts for, what is near, services that may be needed and why, and
// nine scenes with their ways in. Who has not signed in sees what is open to all.
import { ask, follow, signedIn, wish } from "../api.js";
import { card, day, empty, h, link, local, moment, row, tag } from "../dom.js";
import { grouped, name, t } from "../words.js";

const TURNS = ["BIRTH", "SCHOOL", "WORK", "HOME", "MARRIAGE", "ILLNESS", "RETIREMENT", "BEREAVEMENT"];
// Where a thing that waits is looked at.
const ROOMS = {
  PAYMENT_TO_CONFIRM: "/payment/", TREATMENT_TO_ANSWER: "/treatment/", BOOKING_TO_CONFIRM: "/booking/", BOOKING: "/booking/", EVENT_TICKET_TO_PAY: "/event-ticket/", EVENT_TICKET_OFFERED: "/event-wait/", EVENT_TICKET: "/event-ticket/", APPLICATION_RETURNED: "/application/",
  APPLICATION_DRAFT: "/draft/", CASE_TO_RATE: "/case/", BILL: "/bill/", LICENCE_ENDS: "/licence/",
  SHOP_ORDER_TO_PAY: "/shop-order/", SHOP_ORDER_COMING: "/shop-order/", SHOP_ORDER_READY: "/shop-order/", FOLLOW_UP: "/follow-up/", VISITOR: "/visitor/", REPAIR_TO_RATE: "/repair/", FAMILY_VISIT: "/family-visit/", VOTE: "/vote/",
};
const WITHOUT_PAGE = { TICKET: "/tickets", BOOKS: "/library", CREDIT: "/credit-dues", PARCEL: "/parcels", CARE_CHECK_IN: "/care", CARE_TO_ANSWER: "/care", STAY_TO_ANSWER: "/family-visits" };
const PRESSING = new Set(["PAYMENT_TO_CONFIRM", "TICKET", "CARE_CHECK_IN", "TREATMENT_TO_ANSWER", "CARE_TO_ANSWER", "STAY_TO_ANSWER", "BOOKING_TO_CONFIRM", "EVENT_TICKET_TO_PAY", "EVENT_TICKET_OFFERED", "SHOP_ORDER_TO_PAY", "APPLICATION_RETURNED"]);
const BY_DAY = new Set(["FOLLOW_UP", "BOOKS", "VOTE", "BILL", "CREDIT", "PARCEL", "LICENCE_ENDS"]);
const NEAR = { PLACE: "/place/", STOP: "/stop/" };

export async function homeScreen(visit) {
  return signedIn() ? own(visit) : open(visit);
}

async function own({ signal, again }) {
  const { home } = await ask("Home");
  const unread = h("b", String(home.unreadCount));
  follow("OnUnreadCountChanged", {}, signal, (count) => (unread.textContent = count));
  sessionStorage.setItem("rong.wards", JSON.stringify(Object.fromEntries(home.wards.map((one) => [one.wardId, one.name]))));
  return {
    title: greeting(home),
    body: [
      face(home), search(), begin(home), waiting(home, unread), wards(home),
      h("section.scenes", home.scenes.map(scene)), suggested(home, again), around("Home", (found) => found.home),
    ],
  };
}

async function open({ isOpen }) {
  const { openHome } = await ask("OpenHome");
  const scenes = openHome.scenes.map((one) => ({ ...one, entries: one.entries.filter(({ to }) => isOpen(to)) }));
  return {
    title: greeting(openHome),
    body: [
      link("/sign-in", h("div.face.none", h("b", t("登录后，这里是你的首页", "Sign in, and this is your home")), h("span", t("办件、缴费、预约、家人的事，一眼看清", "Applications, bills, bookings, your family: at a glance")))),
      search(), h("p.small.soft", t("不登录也可以用：", "Open to all, without signing in:")),
      h("section.scenes", scenes.filter((one) => one.entries.length).map(scene)), around("OpenHome", (found) => found.openHome),
    ],
  };
}

function greeting({ name: person, partOfDay }) {
  const words = { MORNING: ["早上好", "Good morning"], NOON: ["中午好", "Good day"], AFTERNOON: ["下午好", "Good afternoon"], EVENING: ["晚上好", "Good evening"], NIGHT: ["夜深了", "Good night"] }[partOfDay];
  return person ? `${t(...words)}${t("，", ", ")}${person}` : t(...words);
}

const search = () => h("form.find", { onsubmit: find }, h("input", { type: "search", name: "text", placeholder: t("想办什么事？", "What do you need done?"), "aria-label": t("搜索", "Search") }));

function find(event) {
  event.preventDefault();
  location.hash = "#/search?q=" + encodeURIComponent(event.target.elements.text.value);
}

function face({ card: held, verified }) {
  if (!held && verified) return link("/me", h("div.face.none", h("b", t("还没有市民卡", "No citizen card yet")), h("span", t("立刻领取", "Get one at once"))));
  return held && link("/me", h("img.face", { src: local(held.face.webp), alt: t(`虚拟市民卡 ${held.number}，出示市民码`, `Virtual citizen card ${held.number}: show its code`) }));
}

/** For who has just come: the first steps, and what each opens. */
function begin({ verified }) {
  if (verified) return false;
  const steps = [
    ["/me", t("实名认证", "Verify who you are"), t("一分钟；之后可以缴费、预约、办件", "A minute; then you can pay, book and apply")],
    ["/me", t("领取市民卡", "Get your citizen card"), t("一张卡坐车、看病、借书、办事", "One card for buses, hospitals, libraries and offices")],
    ["/search", t("看看城市能办什么", "See what the city does for you"), t("用你自己的话来找", "Ask in your own words")],
  ];
  return card(h("h2", t("欢迎，从这里开始", "Welcome: begin here")), steps.map(([to, title, small], place) => row(to, `${place + 1}. ${title}`, small)));
}

const lines = (due, before = "") => due.map((one) => row(before + address(one), one.title || name("due", one.kind), [one.place, when(one)].filter(Boolean).join(" · "), [
  one.amount && h("b.sum", "¥" + grouped(one.amount.amount)), tag(name("due", one.kind), PRESSING.has(one.kind) ? "gold" : ""),
]));

function waiting({ due, verified }, unread) {
  const messages = row("/inbox", t("消息", "Messages"), t("未读", "unread"), unread);
  return card(h("h2", t("等你处理", "Waiting for you")), due.length ? lines(due) : empty(verified ? t("都办好了，没有等你处理的事。", "All done: nothing waits for you.") : t("还没有等你处理的事。", "Nothing waits for you yet.")), messages);
}

/** What is a ward's stands by itself, under his name, and opens in his name. */
function wards({ wards: all }) {
  const idle = all.filter((one) => !one.due.length).map(whose);
  return [
    all.filter((one) => one.due.length).map(ofWard),
    idle.length > 0 && h("p.small.soft", t(`${idle.join("、")}没有要处理的事。`, `Nothing waits for ${idle.join(", ")}.`)),
  ];
}

const whose = ({ name: person, relation }) => person ?? name("ward", relation);

function ofWard(one) {
  const title = t(`${whose(one)}的事`, `For ${whose(one)}`);
  return h("section.card.ward", { "aria-label": title }, h("div.spread", h("h2", title), tag(name("ward", one.relation), "gold")), lines(one.due, `/for/${encodeURIComponent(one.wardId)}`));
}

/** Of what has a last day the day is said, of what begins or lapses the moment. */
const when = ({ kind, at }) => at && (BY_DAY.has(kind) ? t(`${day(at)}前`, `by ${day(at)}`) : moment(at));
const address = ({ kind, aboutId }) => WITHOUT_PAGE[kind] ?? ROOMS[kind] + aboutId;

function scene(one) {
  return h("div.scene", h("h2", one.name), h("div.chips", one.entries.map((entry) => h("a.chip", { href: "#" + entry.to }, entry.name))));
}

function suggested({ suggestions, turns }, again) {
  const press = (turn) => async () => {
    await wish("ChooseLifeEvents", { turns: turns.includes(turn) ? turns.filter((one) => one !== turn) : [...turns, turn].slice(-3) });
    again();
  };
  const wave = (one) => async (event) => {
    event.preventDefault();
    await wish("DismissSuggestion", { suggestion: one.key });
    again();
  };
  return card(
    h("h2", t("可能用得上", "You may need")),
    suggestions.map((one) => row("/item/" + one.item, one.name, one.reason, h("button.wave", { type: "button", onclick: wave(one), "aria-label": t("不再推荐", "Do not suggest this") }, "×"))),
    h("p.small", t("我正在经历（最多三项）：", "I am at (three at most):")),
    h("div.chips", TURNS.map((turn) => h("button.chip", { type: "button", onclick: press(turn), "aria-pressed": String(turns.includes(turn)) }, name("turn", turn)))),
  );
}

/** Where somebody is is asked for when he wants it, and not kept. */
function around(operation, page) {
  const near = h("div.near");
  const one = (thing) => row(NEAR[thing.kind] + thing.aboutId, thing.name, t(`${thing.metres} 米`, `${thing.metres} m`), thing.openNow === null ? null : tag(thing.openNow ? t("营业中", "open") : t("未营业", "closed")));
  const show = (found) => near.replaceChildren(...(found.length ? found.map(one) : [empty(t("附近没有找到。", "Nothing near."))]));
  const look = () => navigator.geolocation.getCurrentPosition(
    async ({ coords }) => show(page(await ask(operation, { near: { latitude: coords.latitude, longitude: coords.longitude } })).near),
    () => near.replaceChildren(empty(t("没有得到位置。", "There is no position."))),
  );
  return card(h("h2", t("附近", "Near you")), near, h("button.quiet", { type: "button", onclick: look }, t("用我的位置查找", "Use my position")));
}
