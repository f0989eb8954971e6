// The shell: the bars above and below, what is shown while a screen comes, and what when it does not come.
import { actFor, actingFor, ask, Refused, signedIn } from "./api.js";
import { act, alarm, h } from "./dom.js";
import { openAnew, screenOf, UNLOADED } from "./screens.js";
import { english, locale, speak, t } from "./words.js";

const OPEN = new Set(["", "sign-in", "surroundings", "station", "emergency", "volunteers", "volunteer-activity", "wishes", "transit", "stop", "line", "trip", "journey", "events", "event", "session", "library", "sights", "sight", "places", "place", "search", "item", "venues", "venue", "queue", "ask", "receipt", "public-cases", "public", "talk", "thread", "moderation", "surveys", "survey", "proposals", "proposal"]);
// What is always one's own: coming here one acts for nobody else.
const OWN = new Set(["", "me", "sign-in", "wallet", "pay-code"]);
const TABS = [
  ["", "⌂", "首页", "Home"], ["search", "⌕", "办事", "Services"], ["venues", "◷", "预约", "Appointments"],
  ["ask", "☺", "问一问", "Ask"], ["me", "◍", "我的", "Me"],
];
const isOpen = (to) => OPEN.has(to.replace(/^\//, "").split(/[/?]/)[0]);
let leaving = null;

/** `#/name/argument?with=words` → the screen's name, its arguments and its parameters. */
function address() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [screen, ...args] = path.split("/").map(decodeURIComponent);
  return { screen, args, query: new URLSearchParams(query) };
}

async function show() {
  const { screen, args, query } = address();
  leaving?.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  if (!signedIn() && !OPEN.has(screen)) return location.replace("#/sign-in");
  if (screen === "for") return await goFor(args);
  if (OWN.has(screen)) actFor(null);
  const place = document.getElementById("screen");
  place.setAttribute("aria-busy", "true");
  place.replaceChildren(h("div.loading", h("i"), h("i"), h("i"), h("span.hidden", t("正在打开", "Opening"))));
  bars(screen, "");
  const made = await open(screen, { args, query, signal, again: show, isOpen });
  if (signal.aborted) return;
  bars(screen, made.title);
  place.replaceChildren(...[made.body].flat(3).filter(Boolean));
  place.removeAttribute("aria-busy");
  scrollTo(0, 0);
  if (made.focus !== false) place.focus({ preventScroll: true });
  made.shown?.();
}

/** `#/for/WARD/screen/…`: that screen, for the ward, until one comes home. */
async function goFor([id, ...rest]) {
  const { wards } = await ask("Wards").catch(() => ({ wards: [] }));
  const found = wards.find((one) => one.ward.id === id && one.state === "ACTIVE");
  actFor(found ? { id, name: known(id) ?? found.ward.maskedName } : null);
  location.replace("#/" + (found ? rest.map(encodeURIComponent).join("/") : ""));
}

/** The names that the home page told. */
const known = (id) => JSON.parse(sessionStorage.getItem("rong.wards") ?? "{}")[id];

/** For whom one acts is said on every screen. */
function forWhom() {
  const ward = actingFor();
  return ward && h("p.for", { role: "status" }, t("正在代 ", "For "), h("b", ward.name), t(" 办理", ""), h("a", { href: "#/" }, t("回到本人", "Back to myself")));
}

async function open(address, visit) {
  try {
    const screen = await screenOf(address);
    return visit.signal.aborted ? null : await screen(visit);
  } catch (refused) {
    console.debug(refused);
    // What the browser itself says (there is no network, an answer is none) is nothing for people.
    const said = [Refused, Error].includes(refused.constructor) ? refused.message : t("这一页没能打开，请再试一次。", "This page could not be opened. Try again.");
    if (refused.code === "FORBIDDEN" && actingFor()) return onesOwn();
    const again = refused.code === UNLOADED ? openAnew : async () => show();
    return { title: t("出了点问题", "Something is wrong"), body: [alarm(said), act(t("再试一次", "Try again"), again)] };
  }
}

/** What a guardian may not do, or what is one's own alone: it is said, and leads back. */
const onesOwn = () => ({
  title: t("不能代办", "Not for somebody else"),
  body: [h("p.note", t("这一项不能代别人办理。", "This cannot be done for somebody else.")), act(t("回到本人", "Back to myself"), async () => { actFor(null); await show(); })],
});

function bars(screen, title) {
  const home = screen === "sign-in" || TABS.some(([to]) => to === screen);
  document.title = (title ? title + " · " : "") + "融 Rong";
  document.getElementById("top").replaceChildren(
    home ? h("img", { src: "/app/rong.svg", alt: "" }) : h("button.back", { onclick: () => history.back(), "aria-label": t("返回", "Back") }, "‹"),
    h("h1", title || "融 Rong"),
    h("button.pill", { onclick: change, lang: english() ? "zh-CN" : "en" }, english() ? "中文" : "English"),
  );
  document.getElementById("for").replaceChildren(...[forWhom()].filter(Boolean));
  document.getElementById("tabs").replaceChildren(
    ...TABS.map(([to, icon, zh, en]) => {
      const here = to === screen;
      return h("a", { href: "#/" + to, "aria-current": here && "page" }, h("i", { "aria-hidden": "true" }, icon), h("span", t(zh, en)));
    }),
  );
}

/** A link that was texted: `?case=NUMBER&receipt=…`. The receipt does not stay in the address that pages are told. */
function opened(query) {
  if (query.has("case") && query.has("receipt")) history.replaceState(null, "", `/app#/receipt/${encodeURIComponent(query.get("case"))}/${encodeURIComponent(query.get("receipt"))}`);
}

function change() {
  speak(english() ? "zh-CN" : "en");
  show();
}

speak({ en: "en", zh: "zh-CN" }[new URLSearchParams(location.search).get("lang")] ?? locale());
opened(new URLSearchParams(location.search));
addEventListener("hashchange", show);
show();
