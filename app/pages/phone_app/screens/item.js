// A service item: what it takes, what it costs, how long it lasts, by what law; apply or book.
import { ask, signedIn, wish } from "../api.js";
import { act, card, facts, h, link, tag } from "../dom.js";
import { name, plural, t } from "../words.js";
import { visits } from "./search.js";

export async function itemScreen({ args: [code] }) {
  const [{ serviceItem: item }, { bookableServices }, spared] = await Promise.all([
    ask("ServiceItem", { code }), ask("BookableServices", { item: code }), standings(code),
  ]);
  if (!item) return { title: t("没有这个事项", "No such service"), body: [link("/search", t("去搜索", "Search"))] };
  return {
    title: item.name,
    body: [h("div.tags", tag(name("depth", item.depth)), tag(name("category", item.category)), tag(visits(item.visits))),
      buttons(item, bookableServices), about(item), materials(item, spared), guide(item), item.yourUnit && unit(item.yourUnit), law(item)],
  };
}

/** What of its materials this person need not bring; nothing when it cannot be told. */
async function standings(item) {
  if (!signedIn()) return [];
  return ask("MaterialCheck", { item, answers: {} }).then((said) => said.materialCheck ?? [], () => []);
}

function buttons(item, bookable) {
  const online = item.depth !== "INFORMATION" && item.form;
  return h("div.stack",
    online && act(t("网上办理", "Apply online"), () => begin(item.code)),
    bookable.map((one) => link("/slots/" + one.id + "?venue=" + one.venueId, h("span.button", t("预约：", "Book: ") + one.name))));
}

async function begin(item) {
  if (!signedIn()) return void (location.hash = "#/sign-in");
  const { application } = await wish("BeginApplication", { item });
  location.hash = "#/draft/" + application.id;
}

function about(item) {
  const days = (count) => (count === null ? "—" : count ? t(`${count} 个工作日`, plural(count, "working day")) : t("当场", "At once"));
  return card(facts([t("部门", "Department"), item.department.name], [t("承诺期限", "Promised"), days(item.promisedDays)], [t("法定期限", "By law"), days(item.statutoryDays)],
    [t("费用", "Fee"), item.fees.length ? item.fees.map((fee) => h("div", `${fee.what} ¥${Number(fee.amount.amount)}`)) : t("不收费", "Free")],
    item.result && item.result !== "none" && [t("结果", "Result"), name("result", item.result.split(":")[0])]));
}

function materials(item, spared) {
  const standing = new Map(spared.map((one) => [one.key, one]));
  const line = (one) => {
    const found = standing.get(one.key);
    const free = found && ["LICENCE", "DATA", "NOT_NEEDED"].includes(found.way);
    return h("li" + (free ? ".spared" : ""), h("b", one.name), one.note && h("small", one.note), found && found.way !== "MISSING" && tag(name("way", found.way), free ? "" : "gold"));
  };
  return card(h("h2", t("材料", "Materials")), item.materials.length ? h("ul.lines", item.materials.map(line)) : h("p.soft", t("不用交材料", "None needed")));
}

const lines = (text) => text.split("\n").filter(Boolean).map((one) => h("p", one));
const guide = (item) => card(h("h2", t("怎么办", "How it goes")), lines(item.guide ?? ""), item.conditions?.length ? [h("h3", t("条件", "Conditions")), [item.conditions].flat().map((one) => h("p", one))] : null);
const unit = (offer) => card(h("h2", t("你所在地的办理点", "Your unit")), facts([t("单位", "Unit"), offer.unit.name], offer.place && [t("地点", "Place"), offer.place], offer.hours && [t("时间", "Hours"), offer.hours], offer.phone && [t("电话", "Phone"), h("a", { href: "tel:" + offer.phone }, offer.phone)]));
const law = (item) => h("details.card", h("summary", t("法律依据", "Legal basis")), [item.basis].flat().map((one) => h("p", one)));
