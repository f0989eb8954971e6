// My rides: what each cost and how that came about, what is owed, and what lines cost.
import { ask, wish } from "../api.js";
import { act, announce, card, empty, h, moment, tag } from "../dom.js";
import { name, t } from "../words.js";
import { sum } from "./wallet.js";

export async function ridesScreen({ again }) {
  const [{ rides }, { owedRides }, { rideFares }] = await Promise.all([ask("Rides", { first: 30 }), ask("OwedRides"), ask("RideFares")]);
  return { title: t("乘车记录", "My rides"), body: [owedRides.rides > 0 && owing(owedRides, again), taken(rides), prices(rideFares)] };
}

function owing(owed, again) {
  const pay = async () => {
    const { rides } = await wish("PayOwedRides", {}, false);
    announce(t(`已补付 ${rides} 次`, `${rides} rides are paid`));
    again();
  };
  return card(h("p.big", sum(owed.amount)), h("p", t(`有 ${owed.rides} 次乘车未付；满三次就不能刷码乘车。`, `${owed.rides} rides are not paid: with three of them, codes are refused.`)), act(t("现在补付", "Pay them now"), pay));
}

function taken(found) {
  const rows = found.edges.map(({ node }) => {
    const steps = node.steps.map((step) => `${name("farePart", step.part)} ${step.amount.amount}`).join(" · ");
    return h("div.row", h("span.grow", h("b", node.lineName), h("small", `${moment(node.at)} · ${steps}`)), node.state !== "PAID" && tag(name("ride", node.state), node.state === "OWED" ? "red" : ""), h("b", sum(node.fare)));
  });
  return card(h("h2", t("最近乘车", "Lately")), rows.length ? rows : empty(t("还没有用市民卡码乘过车。", "No ride by the code of your card yet.")));
}

function prices(fares) {
  const rows = fares.map((one) => h("div.row", h("span.grow", h("b", one.name), h("small", [one.operator.name, Number(one.transferOff.amount) > 0 && t(`${one.transferMinutes} 分钟内换乘减 ${one.transferOff.amount} 元`, `¥${one.transferOff.amount} off within ${one.transferMinutes} minutes`), one.dayCap && t(`每日封顶 ${one.dayCap.amount} 元`, `¥${one.dayCap.amount} a day at most`)].filter(Boolean).join(" · "))), h("b", sum(one.base))));
  return card(h("h2", t("票价", "Fares")), rows.length ? rows : empty(t("还没有线路。", "No lines yet.")));
}
