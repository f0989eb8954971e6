// Air, water and weather: what is near me, how it was, notices in force, and being told when it gets bad.
import { ask, signedIn, wish } from "../api.js";
import { act, alarm, announce, card, empty, entry, facts, h, hour, link, moment, row, surely, tag } from "../dom.js";
import { name, plural, t } from "../words.js";

const CENTRE = { latitude: 26.0745, longitude: 119.2965 };
const TONES = ["green", "green", "gold", "red", "red", "red"];
const to = (id) => `/station/${encodeURIComponent(id)}`;

/** Where somebody is is asked for when he wants it, and not kept. */
const position = () => new Promise((done, failed) => {
  const failure = () => failed(new Error(t("没有取得定位。", "Your place could not be found.")));
  if (!navigator.geolocation) return failure();
  navigator.geolocation.getCurrentPosition(({ coords }) => done({ latitude: coords.latitude, longitude: coords.longitude }), failure, { timeout: 10e3 });
});

export async function surroundingsScreen({ again }) {
  const [{ surroundings }, { weatherNotices }, { stationsNear }] = await Promise.all([ask("Surroundings"), ask("WeatherNotices"), ask("StationsNear", { position: CENTRE, first: 12 })]);
  const list = h("div.stack", { "aria-live": "polite" }, stationsNear.map(near));
  const mine = async () => {
    const found = (await ask("StationsNear", { position: await position(), first: 12 })).stationsNear;
    list.replaceChildren(...(found.length ? found.map(near) : [empty(t("50 公里内没有监测站。", "No station within 50 km."))]));
  };
  return { title: t("空气·水质·天气", "Air, water, weather"), body: [...weatherNotices.map(notice), ...surroundings.map(overview), act(t("我附近的监测站", "Stations near me"), mine, "quiet"), card(h("h2", t("监测站", "Stations")), list), ...(signedIn() ? [...(await watches(again)), own(again)] : [])] };
}

const notice = (one) => h(`section.card.weather.${one.weatherLevel.toLowerCase()}`, h("h2", one.title), h("p", one.words), h("p.small", t(`${moment(one.issuedAt)} 发布，至 ${moment(one.until)}`, `Issued ${moment(one.issuedAt)}, until ${moment(one.until)}`)));

/** The level of the city's mean, which is what the words beside it say. */
const meanLevel = ({ kind, mean }) => (kind === "AIR" ? 1 + [50, 100, 150, 200, 300].filter((most) => mean > most).length : mean);

const overview = (one) => card(h("div.spread", h("h2", name("stationKind", one.kind)), one.mean !== null && tag(one.words, TONES[meanLevel(one) - 1])), facts([t("全市平均", "City, mean"), one.mean === null ? "—" : one.kind === "AIR" ? String(one.mean) : one.words], [t("正常上报", "Heard of"), `${one.heard} / ${one.stations}`], ...(one.worst ? [[t("最差", "Worst"), `${one.worst.name} · ${standing(one.worst)}`]] : [])));

const standing = (one) => (one.stale || !one.standing ? t("暂无数据", "no data now") : one.kind === "AIR" ? `${one.standing.value}${one.standing.beyond ? "+" : ""} ${one.standing.words}` : one.standing.words);

const near = ({ station, metres }) => row(to(station.id), station.name, [name("stationKind", station.kind), metres >= 1000 ? `${(metres / 1000).toFixed(1)} km` : `${metres} m`].join(" · "), station.stale || !station.standing ? tag(t("暂无数据", "no data now")) : tag(standing(station), TONES[station.standing.level - 1]));

export async function stationScreen({ args, query }) {
  const id = args.join("/"), span = ["DAY", "WEEK", "MONTH"].includes(query.get("span")) ? query.get("span") : "DAY", measure = query.get("measure");
  const [{ station }, { stationChart }] = await Promise.all([ask("Station", { id }), ask("StationChart", { station: id, span, measure })]);
  if (!station) return { title: t("没有这个监测站", "No such station"), body: [link("/surroundings", t("看别的", "See others"))] };
  const chips = ["DAY", "WEEK", "MONTH"].map((one) => h("a.chip", { href: `#${to(id)}?span=${one}${measure ? `&measure=${measure}` : ""}`, "aria-pressed": String(one === span) }, name("chartSpan", one)));
  const values = station.values.map((one) => h("a.row", { href: `#${to(id)}?span=${span}&measure=${one.measure}` }, h("span.grow", name("measure", one.measure)), h("b", `${fine(one.value)} ${one.unit}`)));
  return { title: station.name, body: [
    card(h("div.spread", h("h2", standing(station)), station.at && h("small", hour(station.at))), station.stale && alarm(t("这个站超过三小时没有上报，以下是它最后的数据。", "Not heard of for three hours: this is what it told last.")), station.standing && !station.stale && h("p", station.standing.advice), station.standing?.by.length > 0 && h("p.small", t("主要因子：", "Because of: "), station.standing.by.map((one) => name("measure", one)).join(t("、", ", ")))),
    card(h("h2", measure ? name("measure", measure) : station.kind === "AIR" ? t("空气质量指数", "Air quality index") : t("水质类别", "Class of water")), h("div.chips", chips), chart(stationChart, station.kind === "WATER" && !measure)),
    card(h("h2", t("实测值", "Measured")), values),
    signedIn() && watching(station),
  ] };
}

/** As fine as anybody reads it: three figures. */
const fine = (value) => String(Number(value.toPrecision(3)));

