// Buses: stops near me and by name, what leaves a stop with what is heard of it, routes and trips, journeys, favourites, watches.
import { ask, follow, signedIn, wish } from "../api.js";
import { act, alarm, announce, card, empty, h, hour, link, row, surely, tag } from "../dom.js";
import { name, t } from "../words.js";

// Ids hold what addresses are cut at.
const to = (screen, id) => `/${screen}/${encodeURIComponent(id)}`;
const minutes = (at) => Math.max(0, Math.floor((new Date(at) - Date.now()) / 60e3));
const soon = (at) => (minutes(at) >= 60 ? hour(at) : minutes(at) ? t(`${minutes(at)} 分钟`, `${minutes(at)} min`) : t("即将到站", "now"));

/** Where somebody is is asked for when he wants it, and not kept. */
const position = () => new Promise((done, failed) => {
  const failure = () => failed(new Error(t("没有取得定位。", "Your place could not be found.")));
  if (!navigator.geolocation) return failure();
  navigator.geolocation.getCurrentPosition(({ coords }) => done({ latitude: coords.latitude, longitude: coords.longitude }), failure, { timeout: 10e3 });
});

export async function transitScreen({ signal, again }) {
  const found = h("div.stack", { "aria-live": "polite" });
  const near = async () => {
    const { transitStopsNear } = await ask("TransitStopsNear", { place: await position(), metres: 800, first: 12 });
    found.replaceChildren(...(transitStopsNear.length ? transitStopsNear.map(({ stop, metres }) => row(to("stop", stop.id), stop.name, stop.routes.map((one) => one.name).join(" · "), h("small", t(`${metres} 米`, `${metres} m`)))) : [empty(t("800 米内没有站点。", "No stop within 800 m."))]));
  };
  const kept = signedIn() ? await mine(again) : [];
  return { title: t("公交", "Buses"), body: [searching(found, signal, stopRow, routeRow), act(t("附近的站", "Stops near me"), near, "quiet"), found, ...kept, link("/journey", h("span.button.quiet", t("怎么去", "Plan a journey")))] };
}

const stopRow = (stop) => row(to("stop", stop.id), stop.name, [stop.platform && t(`站台 ${stop.platform}`, `platform ${stop.platform}`), stop.code].filter(Boolean).join(" · "));
const routeRow = (route) => row(to("line", route.id), route.name, route.longName);

/** A field that finds stops as one types, and routes where they are wanted. */
function searching(found, signal, stop, route) {
  const input = h("input", { type: "search", placeholder: t("站名、线路", "Stop or line"), "aria-label": t("搜索站点和线路", "Search stops and lines"), autocomplete: "off" });
  let waiting = 0, turn = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mineTurn = ++turn, words = input.value.trim();
      if (!words) return found.replaceChildren();
      try {
        const { searchTransitStops, searchTransitRoutes } = await ask("SearchTransit", { words, first: 10 });
        if (mineTurn !== turn) return;
        const rows = [...(route ? searchTransitRoutes.map(route) : []), ...searchTransitStops.map(stop)];
        found.replaceChildren(...(rows.length ? rows : [empty(t("没有找到。", "Nothing was found."))]));
      } catch (refused) {
        found.replaceChildren(alarm(refused.message));
      }
    }, 180);
  });
  signal.addEventListener("abort", () => clearTimeout(waiting));
  return h("div.find", input);
}

async function mine(again) {
  const [{ transitFavourites }, { transitWatches }] = await Promise.all([ask("TransitFavourites"), ask("TransitWatches")]);
  const open = transitWatches.filter((one) => one.state === "OPEN");
  return [
    open.length > 0 && card(h("h2", t("到站提醒", "Watches")), open.map((one) => h("div.row", h("span.grow", h("b", one.route), h("small", t(`距 ${one.stop} ${one.stopsAway} 站时提醒 · ${hour(one.scheduledAt)}`, `${one.stopsAway} stops from ${one.stop} · ${hour(one.scheduledAt)}`))), surely(t("取消", "Drop"), t("取消这个提醒？", "Drop this watch?"), async () => { await wish("DropTransitWatch", { watch: one.id }); again(); })))),
    transitFavourites.length > 0 && card(h("h2", t("我的收藏", "Kept at hand")), transitFavourites.map((one) => (one.stop ? stopRow(one.stop) : one.route ? routeRow(one.route) : h("div.row", h("span.grow", h("b", one.name), h("small", t("现行时刻表里已没有", "No longer in the timetable"))))))),
  ];
}

