// Bills: what is to be paid, chosen and paid together; one bill with its lines; what is over.
import { ask, wish } from "../api.js";
import { act, alarm, announce, card, date, days, empty, entry, facts, h, link, row, tag, yuan } from "../dom.js";
import { name, plural, t } from "../words.js";
import { pinEntry, pinField } from "./paycode.js";
import { sum } from "./wallet.js";

const TONES = { PAID: "", PART_PAID: "gold", OPEN: "gold", CLEARED: "", WITHDRAWN: "red", SUPERSEDED: "red" };
const RUN_TONES = { FAILED: "red", TOO_HIGH: "red", ANNOUNCED: "gold" };
const METHODS = ["WALLET", "CREDIT", "GATEWAY"];
const at = (bill) => "/bill/" + encodeURIComponent(bill.id);
/** A line may be a discount. */
export const signed = (money) => (money.amount.startsWith("-") ? "−" + sum({ amount: money.amount.slice(1) }) : sum(money));
const title = (bill) => [bill.label || bill.biller?.name || name("bill", bill.kind), bill.beneficiary].filter(Boolean).join(" · ");

export async function billsScreen({ query, signal }) {
  if (query.get("over")) return over(signal);
  const refused = await refreshed();
  const [{ bills }, { billsOwed }] = await Promise.all([ask("Bills", { first: 50 }), ask("BillsOwed")]);
  const open = bills.edges.map(({ node }) => node);
  return {
    title: t("缴费账单", "Bills"),
    body: [
      refused,
      card(h("div.spread", h("p.big", sum(billsOwed.amount), h("small", t(` 待缴 ${billsOwed.count} 张`, ` in ${billsOwed.count} to pay`))), link("/biller-accounts", h("span.button.quiet", t("我的户号", "Accounts"))))),
      open.length ? toPay(open) : card(empty(t("没有待缴的账单。绑定户号后，账单会自己来。", "Nothing to pay. Bind an account, and its bills come by themselves."))),
      row("/bills?over=1", t("已缴和已撤回的账单", "Paid and withdrawn bills")), row("/bill-receipts", t("缴费凭证", "Receipts")),
    ],
  };
}

/** Billers that are asked are asked on opening; one that is silent spoils nothing but its own part. */
async function refreshed() {
  const { silent } = await wish("RefreshBills").catch(() => ({ silent: [] }));
  if (!silent.length) return null;
  const names = silent.map((one) => one.name).join(t("、", ", "));
  return alarm(t(`${names}暂时没有答复，账单可能不是最新的。`, `${names} cannot be asked now: what is shown may be old.`));
}

function toPay(open) {
  const chosen = new Set();
  const total = h("b");
  const count = () => {
    const fen = open.filter((bill) => chosen.has(bill)).reduce((all, bill) => all + Math.round(Number(bill.remaining.amount) * 100), 0);
    total.textContent = chosen.size ? t(`${chosen.size} 张，共 ${yuan(fen)}`, `${plural(chosen.size, "bill")}, ${yuan(fen)}`) : t("请勾选要缴的账单", "Tick the bills to pay");
  };
  const lines = open.map((bill) => {
    const box = h("input", { type: "checkbox", "aria-label": title(bill), disabled: bill.beingPaid, onchange: () => { if (box.checked) chosen.add(bill); else chosen.delete(bill); count(); } });
    return h("div.row", box, h("a.grow", { href: "#" + at(bill) }, h("b", title(bill)), h("small", [bill.reason, t("到期 ", "due ") + date(bill.due)].join(" · "))), h("span", h("b", sum(bill.remaining)), mark(bill)));
  });
  count();
  const choices = () => [...chosen].map((bill) => ({ billId: bill.id, version: bill.version }));
  return h("div", card(lines), card(total, means(choices)));
}

function mark(bill) {
  if (bill.beingPaid) return tag(t("支付中", "Being paid"), "gold");
  if (bill.overdue) return tag(t("已逾期", "Overdue"), "red");
  if (bill.autoPay) return tag(name("autoPay", bill.autoPay.state), RUN_TONES[bill.autoPay.state] ?? "");
  return bill.state === "PART_PAID" && tag(name("billState", bill.state), TONES[bill.state]);
}

