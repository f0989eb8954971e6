// The directory: classes, what is open nearby, searching by words, one place with its hours and what people say of it.
import { ask, signedIn, wish } from "../api.js";
import { act, alarm, announce, card, empty, facts, h, link, moment, row, tag } from "../dom.js";
import { name, t } from "../words.js";
import { hoursInWords } from "./opening_hours.js";

const FIELDS = ["PHONE", "HOURS", "ADDRESS", "NAME", "CLOSED"];
const stars = (count) => "★".repeat(Math.round(count)) + "☆".repeat(5 - Math.round(count));

export async function placesScreen({ query, signal }) {
  const { placeClasses } = await ask("PlaceClasses");
  const seek = { text: query.get("q") ?? "", class: query.get("class"), kind: null, openNow: true, near: null };
  const input = h("input", { type: "search", value: seek.text, placeholder: t("药店、公厕、充电桩…", "Pharmacy, toilet, charging…"), "aria-label": t("搜索场所", "Search places"), autocomplete: "off", list: "place-names" });
  const names = h("datalist", { id: "place-names" });
  const found = h("div.stack", { "aria-live": "polite" });
  const chips = h("div.stack");
  const go = () => list(seek, found).catch((refused) => found.replaceChildren(alarm(refused.message)));
  const draw = () => chips.replaceChildren(...choices(seek, placeClasses, () => { draw(); go(); }));
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      seek.text = input.value.trim();
      if (seek.text) names.replaceChildren(...(await ask("SuggestPlaces", { text: seek.text })).suggestPlaces.map((one) => h("option", { value: one })));
      go();
    }, 180);
  });
  signal.addEventListener("abort", () => clearTimeout(waiting));
  draw();
  await go();
  const kept = signedIn() && link("/places-kept", h("span.button.quiet", t("我的收藏", "Kept at hand")));
  return { title: t("便民地图", "Places"), body: [h("div.find", input, names), act(t("看看我附近的", "Show what is near me"), () => here(seek, go), "quiet"), chips, found, kept] };
}

function choices(seek, classes, changed) {
  const press = (text, on, then) => h("button.chip", { type: "button", "aria-pressed": String(on), onclick: () => { then(); changed(); } }, text);
  const chosen = classes.find((one) => one.code === seek.class);
  return [
    h("div.chips", classes.map((one) => press(one.name, one.code === seek.class, () => Object.assign(seek, { class: one.code === seek.class ? null : one.code, kind: null })))),
    chosen && h("div.chips", chosen.kinds.map((one) => press(one.name, one.code === seek.kind, () => (seek.kind = one.code === seek.kind ? null : one.code)))),
    h("div.chips", press(t("现在营业", "Open now"), seek.openNow, () => (seek.openNow = !seek.openNow))),
  ].filter(Boolean);
}

/** Where somebody is is asked for when he wants it, and not kept. */
const here = (seek, go) => new Promise((done, failed) => {
  const failure = () => failed(new Error(t("没有取得定位。", "Your place could not be found.")));
  if (!navigator.geolocation) return failure();
  navigator.geolocation.getCurrentPosition(async ({ coords }) => {
    seek.near = { latitude: coords.latitude, longitude: coords.longitude };
    await go();
    done();
  }, failure, { timeout: 10e3 });
});

async function list(seek, place) {
  const turn = (seek.turn = (seek.turn ?? 0) + 1);
  const answer = await sought(seek);
  if (turn !== seek.turn) return;
  const rows = h("div");
  const more = h("div.stack");
  const show = ({ edges, pageInfo }) => {
    rows.append(...edges.map(({ node }) => placeRow(node)));
    const next = async () => {
      const further = await sought(seek, pageInfo.endCursor);
      if (turn === seek.turn) show(further);
    };
    more.replaceChildren(...(pageInfo.hasNextPage ? [act(t("再看一些", "Show more"), next, "quiet")] : []));
  };
  show(answer);
  place.replaceChildren(card(rows.childElementCount ? rows : empty(t("没有找到。", "Nothing found."))), more);
}

async function sought({ text, turn: _, ...which }, after = null) {
  const given = Object.fromEntries(Object.entries({ ...which, after }).filter(([, value]) => value !== null));
  return text ? (await ask("SearchPlaces", { text, ...given, first: 20 })).searchPlaces : (await ask("Places", { ...given, first: 20, metres: 5000 })).places;
}