export async function stopScreen({ args, signal, again }) {
  const id = args.join("/");
  const { transitDepartures } = await ask("TransitDepartures", { stop: id, first: 12 });
  if (!transitDepartures) return { title: t("没有这个站", "No such stop"), body: [link("/transit", t("查别的站", "Find another"))] };
  const place = h("div.stack", { "aria-live": "polite" });
  const draw = (board) => place.replaceChildren(...boardOf(board, id));
  draw(transitDepartures);
  if (signedIn()) follow("OnDeparturesChanged", { stop: id, first: 12 }, signal, draw);
  const { stop } = transitDepartures;
  return { title: stop.name, body: [card(place), await keeping({ stopId: id }, (one) => one.stop?.id === id, again), link("/journey?from=" + encodeURIComponent(id), h("span.button.quiet", t("从这里出发", "Go from here")))] };
}

function boardOf(board, stop) {
  const rows = board.departures.map((one) => departure(one, stop));
  return [...board.alerts.map((one) => h("p.note", h("b", one.title), one.text && ` ${one.text}`)), ...(rows.length ? rows : [empty(t("未来 24 小时没有班次。", "Nothing leaves within a day."))]), h("p.small", board.liveAt ? t("含实时数据", "With live data") : t("暂无实时数据，按时刻表显示", "No live data now: by the timetable"))];
}

function departure(one, stop) {
  const gone = one.state === "CANCELLED" || one.state === "SKIPPED";
  const at = one.expectedAt ?? one.scheduledAt;
  const said = [t(`开往 ${one.sign}`, `to ${one.sign}`), one.stop.platform && t(`站台 ${one.stop.platform}`, `platform ${one.stop.platform}`), one.expectedAt ? t(`时刻 ${hour(one.scheduledAt)}`, `due ${hour(one.scheduledAt)}`) : one.headwayMinutes ? t(`约每 ${one.headwayMinutes} 分钟一班`, `about every ${one.headwayMinutes} min`) : hour(one.scheduledAt)];
  const watch = act(t("提醒", "Watch"), async () => {
    await wish("WatchTransitTrip", { trip: one.tripId, stop, stopsAway: 3 });
    announce(t("还有 3 站时会提醒你", "You will be told when it is three stops away"));
  }, "quiet");
  return h("div.row", h("a.grow", { href: "#" + to("trip", one.tripId) }, h("b", one.route.name), h("small", said.filter(Boolean).join(" · "))),
    gone ? tag(name("transitState", one.state), "red") : h("b", soon(at)), one.state === "LIVE" && tag(one.stopsAway === null ? t("实时", "live") : t(`${one.stopsAway} 站`, `${one.stopsAway} stops`), "green"), !gone && signedIn() && watch);
}

/** The button that keeps a stop or a route at hand, or lets it go. */
async function keeping(input, same, again) {
  if (!signedIn()) return null;
  const { transitFavourites } = await ask("TransitFavourites");
  if (transitFavourites.some(same)) return act(t("取消收藏", "Keep it no more"), async () => { await wish("DropTransitFavourite", { input }); again(); }, "quiet");
  return act(t("收藏", "Keep at hand"), async () => { await wish("KeepTransitFavourite", { input }); again(); }, "quiet");
}

export async function lineScreen({ args, query, again }) {
  const id = args.join("/");
  const { transitRoute: route } = await ask("TransitRoute", { id });
  if (!route) return { title: t("没有这条线路", "No such line"), body: [link("/transit", t("查别的线路", "Find another"))] };
  const chosen = Math.min(Number(query.get("way")) || 0, route.directions.length - 1);
  const one = route.directions[chosen];
  if (!one) return { title: route.name, body: [empty(t("没有班次。", "Nothing runs on it."))] };
  const ways = route.directions.map((way, n) => h("a.chip", { href: `#${to("line", id)}?way=${n}`, "aria-pressed": String(n === chosen) }, t(`开往 ${way.sign}`, `to ${way.sign}`)));
  const input = { route: { routeId: id, direction: one.direction } };
  return { title: route.name, body: [h("p.soft", [name("transitKind", route.kind), route.agency].join(" · ")), h("div.chips", ways), card(one.stops.map(stopRow)), await keeping(input, (kept) => kept.route?.id === id && kept.direction === one.direction, again)] };
}

