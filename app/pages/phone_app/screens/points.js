// My points: how many and until when, what they can be given to, where they can be spent, how they came and went.
import { ask, wish } from "../api.js";
import { act, announce, card, date, empty, entry, h, moment } from "../dom.js";
import { grouped, name, plural, t } from "../words.js";

const count = (points) => t(`${grouped(points)} 分`, plural(points, "point"));

export async function pointsScreen({ again }) {
  const [{ points }, { goodCauses }, { pointPartners }, { pointHistory }] = await Promise.all([
    ask("Points"), ask("GoodCauses"), ask("PointPartners", { first: 20 }), ask("PointHistory", { first: 20 }),
  ]);
  return { title: t("爱心积分", "Points"), body: [held(points), causes(goodCauses, points, again), partners(pointPartners), history(pointHistory)] };
}

function held(points) {
  const until = points.parts.map((part) => h("div.row", h("span.grow", part.expiresOn ? t(`到 ${date(part.expiresOn)}`, `Until ${date(part.expiresOn)}`) : t("长期有效", "Without an end")), h("b", count(part.points))));
  return card(
    h("p.big", count(points.points)), points.available !== points.points && h("p.soft", t(`其中 ${points.available} 分可用`, `${points.available} can be used`)),
    until.length ? until : empty(t("做志愿服务、参加活动可得积分。", "Volunteering and activities earn points.")),
  );
}

function causes(found, points, again) {
  if (!found.length) return null;
  const which = h("select", found.map((one) => h("option", { value: one.id }, one.name)));
  const words = h("p.soft");
  const tell = () => {
    const one = found.find((each) => each.id === which.value);
    words.textContent = one.words + (one.goal ? t(`（已获 ${grouped(one.given)} / ${grouped(one.goal)}）`, ` (${grouped(one.given)} of ${grouped(one.goal)})`) : t(`（已获 ${one.given}）`, ` (${one.given} so far)`));
  };
  which.addEventListener("change", tell);
  tell();
  const many = h("input", { inputmode: "numeric", autocomplete: "off", value: "50" });
  const give = async () => {
    const done = await wish("DonatePoints", { cause: which.value, points: Number(many.value) });
    announce(t(`已捐 ${done.points} 分，还有 ${done.left} 分`, `${done.points} given, ${done.left} left`));
    again();
  };
  return card(h("h2", t("捐给公益", "Give to a good cause")), entry(t("项目", "Cause"), which), words, ...(points.available > 0 ? [entry(t("多少积分", "How many"), many), act(t("捐出", "Give"), give)] : [h("p.soft", t("您现在没有可捐的积分。", "You have no points to give at present."))]));
}

function partners(found) {
  const rows = found.edges.map(({ node }) => h("div.row", h("span.grow", h("b", node.merchant.name), h("small", node.offers)), h("small", t(`${node.pointsForAYuan} 分抵 1 元`, `${node.pointsForAYuan} for ¥1`))));
  return card(h("h2", t("在这些商户可用", "Where they are taken")), rows.length ? rows : empty(t("暂时没有商户。", "Nowhere yet.")), rows.length > 0 && h("p.soft", t("出示付款码，请店家收积分。", "Show your pay code and ask for points.")));
}

function history(found) {
  const rows = found.edges.map(({ node }) => h("div.row", h("span.grow", h("b", node.what ?? name("pointMove", node.kind)), h("small", [node.organisation?.name, moment(node.at)].filter(Boolean).join(" · "))), h("b", (node.points > 0 ? "+" : "−") + Math.abs(node.points))));
  return card(h("h2", t("积分明细", "How they came and went")), rows.length ? rows : empty(t("还没有记录。", "Nothing yet.")));
}
