// Accounts at billers: binding one, its label, having its bills paid by themselves; and the receipts of what was paid.
import { ask, wish } from "../api.js";
import { act, announce, card, date, days, empty, entry, facts, h, link, local, moment, row, surely, tag } from "../dom.js";
import { name, t } from "../words.js";
import { signed } from "./bills.js";
import { pinEntry, pinField, provenBy } from "./paycode.js";
import { sum } from "./wallet.js";

export async function billerAccountsScreen() {
  const { billerAccounts } = await ask("BillerAccounts");
  const rows = billerAccounts.map((one) => row("/biller-account/" + encodeURIComponent(one.id), one.label || one.biller?.name, [one.biller?.name, one.number].filter(Boolean).join(" · "), one.autoPay && tag(t("自动缴费", "By itself"))));
  return {
    title: t("我的户号", "Accounts"),
    body: [card(rows.length ? rows : empty(t("还没有绑定户号。", "No account is bound yet."))), link("/bind-account", h("span.button", t("绑定户号", "Bind an account")))],
  };
}

export async function bindAccountScreen() {
  const { billers } = await ask("Billers");
  const biller = h("select", billers.map((one) => h("option", { value: one.code }, `${name("bill", one.kind)} · ${one.name}`)));
  const number = h("input", { autocomplete: "off", maxlength: 40, required: true });
  const holder = h("input", { autocomplete: "name", maxlength: 60, required: true });
  const label = h("input", { maxlength: 30, placeholder: t("例如：女儿的学校", "Such as: my daughter's school") });
  const called = h("small");
  const told = () => {
    const one = billers.find((each) => each.code === biller.value);
    called.textContent = one ? t(`${one.accountName}，${one.shortest} 至 ${one.longest} 位`, `${one.accountName}, ${one.shortest} to ${one.longest} characters`) : "";
    number.placeholder = one?.example ?? "";
  };
  biller.addEventListener("change", told);
  told();
  const bind = async () => {
    await wish("BindBillerAccount", { biller: biller.value, number: number.value, holder: holder.value, label: label.value });
    announce(t("已绑定", "Bound"));
    location.hash = "#/bills";
  };
  return {
    title: t("绑定户号", "Bind an account"),
    body: [card(h("div.stack", entry(t("缴费机构", "Biller"), biller), entry(t("户号", "Account number"), number), called, entry(t("户名", "Holder's name"), holder, t("孩子的学校填孩子的姓名。", "For a child's school: the child's name.")), entry(t("备注", "Your own word for it"), label)), act(t("绑定", "Bind it"), bind))],
  };
}

export async function billerAccountScreen({ args: [id], again }) {
  const { billerAccounts } = await ask("BillerAccounts");
  const one = billerAccounts.find((each) => each.id === id);
  if (!one) return { title: t("户号", "Account"), body: [empty(t("没有这个户号。", "There is no such account."))] };
  const label = h("input", { maxlength: 30, value: one.label });
  const keep = async () => { await wish("LabelBillerAccount", { account: id, label: label.value }); announce(t("已保存", "Kept")); again(); };
  const unbind = async () => { await wish("UnbindBillerAccount", { account: id }); location.hash = "#/biller-accounts"; };
  return {
    title: one.label || one.biller?.name || t("户号", "Account"),
    body: [
      card(facts([t("机构", "Biller"), one.biller?.name], [t("户号", "Number"), one.number], [t("绑定于", "Bound on"), date(one.boundAt)])),
      card(entry(t("备注", "Your own word for it"), label), act(t("保存", "Keep"), keep, "quiet")),
      one.autoPay ? allowed(one, again) : allow(one, again),
      surely(t("解除绑定", "Unbind it"), t("解除后看不到这个户号的账单，自动缴费也会停。", "You will see no bills of this account any more, and nothing of it is paid by itself."), unbind),
    ],
  };
}

