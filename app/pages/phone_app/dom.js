// Elements by a short call, and the formats of the city: its time, its money.
import { english, grouped, t } from "./words.js";

/** h("button.primary", {onclick, disabled}, "text", node, [nodes]) — text is always text, never markup. */
export function h(what, ...rest) {
  const [tag, ...classes] = what.split(".");
  const made = document.createElement(tag || "div");
  if (classes.length) made.className = classes.join(" ");
  const plain = (value) => value && typeof value === "object" && !(value instanceof Node) && !Array.isArray(value);
  if (plain(rest[0])) for (const [name, value] of Object.entries(rest.shift())) put(made, name, value);
  made.append(...rest.flat(9).filter((one) => one !== null && one !== undefined && one !== false));
  return made;
}

function put(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "value" || name === "checked") element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

export const link = (to, ...inside) => h("a", { href: "#" + to }, ...inside);
export const row = (to, title, small, end) =>
  h("a.row", { href: "#" + to }, h("span.grow", h("b", title), small && h("small", small)), end, h("i.go", { "aria-hidden": "true" }, "›"));
export const card = (...inside) => h("section.card", ...inside);
export const tag = (text, tone = "") => h("span.tag" + (tone && "." + tone), text);
export const empty = (text) => h("p.empty", text);
export const facts = (...pairs) =>
  h("dl.facts", pairs.filter(Boolean).map(([name, value]) => h("div", h("dt", name), h("dd", value))));
export const alarm = (text) => h("p.alarm", { role: "alert" }, text);

const ZONE = { timeZone: "Asia/Shanghai" };
const say = (form) => (text) => (text ? new Intl.DateTimeFormat(english() ? "en-GB" : "zh-CN", { ...ZONE, ...form }).format(new Date(text)) : "");
export const moment = say({ month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit" });
export const hour = say({ hour: "2-digit", minute: "2-digit" });
export const day = say({ month: "short", day: "numeric", weekday: "short" });
export const date = say({ year: "numeric", month: "short", day: "numeric" });
/** A home of an estate: what is but a number is said to be one. */
export const homeName = ({ building, room }) => (/^\d+$/.test(building) ? t(`${building} 幢 ${room}`, `Building ${building}, ${room}`) : `${building} · ${room}`);
/** From one civil day to another, both with them. */
export const days = (first, last) => (last ? `${date(first)} – ${date(last)}` : t(`自 ${date(first)} 起`, `from ${date(first)}`));
export const isoDay = (ahead = 0) => new Intl.DateTimeFormat("sv-SE", ZONE).format(Date.now() + ahead * 86400e3);
export const yuan = (fen) => (fen ? "¥" + grouped((fen / 100).toFixed(2)) : t("免费", "Free"));

/** The city's own links without their host: the app only ever fetches from where it was served. */
export function local(address) {
  const url = new URL(address, location.href);
  return url.pathname + url.search;
}

/** Counts down to a moment by itself until it leaves the page; `then` runs once at its end. */
export function countdown(until, then) {
  const shown = h("b.count", { role: "timer" });
  const tick = () => {
    const left = Math.max(0, Math.round((new Date(until) - Date.now()) / 1000));
    shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left && (shown.isConnected || !shown.dataset.seen)) setTimeout(tick, 1000);
    else if (!left && shown.isConnected) then?.();
    if (shown.isConnected) shown.dataset.seen = "1";
  };
  tick();
  return shown;
}

/** A button that works once at a time, and shows what was refused right below itself. */
export function act(words, work, look = "primary") {
  const told = h("span.told", { role: "alert" });
  const button = h("button." + look, { type: "button" }, words);
  button.addEventListener("click", async () => {
    button.disabled = true;
    told.textContent = "";
    try {
      await work();
    } catch (refused) {
      told.textContent = refused.message;
    } finally {
      button.disabled = false;
    }
  });
  return h("div.act", button, told);
}

/** The same, after a question. */
export const surely = (words, question, work) => act(words, async () => { if (confirm(question)) await work(); }, "quiet");

export function announce(text) {
  const place = document.getElementById("say");
  place.textContent = text;
  place.classList.add("seen");
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => place.classList.remove("seen"), 3500);
}

export function entry(label, input, help) {
  const id = "e" + ++entry.count;
  input.id = id;
  const fault = h("span.told", { role: "alert", id: id + "f" });
  input.setAttribute("aria-describedby", id + "f");
  const whole = h("div.entry", h("label", { for: id }, label), help && h("small", help), input, fault);
  whole.fault = (text) => {
    fault.textContent = text ?? "";
    input.toggleAttribute("aria-invalid", Boolean(text));
  };
  return whole;
}
entry.count = 0;
