// Searching services: suggestions while one types, results with what matched, facets as chips.
import { ask } from "../api.js";
import { alarm, empty, h, link, tag } from "../dom.js";
import { name, plural, t } from "../words.js";

export async function searchScreen({ query, signal }) {
  const seek = { text: query.get("q") ?? "", filter: {} };
  const input = h("input", { type: "search", value: seek.text, placeholder: t("身份证丢了、孩子上学、公积金…", "Lost ID card, school, housing fund…"), "aria-label": t("搜索办事", "Search services"), autocomplete: "off", list: "suggested" });
  const suggested = h("datalist", { id: "suggested" });
  const found = h("div.stack", { "aria-live": "polite" });
  const go = () => results(seek, found, go);
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      seek.text = input.value.trim();
      await Promise.all([suggest(seek.text, suggested), go()]);
    }, 180);
  });
  signal.addEventListener("abort", () => clearTimeout(waiting));
  await go();
  return { title: t("我的政府", "My government"), body: [h("div.find", input, suggested), found], focus: false };
}

async function suggest(prefix, place) {
  if (!prefix) return;
  const { suggestServices } = await ask("SuggestServices", { prefix });
  place.replaceChildren(...suggestServices.map((one) => h("option", { value: one.text })));
}

async function results(seek, place, again) {
  const asked = (seek.turn = (seek.turn ?? 0) + 1);
  const shown = await (seek.text || Object.keys(seek.filter).length ? search(seek, again) : browse(seek, again)).catch((refused) => [alarm(refused.message)]);
  if (asked === seek.turn) place.replaceChildren(...shown.flat().filter(Boolean));
}

async function browse(seek, again) {
  const [kinds, often] = await Promise.all([ask("ServiceCategories"), ask("ServiceItems", { first: 12 })]);
  const { categories, items, online } = kinds.serviceCategories;
  const chips = categories.filter((one) => one.items).map((one) => chip(name("category", one.category), one.items, false, () => choose(seek, again, "category", one.category)));
  return [
    h("p.soft", t(`${items} 个事项，${online} 个可以网上办`, `${items} services, ${online} of them online`)),
    h("div.chips", chips),
    h("h2", t("常办的事", "Often needed")),
    often.serviceItems.edges.map(({ node }) => result(node)),
  ];
}

async function search(seek, again) {
  const { searchServices: said } = await ask("SearchServices", { query: seek.text, filter: seek.filter, first: 20 });
  if (said.code) return [alarm(said.message)];
  const nodes = said.results.edges.map((edge) => edge.node);
  return [
    facets(seek, said.facets, again),
    h("p.soft", t(`${said.total} 个结果`, plural(said.total, "result"))),
    nodes.length ? nodes.map((one) => result(one.item, one.matched)) : empty(t("没有找到。换个说法，或到“问一问”里问。", "Nothing found. Say it another way, or ask under “Ask”.")),
    said.results.pageInfo.hasNextPage && h("p.soft", t("结果很多：多写几个字会更准。", "There are more: a few more words will help.")),
  ];
}

function facets(seek, found, again) {
  const of = (kind, list, key, words) => list.filter((one) => one.items).slice(0, 6).map((one) => chip(words(one[key]), one.items, seek.filter[kind] === one[key], () => choose(seek, again, kind, one[key])));
  return h("div.chips.scroll",
    of("category", found.categories, "category", (one) => name("category", one)),
    of("lifeEvent", found.lifeEvents, "lifeEvent", (one) => name("lifeEvent", one)),
    of("visits", found.visits, "visits", (one) => visits(one)),
    of("depth", found.depths, "depth", (one) => name("depth", one)));
}

function choose(seek, again, kind, value) {
  if (seek.filter[kind] === value) delete seek.filter[kind];
  else seek.filter = { ...seek.filter, [kind]: value };
  again();
}

const chip = (text, count, on, onclick) => h("button.chip", { type: "button", "aria-pressed": String(on), onclick }, text, h("small", String(count)));
export const visits = (count) => (count ? t(`跑 ${count} 次`, `${count} visit${count > 1 ? "s" : ""}`) : t("不用跑", "No visit"));

export function result(item, matched) {
  const title = matched?.some((one) => one.marked) && matched.map((one) => one.text).join("") === item.name ? matched.map(piece) : item.name;
  const other = matched && matched.map((one) => one.text).join("") !== item.name;
  return link("/item/" + item.code, h("article.card.result", h("b", title), other && h("small", t("也叫：", "Also: "), matched.map(piece)),
    h("small", item.department.name), h("div.tags", tag(name("depth", item.depth)), tag(visits(item.visits)),
      item.promisedDays !== null && tag(item.promisedDays ? t(`${item.promisedDays} 个工作日`, plural(item.promisedDays, "working day")) : t("当场办结", "At once")),
      item.yourUnit && tag(t("就近：", "Yours: ") + item.yourUnit.unit.name, "gold"))));
}

const piece = (one) => (one.marked ? h("mark", one.text) : one.text);