/** Pay what is chosen: at once from what one has, or on the gateway's page. */
function means(choices) {
  const method = h("select", METHODS.map((one) => h("option", { value: one }, name("payMethod", one))));
  const pinPlace = h("div");
  ask("PayPin").then(({ payPin }) => pinPlace.replaceChildren(pinEntry(payPin, secret, t("超过 1,000 元时需要", "Needed above 1,000 yuan")))).catch(() => {}); // a guardian is not told of the PIN
  const [waiting, secret] = [h("div"), pinField()];
  const pay = async () => {
    const { payments } = await wish("PayBills", { bills: choices(), method: method.value, ...(secret.value && { pin: secret.value }) });
    const open = payments.filter((one) => one.payAt);
    if (open.length === 1) return void (location.href = open[0].payAt);
    if (open.length) return waiting.replaceChildren(...open.map((one) => h("a.button", { href: one.payAt, rel: "noreferrer", target: "_blank" }, t("去支付 ", "Pay ") + sum(one.payment.amount))));
    announce(t("已缴费", "Paid"));
    location.hash = payments.length === 1 ? "#/bill-receipt/" + encodeURIComponent(btoa("BillReceipt:" + atob(payments[0].payment.id).split(":")[1])) : "#/bill-receipts";
  };
  return h("div.stack", entry(t("支付方式", "Paid by"), method), pinPlace, act(t("缴费", "Pay"), pay), waiting);
}

async function over(signal) {
  const place = h("div");
  await more(place, null, signal);
  return { title: t("已了结的账单", "Bills that are over"), body: [card(place)] };
}

async function more(place, after, signal) {
  const { bills } = await ask("Bills", { over: true, first: 20, after });
  if (signal.aborted) return;
  place.append(...bills.edges.map(({ node }) => row(at(node), title(node), node.reason, h("span", h("b", sum(node.amount)), tag(name("billState", node.state), TONES[node.state])))));
  if (!place.children.length) place.append(empty(t("还没有。", "None yet.")));
  if (!bills.pageInfo.hasNextPage) return;
  const button = act(t("更多", "More"), async () => { button.remove(); await more(place, bills.pageInfo.endCursor, signal); }, "quiet");
  place.append(button);
}

export async function billScreen({ args: [id], again }) {
  const { bill } = await ask("Bill", { bill: id });
  if (!bill) return { title: t("账单", "Bill"), body: [empty(t("没有这张账单。", "There is no such bill."))] };
  const payable = ["OPEN", "PART_PAID"].includes(bill.state);
  return {
    title: bill.biller?.name ?? name("bill", bill.kind),
    body: [
      card(h("div.spread", h("p.big", sum(payable ? bill.remaining : bill.amount)), tag(name("billState", bill.state), TONES[bill.state])),
        facts(bill.beneficiary && [t("受益人", "For"), bill.beneficiary], [t("事由", "Reason"), bill.reason], bill.since && [t("账期", "Period"), days(bill.since, bill.until)],
          [t("到期", "Due"), date(bill.due)], [t("账单号", "Number"), bill.number], Number(bill.paid.amount) > 0 && [t("已缴", "Paid"), sum(bill.paid)], Number(bill.refunded.amount) > 0 && [t("已退", "Went back"), sum(bill.refunded)])),
      card(h("h2", t("明细", "Lines")), bill.lines.map((line) => h("div.row", h("span.grow", line.text), h("b", signed(line.amount))))),
      bill.autoPay && paidByItself(bill, again),
      bill.beingPaid && alarm(t("正在支付中，请稍后再看。", "It is being paid: please look again later.")),
      payable && !bill.beingPaid && card(h("h2", t("缴费", "Pay")), part(bill)),
      card(h("h2", t("经过", "What happened")), bill.history.map((one) => h("div.row", h("span.grow", h("b", name("billStep", one.what)), h("small", date(one.at))), h("b", sum(one.amount))))),
    ],
  };
}

function part(bill) {
  const amount = h("input", { inputmode: "decimal", maxlength: 12, placeholder: bill.remaining.amount });
  const choices = () => [{ billId: bill.id, version: bill.version, ...(amount.value.trim() && { amount: { amount: amount.value.trim(), currency: "CNY" } }) }];
  const help = Number(bill.least.amount) ? t(`可分次缴，每次不少于 ${bill.least.amount} 元`, `May be paid in parts of ${bill.least.amount} yuan or more`) : t("可分次缴", "May be paid in parts");
  return h("div.stack", bill.partAllowed && entry(t("金额（不填为全部）", "Amount (all when empty)"), amount, help), means(choices));
}

function paidByItself(bill, again) {
  const run = bill.autoPay;
  const skip = async () => { await wish("SkipAutoPay", { bill: bill.id }); again(); };
  return card(h("div.spread", h("span", t("自动缴费", "Paid by itself"), " ", h("b", date(run.payOn))), tag(name("autoPay", run.state), RUN_TONES[run.state] ?? "")), run.state === "ANNOUNCED" && act(t("这次不自动缴", "Skip this one"), skip, "quiet"));
}
