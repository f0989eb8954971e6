// What moved the wallet, by kind and by days, and statements as files.
import { ask } from "../api.js";
import { act, card, empty, entry, h, isoDay, local } from "../dom.js";
import { name, t } from "../words.js";
import { line } from "./wallet.js";

const KINDS = ["TOP_UP", "WITHDRAWAL", "PAYMENT", "REFUND", "REPAYMENT", "PACKET"];

export async function walletLinesScreen({ query, signal }) {
  const from = h("input", { type: "date", value: query.get("from") ?? isoDay(-30), max: isoDay() });
  const to = h("input", { type: "date", value: query.get("to") ?? isoDay(), max: isoDay() });
  const kind = h("select", h("option", { value: "" }, t("全部", "All")), KINDS.map((one) => h("option", { value: one, selected: query.get("kind") === one }, name("transfer", one))));
  const look = () => (location.hash = `#/wallet-lines?from=${from.value}&to=${to.value}&kind=${kind.value}`);
  const place = h("div");
  const which = { from: from.value, to: to.value, kinds: query.get("kind") ? [query.get("kind")] : null, first: 30 };
  await more(place, which, null, signal);
  return {
    title: t("收支明细", "What moved"),
    body: [card(entry(t("从", "From"), from), entry(t("到", "To"), to), entry(t("类别", "Kind"), kind), h("button.quiet", { type: "button", onclick: look }, t("查看", "Look"))), card(place), files(from, to)],
  };
}

async function more(place, which, after, signal) {
  const { walletLines } = await ask("WalletLines", { ...which, after });
  if (signal.aborted) return;
  place.append(...walletLines.edges.map(({ node }) => line(node)));
  if (!place.children.length) place.append(empty(t("这段时间没有收支。", "Nothing moved in this time.")));
  if (!walletLines.pageInfo.hasNextPage) return;
  const button = act(t("更多", "More"), async () => { button.remove(); await more(place, which, walletLines.pageInfo.endCursor, signal); }, "quiet");
  place.append(button);
}

function files(from, to) {
  const made = async (form) => {
    const { walletStatement } = await ask("WalletStatement", { from: from.value, to: to.value, form });
    if (!walletStatement.url) throw new Error(walletStatement.message);
    location.href = local(walletStatement.url);
  };
  return card(h("h2", t("对账单", "Statement")), h("p.soft", t("所选日期，最长一年；链接五分钟内有效。", "Of the days chosen, a year at most; the link is good for five minutes.")), act("PDF", () => made("PDF"), "quiet"), act("CSV", () => made("CSV"), "quiet"));
}