export async function tripScreen({ args, again }) {
  const { transitTrip: trip } = await ask("TransitTrip", { id: args.join("/") });
  if (!trip) return { title: t("没有这个班次", "No such trip"), body: [link("/transit", t("查公交", "Find buses"))] };
  const rows = trip.calls.map((one, n) => row(to("stop", one.stop.id), one.stop.name, one.skipped ? name("transitState", "SKIPPED") : one.expectedAt ? t(`时刻 ${hour(one.departsAt)}`, `due ${hour(one.departsAt)}`) : "", [n === trip.nextStop && tag(t("车在这里", "bus is here"), "green"), h("b", hour(one.expectedAt ?? one.departsAt))]));
  return { title: t(`${trip.route.name} 开往 ${trip.sign}`, `${trip.route.name} to ${trip.sign}`), body: [trip.cancelled && alarm(t("这一班停开。", "This one does not run.")), card(rows), act(t("刷新", "Look again"), again, "quiet")] };
}

export async function journeyScreen({ query, signal }) {
  const ends = { from: query.get("from"), to: query.get("to") };
  const go = (changed) => (location.hash = "#/journey?" + new URLSearchParams(Object.entries({ ...ends, ...changed }).filter(([, value]) => value)));
  const found = await Promise.all(["from", "to"].map((end) => chosenEnd(end, ends[end], signal, go)));
  const body = [...found];
  if (ends.from && ends.to) {
    const { transitJourneys } = await ask("TransitJourneys", { origin: { stopId: ends.from }, target: { stopId: ends.to } });
    body.push(...(transitJourneys.length ? transitJourneys.map(journey) : [card(empty(t("12 小时内没有换乘一次以内的走法。", "No way with one change at most within twelve hours.")))]));
  }
  return { title: t("怎么去", "Plan a journey"), body };
}

async function chosenEnd(end, id, signal, go) {
  const title = end === "from" ? t("从", "From") : t("到", "To");
  if (id) {
    const { transitStop } = await ask("TransitStop", { id });
    return card(h("div.row", h("span.grow", h("small", title), h("b", transitStop?.name ?? "?")), act(t("换", "Change"), () => go({ [end]: null }), "quiet")));
  }
  const found = h("div.stack");
  const choose = (stop) => h("button.row", { type: "button", onclick: () => go({ [end]: stop.id }) }, h("span.grow", h("b", stop.name), h("small", stop.code)));
  return card(h("h2", title), searching(found, signal, choose), found);
}

/** Whether its times are what the operator expects now, and how late that is. */
function heard(leg) {
  if (leg.expectedDepartsAt === null) return t("按时刻表", "by the timetable");
  const late = Math.round((new Date(leg.expectedDepartsAt) - new Date(leg.departsAt)) / 60e3);
  return late > 0 ? t(`实时，晚 ${late} 分`, `live, ${late} min late`) : t("实时", "live");
}

function tagged(one) {
  if (one.legs.every((leg) => leg.__typename === "TransitWalk")) return t("步行", "on foot");
  return one.changes ? t("换乘一次", "one change") : t("直达", "direct");
}

function journey(one) {
  const legs = one.legs.map((leg) => leg.__typename === "TransitWalk"
    ? h("p.soft", t(`步行约 ${leg.minutes} 分钟`, `Walk about ${leg.minutes} min`), leg.to && ` → ${leg.to.name}`)
    : row(to("trip", leg.tripId), `${hour(leg.expectedDepartsAt ?? leg.departsAt)} ${leg.route.name}`, `${leg.origin.name} → ${leg.target.name} · ${t(`${leg.stops} 站`, `${leg.stops} stops`)} · ${heard(leg)}`, h("b", hour(leg.expectedArrivesAt ?? leg.arrivesAt))));
  return card(h("div.spread", h("h2", `${hour(one.departsAt)} – ${hour(one.arrivesAt)}`), tag(tagged(one))), legs);
}