function placeRow(one) {
  const away = one.metres !== null && t(`${one.metres} 米`, `${one.metres} m`);
  const rated = one.rating.average !== null && `★ ${one.rating.average}`;
  return row("/place/" + one.id, one.name, [one.kind.name, away, rated, one.address].filter(Boolean).join(" · "), one.opening.open === null ? null : tag(one.opening.open ? t("营业中", "open") : t("休息", "closed"), one.opening.open ? "" : "gold"));
}

export async function placesKeptScreen() {
  const { favouritePlaces } = await ask("FavouritePlaces", { first: 50 });
  return { title: t("我的收藏", "Kept at hand"), body: [card(favouritePlaces.edges.length ? favouritePlaces.edges.map(({ node }) => placeRow(node)) : empty(t("还没有收藏。", "Nothing yet.")))] };
}

export async function placeScreen({ args: [id], again }) {
  const { place: one, placeReviews } = await ask("Place", { id });
  if (!one) return { title: t("场所", "Place"), body: [empty(t("没有这个场所。", "There is no such place."))] };
  const keep = async () => {
    await wish("KeepPlace", { placeId: id, kept: !one.favourite });
    again();
  };
  const today = one.opening.today.map((span) => `${span.start}–${span.end}`).join(", ");
  return {
    title: one.name,
    body: [
      card(
        h("div.tags", tag(one.kind.name), tag(one.opening.explanation, one.opening.open ? "" : "gold")),
        one.about && h("p", one.about),
        facts([t("今天", "Today"), today || "—"], [t("营业时间", "Hours"), one.hours ? hoursInWords(one.hours).map((line) => h("div", line)) : t("未知", "not known")], [t("地址", "Address"), one.address || "—"], one.phone && [t("电话", "Telephone"), h("a", { href: "tel:" + one.phone }, one.phone)], one.operator && [t("运营", "Run by"), one.operator.name]),
        one.state !== "ACTIVE" && h("p.alarm", t("这个场所已经停业。", "It is there no more.")),
      ),
      signedIn() ? act(one.favourite ? t("取消收藏", "Let it go") : t("收藏", "Keep at hand"), keep, "quiet") : link("/sign-in", h("span.button", t("登录后收藏、评价或纠错", "Sign in to keep, rate or put right"))),
      rated(one, placeReviews), signedIn() && rating(id, again), signedIn() && correcting(id, again),
    ],
  };
}

function rated({ rating: { average, count }, kind }, found) {
  const told = kind.usersOnly ? t("去过的人才能评价。", "Rated by who used it.") : "";
  const rows = found.edges.map(({ node }) => h("div.row", h("span.grow", h("b", `${node.name} ${stars(node.stars)}`), h("small", moment(node.at)), node.words && h("p", node.words), node.reply && h("p.soft", `${node.reply.by.name}${t("：", ": ")}${node.reply.words}`))));
  return card(h("h2", average === null ? t("评价", "Reviews") : `${stars(average)} ${average} · ${t(`${count} 条`, `${count}`)}`), told && h("p.soft", told), rows.length ? rows : empty(t("还没有评价。", "No review yet.")));
}

function rating(placeId, again) {
  const count = h("select", { "aria-label": t("星级", "Stars") }, [5, 4, 3, 2, 1].map((one) => h("option", { value: String(one) }, stars(one))));
  const words = h("textarea", { rows: "3", maxlength: "1000", placeholder: t("说说您的体验（可不写）", "How was it? (need not be said)"), "aria-label": t("评价", "Review") });
  const send = async () => {
    const { review } = await wish("ReviewPlace", { placeId, stars: Number(count.value), words: words.value });
    announce(review.standing === "SHOWN" ? t("谢谢您的评价", "Thank you") : t("审核后显示", "It is shown when somebody has looked at it"));
    again();
  };
  return card(h("h2", t("我来评价", "Rate it")), h("div.stack", count, words, act(t("提交评价", "Send"), send)));
}

function correcting(placeId, again) {
  const field = h("select", { "aria-label": t("哪一项", "What") }, FIELDS.map((one) => h("option", { value: one }, name("placeField", one))));
  const value = h("input", { maxlength: "200", placeholder: t("应该是…", "It should be…"), "aria-label": t("应为", "Should be") });
  const note = h("input", { maxlength: "300", placeholder: t("说明（停业必填）", "Why (needed when it is gone)"), "aria-label": t("说明", "Note") });
  const send = async () => {
    await wish("ProposePlaceCorrection", { placeId, field: field.value, value: value.value, note: note.value });
    announce(t("谢谢，有人会看。", "Thank you. Somebody will look."));
    again();
  };
  return card(h("h2", t("信息不对？", "Something wrong?")), h("div.stack", field, value, note, act(t("提交纠错", "Send"), send, "quiet")));
}