function allow(one, again) {
  const cap = h("input", { inputmode: "decimal", maxlength: 8, placeholder: "200.00" });
  const method = h("select", ["WALLET", "CREDIT"].map((each) => h("option", { value: each }, name("payMethod", each))));
  const [pinPlace, secret] = [h("div"), pinField()];
  ask("PayPin").then(({ payPin }) => pinPlace.replaceChildren(pinEntry(payPin, secret))).catch(() => {}); // a guardian is not told of the PIN
  const start = async () => { await wish("AllowAutoPay", { account: one.id, cap: { amount: cap.value.trim(), currency: "CNY" }, method: method.value, ...provenBy(secret) }); again(); };
  return card(h("h2", t("自动缴费", "Have it paid by itself")), h("p.soft", t("到期前三天告诉您，前一天扣款；超出上限的不扣，任何一次都可以跳过。", "You are told three days before a bill is due; it is paid a day before. Nothing above the cap is paid, and any one may be skipped.")),
    entry(t("每张上限（元）", "Cap for each, in yuan"), cap), entry(t("支付方式", "Paid by"), method), pinPlace, act(t("开通", "Allow it"), start));
}

function allowed(one, again) {
  const end = async () => { await wish("EndAutoPay", { account: one.id }); again(); };
  return card(h("h2", t("自动缴费", "Paid by itself")), facts([t("每张上限", "Cap for each"), sum(one.autoPay.cap)], [t("支付方式", "Paid by"), name("payMethod", one.autoPay.method)], [t("开通于", "Since"), date(one.autoPay.since)]), act(t("停止自动缴费", "End it"), end, "quiet"));
}

export async function billReceiptsScreen({ signal }) {
  const place = h("div");
  await more(place, null, signal);
  return { title: t("缴费凭证", "Receipts"), body: [card(place)] };
}

async function more(place, after, signal) {
  const { billReceipts } = await ask("BillReceipts", { first: 20, after });
  if (signal.aborted) return;
  place.append(...billReceipts.edges.map(({ node }) => row("/bill-receipt/" + encodeURIComponent(node.id), [node.biller, node.beneficiary].filter(Boolean).join(" · "), moment(node.paidAt), h("span", h("b", sum(node.amount)), back(node)))));
  if (!place.children.length) place.append(empty(t("还没有凭证。", "No receipt yet.")));
  if (!billReceipts.pageInfo.hasNextPage) return;
  const button = act(t("更多", "More"), async () => { button.remove(); await more(place, billReceipts.pageInfo.endCursor, signal); }, "quiet");
  place.append(button);
}

function back(one) {
  if (one.refused) return tag(t("机构未接收，将退回", "Not taken: it goes back"), "red");
  return Number(one.refunded.amount) > 0 && tag(t("已退 ", "Back ") + sum(one.refunded), "gold");
}

export async function billReceiptScreen({ args: [id] }) {
  const { billReceipt: one } = await ask("BillReceipt", { receipt: id });
  if (!one) return { title: t("凭证", "Receipt"), body: [empty(t("没有这张凭证。", "There is no such receipt."))] };
  return {
    title: t("缴费凭证", "Receipt"),
    body: [
      card(h("div.spread", h("p.big", sum(one.amount)), back(one)),
        facts([t("凭证号", "Number"), one.number], [t("收费机构", "Paid to"), one.biller], one.beneficiary && [t("受益人", "For"), one.beneficiary], [t("户号", "Account"), one.account],
          [t("事由", "Reason"), one.reason], one.since && [t("账期", "Period"), days(one.since, one.until)], [t("方式", "Paid by"), name("payMethod", one.method)], [t("时间", "Paid on"), moment(one.paidAt)])),
      card(h("h2", t("明细", "Lines")), one.lines.map((line) => h("div.row", h("span.grow", line.text), h("b", signed(line.amount)))), h("div.row", h("span.grow", h("b", t("账单金额", "The bill asked for"))), h("b", sum(one.whole)))),
      h("a.button", { href: local(one.pdf.url), target: "_blank", rel: "noreferrer" }, t("打开 PDF", "Open the PDF")),
      h("a.button.quiet", { href: local(one.checkAt), target: "_blank", rel: "noreferrer" }, t("核验页面", "Where it is checked")),
    ],
  };
}
