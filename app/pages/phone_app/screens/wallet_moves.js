// Topping the wallet up, withdrawing from it, the bank cards it pays out to, and closing it.
import { ask, wish } from "../api.js";
import { act, announce, card, empty, entry, h, link, moment, row, surely, tag } from "../dom.js";
import { name, t } from "../words.js";
import { pinEntry, pinField } from "./paycode.js";
import { sum } from "./wallet.js";

const amountOf = (input) => ({ amount: input.value.trim(), currency: "CNY" });
const amount = () => h("input", { inputmode: "decimal", autocomplete: "off", placeholder: "0.00", required: true });

export async function topUpScreen() {
  const input = amount();
  const preset = (yuan) => h("button.chip", { type: "button", onclick: () => (input.value = yuan) }, "¥" + yuan);
  const begin = async () => {
    const { topUp } = await wish("TopUpWallet", { amount: amountOf(input) });
    location.href = topUp.payAt;
  };
  return {
    title: t("充值", "Top up"),
    body: [card(entry(t("金额（元）", "Amount in yuan"), input, t("1 至 5000 元，在支付网关页面付款。", "1 to 5,000 yuan, paid on the gateway's page.")), h("div.spread", ["50", "100", "200", "500"].map(preset))), act(t("去付款", "Go and pay"), begin)],
  };
}

export async function withdrawScreen() {
  const [{ wallet }, { withdrawals }, { payPin }] = await Promise.all([ask("Wallet"), ask("Withdrawals", { first: 10 }), ask("PayPin")]);
  const cards = wallet?.cards ?? [];
  if (!cards.length) return { title: t("提现", "Withdraw"), body: [card(empty(t("先绑定一张自己的银行卡。", "Bind a bank card of your own first."))), link("/bank-cards", h("span.button", t("绑定银行卡", "Bind a card")))] };
  const [input, secret] = [amount(), pinField()];
  const chosen = h("select", cards.map((one) => h("option", { value: one.id }, `${one.bank} **** ${one.lastFour}`)));
  const begin = async () => {
    const { withdrawal } = await wish("WithdrawFromWallet", { card: chosen.value, amount: amountOf(input), ...(secret.value && { pin: secret.value }) });
    announce(name("withdrawal", withdrawal.state));
    location.hash = "#/wallet";
  };
  const before = withdrawals.edges.map(({ node }) => h("div.row", h("span.grow", h("b", sum(node.amount)), h("small", moment(node.madeAt))), tag(name("withdrawal", node.state), node.state === "FAILED" ? "red" : node.state === "DONE" ? "" : "gold")));
  return {
    title: t("提现", "Withdraw"),
    body: [card(h("p", t("可提现 ", "Available "), h("b", sum(wallet.available))), entry(t("到哪张卡", "To which card"), chosen), entry(t("金额（元）", "Amount in yuan"), input), pinEntry(payPin, secret)), act(t("提现", "Withdraw"), begin), before.length > 0 && card(h("h2", t("以前的提现", "Withdrawals before")), before)],
  };
}

export async function bankCardsScreen({ again }) {
  const { wallet } = await ask("Wallet");
  if (!wallet) return { title: t("银行卡", "Bank cards"), body: [row("/me", t("请先完成实名", "Verify who you are first"))] };
  const input = h("input", { inputmode: "numeric", autocomplete: "cc-number", maxlength: 23, required: true });
  const bind = async () => {
    await wish("BindBankCard", { number: input.value });
    announce(t("已绑定", "Bound"));
    again();
  };
  const bound = wallet.cards.map((one) => h("div.row", h("span.grow", h("b", one.bank), h("small", "**** " + one.lastFour)), surely(t("解绑", "Let go"), t("解绑这张卡？", "Let go of this card?"), async () => { await wish("LetGoOfBankCard", { card: one.id }); again(); })));
  return {
    title: t("银行卡", "Bank cards"),
    body: [
      card(bound.length ? bound : empty(t("还没有绑定银行卡。", "No card is bound yet."))),
      card(entry(t("卡号", "Card number"), input, t("须在你本人名下，由银行核验；之后只显示后四位。", "In your own name, which the bank confirms; only its last four digits are shown afterwards."))), act(t("绑定", "Bind it"), bind),
      wallet.opened && wallet.state === "OPEN" && surely(t("注销钱包", "Close the wallet"), t("注销后不能恢复，确定吗？", "It is closed for good. Are you sure?"), async () => { await wish("CloseWallet"); location.hash = "#/wallet"; }),
    ],
  };
}
