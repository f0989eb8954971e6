// My wallet: what lies in it, the ways to pay, this month, and what moved it last.
import { ask, wish } from "../api.js";
import { act, card, empty, facts, h, isoDay, link, moment, row, tag } from "../dom.js";
import { grouped, name, plural, t } from "../words.js";

export const sum = (money) => "¥" + grouped(money.amount);
const TONES = { FROZEN: "red", CLOSED: "red", OPEN: "" };

export async function walletScreen() {
  const [{ wallet }, { walletMonth }, { walletLines }] = await Promise.all([
    ask("Wallet"), ask("WalletMonth", { day: isoDay() }), ask("WalletLines", { first: 5 }),
  ]);
  if (!wallet) return { title: t("我的钱包", "My wallet"), body: [ways(), card(empty(t("钱包须实名使用。", "A wallet is yours by name.")), link("/me", h("span.button", t("去实名", "Verify who you are"))))] };
  return {
    title: t("我的钱包", "My wallet"),
    body: [purse(wallet), ways(), walletMonth && month(walletMonth), lately(walletLines), wallet.state !== "CLOSED" && link("/bank-cards", h("span.button.quiet", t("银行卡与注销", "Bank cards and closing")))],
  };
}

function purse(wallet) {
  const open = wallet.state === "OPEN";
  return card(
    h("div.spread", h("p.big", sum(wallet.balance)), !open && tag(name("walletState", wallet.state), TONES[wallet.state])),
    Number(wallet.held.amount) > 0 && facts([t("在途", "On its way"), sum(wallet.held)], [t("可用", "Available"), sum(wallet.available)]),
    open && h("div.spread", link("/top-up", h("span.button", t("充值", "Top up"))), link("/withdraw", h("span.button.quiet", t("提现", "Withdraw")))),
  );
}

function ways() {
  const tile = (to, icon, text) => link(to, h("div.tile", h("i", { "aria-hidden": "true" }, icon), h("span", text)));
  return h("div.tiles",
    tile("/bills", "▤", t("缴费账单", "Bills")), tile("/pay-code", "▦", t("付款码", "Pay code")), tile("/credit", "✓", t("信用支付", "Credit")),
    tile("/points", "♥", t("爱心积分", "Points")), tile("/packets", "✉", t("红包", "Red packets")), tile("/rides", "◎", t("乘车", "Rides")), tile("/payments", "✎", t("付款与退款", "Payments")), tile("/wallet-lines", "☷", t("收支明细", "What moved")));
}

/** Its height is set by script: styles written into the page are not let in. */
function bar(what, tall) {
  const made = h(what);
  made.style.height = tall + "px";
  return made;
}

/** Two bars a day: what came and what went. */
function month(one) {
  const most = Math.max(1, ...one.days.flatMap((day) => [Number(day.income.amount), Number(day.expense.amount)]));
  const tall = (money) => Math.round((Number(money.amount) / most) * 40);
  const bars = one.days.map((day) => h("span.day", { title: `${day.day} +${day.income.amount} −${day.expense.amount}` }, bar("i.in", tall(day.income)), bar("i.out", tall(day.expense))));
  return card(
    h("h2", t("本月", "This month")),
    h("div.spread", h("span", t("收入 ", "In "), h("b", sum(one.income))), h("span", t("支出 ", "Out "), h("b", sum(one.expense)))),
    h("div.bars", { role: "img", "aria-label": t(`本月收入 ${one.income.amount} 元，支出 ${one.expense.amount} 元`, `${one.income.amount} yuan came in this month, ${one.expense.amount} went out`) }, bars),
    one.categories.map((each) => h("div.row", h("span.grow", h("b", name("spending", each.category)), h("small", t(`${each.count} 笔`, plural(each.count, "time")))), h("b", (each.incoming ? "+" : "−") + sum(each.sum)))),
  );
}

function lately(lines) {
  const rows = lines.edges.map(({ node }) => line(node));
  return card(h("h2", t("最近", "Lately")), rows.length ? rows : empty(t("还没有收支。", "Nothing has moved yet.")), rows.length > 0 && row("/wallet-lines", t("全部明细与对账单", "All of it, and statements")));
}

export function line(node) {
  const out = node.change.amount.startsWith("-");
  return h("div.row", h("span.grow", h("b", node.name || name("spending", node.category)), h("small", moment(node.at))),
    h("span", h("b", (out ? "−¥" : "+¥") + grouped(node.change.amount.replace("-", ""))), node.after && h("small", t(" 余 ", " left "), sum(node.after))));
}

/** Where the gateway's page leads back to: what was paid may be known here already, or is asked for now. */
export async function paidScreen({ args: [purpose, id], again }) {
  const title = t("支付结果", "What became of it");
  if (purpose === "top_up") return { title, body: [await toppedUp(id, again)] };
  if (purpose === "repayment") return { title, body: [card(h("p", t("还款到账后会告诉您。", "You are told when the repayment has arrived.")), row("/credit-dues", t("看还款", "See what is owed")))] };
  const { payment } = await ask("Payment", { paymentId: btoa("Payment:" + id) });
  if (!payment) return { title, body: [card(empty(t("没有这笔付款。", "No such payment.")))] };
  const waits = payment.state.startsWith("WAITING");
  return { title, body: [card(h("p.big", sum(payment.amount)), tag(name("paymentState", payment.state), waits ? "gold" : ""), payment.payee && h("p", payment.payee.name)), waits && act(t("再看一次", "Look again"), again, "quiet"), link("/wallet", h("span.button.quiet", t("我的钱包", "My wallet")))] };
}

async function toppedUp(id, again) {
  const { topUp } = await wish("CheckTopUp", { topUp: btoa("TopUp:" + id) });
  const open = ["OPENING", "OPEN"].includes(topUp.state);
  return card(h("div.spread", h("p.big", sum(topUp.amount)), tag(name("topUp", topUp.state), open ? "gold" : topUp.state === "PAID" ? "" : "red")),
    open && topUp.payAt && h("a.button", { href: topUp.payAt, rel: "noreferrer" }, t("去付款", "Pay it")),
    open && act(t("不充了", "Give it up"), async () => { await wish("CancelTopUp", { topUp: topUp.id }); again(); }, "quiet"),
    link("/wallet", h("span.button" + (open ? ".quiet" : ""), t("我的钱包", "My wallet"))));
}