/** A line with its range; a gap where nothing is known. `classes`: the values are classes of water. */
function chart(told, classes) {
  const known = told?.points.filter((one) => one.hours) ?? [];
  if (!known.length) return empty(t("这段时间没有数据。", "Nothing is known of that time."));
  const W = 320, H = 120, top = Math.max(...known.map((one) => one.most)) * 1.1 || 1, step = W / told.points.length;
  const x = (n) => ((n + 0.5) * step).toFixed(1), y = (value) => (H - 6 - (value / top) * (H - 12)).toFixed(1);
  const ranges = told.points.map((one, n) => (one.hours ? `<line x1="${x(n)}" x2="${x(n)}" y1="${y(one.least)}" y2="${y(one.most)}" stroke="#9cc8b8" stroke-width="${Math.max(2, step * 0.5).toFixed(1)}" stroke-linecap="round"/>` : "")).join("");
  const path = told.points.map((one, n, all) => (one.hours ? `${n && all[n - 1].hours ? "L" : "M"}${x(n)} ${y(one.mean)}` : "")).join("");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${W} ${H}" preserveAspectRatio="none">${ranges}<path d="${path}" fill="none" stroke="#0d7a5f" stroke-width="2" stroke-linejoin="round"/></svg>`;
  const least = Math.min(...known.map((one) => one.least)), most = Math.max(...known.map((one) => one.most));
  const missing = told.points.length - known.length;
  const said = (value) => (classes ? name("waterClass", String(Math.round(value))) : `${fine(value)} ${told.unit}`.trim());
  const words = t(`最低 ${said(least)}，最高 ${said(most)}`, `Lowest ${said(least)}, highest ${said(most)}`) + (missing ? t(`；${missing} 处没有数据`, `; ${plural(missing, "gap")}`) : "");
  return h("figure.chart", h("img", { src: "data:image/svg+xml;utf8," + encodeURIComponent(svg), alt: words }), h("figcaption.small", words));
}

function watching(station) {
  const level = h("select", [3, 4, 5, 6].map((one) => h("option", { value: one }, name(station.kind === "AIR" ? "airLevel" : "waterClass", String(one)))));
  const place = h("select", ["HOME", "WORK", "SCHOOL", "OTHER"].map((one) => h("option", { value: one }, name("watchedPlace", one))));
  const set = async () => {
    await wish("WatchSurroundings", { input: { place: place.value, position: station.position, kind: station.kind, level: Number(level.value) } });
    announce(t("达到这个级别时会提醒你", "You will be told when it reaches that level"));
    location.hash = "#/surroundings";
  };
  return card(h("h2", t("变差时提醒我", "Tell me when it gets bad")), entry(t("达到", "From"), level), entry(t("这是我的", "This is"), place), act(t("设置提醒", "Set the alert"), set));
}

/** A place of one's own: where one is, or any place of the directory. */
function own(again) {
  const kind = h("select", ["AIR", "WATER"].map((one) => h("option", { value: one }, name("stationKind", one))));
  const level = h("select"), levels = () => level.replaceChildren(...[3, 4, 5, 6].map((one) => h("option", { value: one }, name(kind.value === "AIR" ? "airLevel" : "waterClass", String(one)))));
  const place = h("select", ["HOME", "WORK", "SCHOOL", "OTHER"].map((one) => h("option", { value: one }, name("watchedPlace", one))));
  const called = h("input", { maxlength: "20", placeholder: t("如：外婆家（可不填）", "Such as: Grandma's (need not be said)") });
  const search = h("input", { type: "search", maxlength: "60", placeholder: t("搜小学、小区、公园…", "School, estate, park…"), autocomplete: "off" });
  const found = h("div.stack", { "aria-live": "polite" });
  const set = async (where) => {
    await wish("WatchSurroundings", { input: { place: place.value, name: called.value, position: where, kind: kind.value, level: Number(level.value) } });
    announce(t("达到这个级别时会提醒你", "You will be told when it reaches that level"));
    again();
  };
  const look = async () => {
    const { searchPlaces } = await ask("SearchPlaces", { text: search.value.trim(), openNow: false, first: 6 });
    found.replaceChildren(...(searchPlaces.edges.length ? searchPlaces.edges.map(({ node }) => h("div.row", h("span.grow", h("b", node.name), h("small", node.address)), act(t("就这里", "Here"), () => set({ latitude: node.position.latitude, longitude: node.position.longitude }), "quiet"))) : [empty(t("没有找到。", "Nothing found."))]));
  };
  kind.addEventListener("change", levels);
  levels();
  return card(h("h2", t("提醒我的地方", "Alerts at a place of mine")), entry(t("哪一种", "What"), kind), entry(t("达到", "From"), level), entry(t("这是我的", "This is"), place), entry(t("名字", "Name"), called), act(t("用我现在的位置", "Where I am now"), async () => set(await position())), entry(t("或者找一个地方", "Or another place"), search), act(t("查找", "Find it"), look, "quiet"), found);
}

async function watches(again) {
  const { surroundingsWatches } = await ask("SurroundingsWatches");
  if (!surroundingsWatches.length) return [];
  const line = (one) => h("div.row", h("span.grow", h("b", `${one.name || name("watchedPlace", one.place)} · ${one.station?.name ?? "—"}`), h("small", [one.words, one.toldAt ? t(`上次提醒 ${moment(one.toldAt)}`, `told ${moment(one.toldAt)}`) : t("还没有提醒过", "not told yet")].join(" · "))), surely(t("取消", "Drop"), t("取消这个提醒？", "Drop this alert?"), async () => { await wish("DropSurroundingsWatch", { watch: one.id }); again(); }));
  return [card(h("h2", t("我的提醒", "My alerts")), surroundingsWatches.map(line))];
}
