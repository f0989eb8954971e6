// Leading a group: its check-in code on one's own phone, another one every fifteen seconds; and walking a route.
import { ask, wish } from "../api.js";
import { act, announce, card, countdown, entry, h, hour, tag } from "../dom.js";
import { t } from "../words.js";
import { picture } from "./licences.js";
import { fix, reading } from "./presence.js";

export async function leadScreen({ args: [id] }) {
  const { volunteerActivity: one } = await ask("VolunteerActivity", { activityId: id });
  if (!one) return { title: t("没有这项活动", "No such activity"), body: [] };
  const place = h("div.code", { "aria-live": "polite" });
  let way = "IN";
  const turn = async (next) => {
    way = next;
    await show(id, next, place, () => way === next);
  };
  await turn("IN");
  const ways = h("div.row", act(t("签到码", "Coming"), () => turn("IN"), "quiet"), act(t("签退码", "Leaving"), () => turn("OUT"), "quiet"));
  return { title: t("出示签到码", "Show the code"), body: [h("h2", one.title), ways, card(place), h("p.note", t("请志愿者用自己的手机拍这个码；转发的照片过几秒就失效。", "Volunteers read this with their own phones; a photo that is passed on is stale within seconds."))] };
}

/** The code of now, and the next one when it is over: as long as it is still this way that is shown. */
async function show(id, way, place, still) {
  const { ledActivityCode: code } = await ask("LedActivityCode", { activityId: id, way });
  if (!still()) return;
  if (code.message) return place.replaceChildren(h("p.alarm", { role: "alert" }, code.message));
  const next = () => show(id, way, place, still).catch((refused) => place.replaceChildren(h("p.alarm", { role: "alert" }, refused.message)));
  place.replaceChildren(h("h2", way === "IN" ? t("签到码", "The code for coming") : t("签退码", "The code for leaving")), picture(code.svg, t("签到二维码", "The check-in code")), h("p", h("small", code.text)), h("p", countdown(code.until, next), " · ", t(`已签到 ${code.came} 人`, `${code.came} have come`)));
}

export async function walking(one, place, again) {
  const { volunteerWalk: walk } = await ask("VolunteerWalk", { activityId: one.id });
  if (!walk) return [];
  const passed = new Map(walk.passed.map((point) => [point.pointId, point]));
  const there = place?.checkIn && !place.checkIn.outAt;
  const rows = walk.route.routePoints.map((point) => line(one, point, passed.get(point.id), there, again));
  return [card(h("div.spread", h("h2", walk.route.name), tag(`${passed.size} / ${rows.length}`, walk.whole ? "green" : "")), rows)];
}

function line(one, point, done, there, again) {
  const words = h("span.grow", h("b", point.name), point.guarded && h("small", t("要扫现场屏幕上的码", "Read the code on its screen")));
  if (done) return h("div.row", words, tag(hour(done.at), "green"));
  if (!there) return h("div.row", words);
  const [typed, photo] = point.guarded ? reading() : [null, null];
  const pass = async () => {
    await wish("PassVolunteerPoint", { activityId: one.id, pointId: point.id, fix: await fix(), code: typed?.value.trim() || null });
    announce(t("已打卡", "Passed"));
    again();
  };
  return h("div.stack", h("div.row", words), photo && entry(t("拍屏幕上的二维码", "A photo of the screen"), photo), typed && entry(t("或输入码上的文字", "Or the text below it"), typed), act(t("我到了", "I am here"), pass, "quiet"));
}
