// The code to pay by: digits, bars and a square, a minute long; what a till asks for, and what became of it.
import { ask, follow, wish } from "../api.js";
import { act, announce, card, countdown, entry, h, link, row, tag } from "../dom.js";
import { name, t } from "../words.js";
import { picture } from "./licences.js";
import { sum } from "./wallet.js";

const WAITS = "WAITING_FOR_CONFIRMATION";

export async function payCodeScreen({ signal }) {
  const [{ paymentsToConfirm }, { payPin }, { creditLine }] = await Promise.all([ask("PaymentsToConfirm"), ask("PayPin"), ask("CreditLine")]);
  const [shown, asked, done] = [h("div.code", { "aria-live": "polite" }), h("div", { "aria-live": "assertive" }), h("div", { "aria-live": "polite" })];
  const look = (payment) => (payment.state === WAITS ? asked.replaceChildren(question(payment, payPin, asked)) : ended(payment, asked, done));
  follow("OnPaymentChanged", {}, signal, (payment) => payment && look(payment));
  paymentsToConfirm.slice(0, 1).forEach(look);
  return {
    title: t("付款码", "Pay code"),
    body: [asked, card(...ways(shown, signal, payPin, creditLine?.state === "OPEN"), shown), done, link("/pay-to", h("span.button.quiet", t("扫商户收款码", "Pay a merchant's code"))), card(row("/pay-limits", t("今天的限额", "Limits of today")), row("/pay-pin", t("支付密码", "Payment PIN"), payPin.chosen ? t("已设置", "Chosen") : t("还没有设置", "None yet")))],
    shown: () => show(shown, signal, { method: "WALLET" }).catch((refused) => shown.replaceChildren(h("p.alarm", { role: "alert" }, refused.message))),
  };
}

/** Out of what it is paid; and with the PIN, for a day with more than the small limit. */
function ways(shown, signal, payPin, credit) {
  const secret = pinField();
  const pick = (method) => {
    chips.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.method === method)));
    return show(shown, signal, { method }).catch((refused) => shown.replaceChildren(h("p.alarm", { role: "alert" }, refused.message)));
  };
  const chips = ["WALLET", ...(credit ? ["CREDIT"] : [])].map((method) => h("button.chip", { type: "button", "data-method": method, "aria-pressed": String(method === "WALLET"), onclick: () => pick(method) }, name("payMethod", method)));
  return [
    h("div.chips", chips),
    payPin.chosen && h("details", h("summary", t("用支付密码提高限额", "A higher limit with the PIN")), entry(t("支付密码", "Payment PIN"), secret), act(t("出示", "Show it"), async () => { await show(shown, signal, { method: chips.find((one) => one.getAttribute("aria-pressed") === "true").dataset.method, pin: secret.value }); secret.value = ""; }, "quiet")),
  ];
}

/** It renews itself; the PIN counts for the one code it was given for. */
async function show(place, signal, said) {
  const { payCode: code } = await wish("CreatePayCode", said);
  if (signal.aborted) return;
  const again = () => show(place, signal, { method: said.method }).catch((refused) => place.replaceChildren(h("p.alarm", { role: "alert" }, refused.message)));
  const digits = code.text.match(/.{1,4}/g).join(" ");
  place.replaceChildren(
    h("div.bars-code", picture(code.bars, t("条形码", "Bars"))), h("p.digits", digits), picture(code.svg, t("付款码", "Pay code")),
    h("p", name("payMethod", code.method), code.strong ? t(" · 已验密码", " · PIN given") : "", " · ", countdown(code.expiresAt, again)),
    h("p.soft", t("每个码只能用一次，一分钟后自动更新。不要把数字发给别人。", "Each is good once, and renewed after a minute. Do not send the digits to anybody.")),
  );
}

/** Where the PIN is asked for; who has none yet is told where it is chosen. */
export const pinEntry = (payPin, secret, hint) => payPin.chosen ? entry(t("支付密码", "Payment PIN"), secret, hint) : link("/pay-pin", h("small", t("设置支付密码（超过 1,000 元时需要）", "Choose a payment PIN (needed above 1,000 yuan)")));

export const pinField = () => h("input.code", { type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 6, pattern: "[0-9]{6}" });

/** What was typed there, as operations take it. */
export const provenBy = (secret) => (secret.value ? { pin: secret.value } : {});

/** What a till asks for: nothing is paid before the answer. */
function question(payment, payPin, place) {
  const secret = pinField();
  const confirmed = async () => {
    await wish("ConfirmPayment", { paymentId: payment.id, ...(secret.value && { pin: secret.value }) });
    place.replaceChildren();
  };
  const declined = async () => {
    await wish("DeclinePayment", { paymentId: payment.id });
    place.replaceChildren();
  };
  return card(
    h("h2", t("请确认这笔付款", "Please confirm this payment")), h("p.big", sum(payment.amount)), h("p", payment.payee?.name, " · ", countdown(payment.until, () => place.replaceChildren())),
    payPin.chosen ? entry(t("支付密码", "Payment PIN"), secret) : link("/pay-pin", h("span.button.quiet", t("先设置支付密码", "Choose a payment PIN first"))),
    act(t("确认付款", "Pay it"), confirmed), act(t("不付", "Do not pay"), declined, "quiet"),
  );
}

function ended(payment, asked, done) {
  asked.replaceChildren();
  if (payment.state === "PROCESSING") return;
  const good = payment.state === "CAPTURED";
  if (good) announce(t(`已付款 ${sum(payment.amount)}`, `Paid ${sum(payment.amount)}`));
  done.replaceChildren(card(h("div.spread", h("p.big", sum(payment.amount)), tag(name("paymentState", payment.state), good ? "" : "red")), h("p", payment.payee?.name)));
}

export async function limitsScreen() {
  const { spendingToday } = await ask("SpendingToday");
  const rows = spendingToday.limits.map((one) => h("div.row", h("span.grow", h("b", name("payStrength", one.strength)), h("small", t("今天还可付 ", "Left today "), sum(one.remaining))), h("b", sum(one.limit))));
  return { title: t("今天的限额", "Limits of today"), body: [card(rows), h("p.soft", t("按中国人民银行条码支付的规定：静态码一天最多 500 元；动态码不验密码 1,000 元，验密码 5,000 元。", "By the central bank's rules on barcode payment: 500 yuan a day by static codes; by dynamic ones 1,000 without the PIN and 5,000 with it."))] };
}
