// Paying a code that a merchant shows: scanned from a photo, typed, or opened as a link; then how much, and out of what.
import { ask, wish } from "../api.js";
import { act, announce, card, countdown, empty, entry, facts, h, link } from "../dom.js";
import { name, t } from "../words.js";
import { pinField } from "./paycode.js";
import { sum } from "./wallet.js";

export async function payToScreen({ args: [text], again }) {
  if (!text) return { title: t("扫一扫付款", "Pay a merchant"), body: [finding()] };
  const [{ merchantCode: found }, { payPin }] = await Promise.all([ask("MerchantCode", { text }), ask("PayPin")]);
  if (!found) return { title: t("扫一扫付款", "Pay a merchant"), body: [card(empty(t("这个收款码不能付款：可能已更换、已付过或过期。", "This code cannot be paid: it was replaced, paid before, or has expired."))), finding()] };
  return { title: found.merchant, body: [found.fixed ? sale(found, again) : card(h("p", t("请和店家核对名称和金额。", "Check the name and the sum with the merchant."))), paying(found, payPin)] };
}

function finding() {
  const typed = h("input", { name: "text", autocomplete: "off", maxlength: 40, placeholder: "RONG:M…" });
  const photo = h("input", { type: "file", accept: "image/*", capture: "environment" });
  const go = (text) => (location.hash = "#/pay-to/" + encodeURIComponent(text.trim()));
  photo.addEventListener("change", async () => {
    const [code] = await new window.BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(photo.files[0]));
    if (code) go(code.rawValue);
    else announce(t("照片里没有找到收款码", "No code was found in the photo"));
  });
  return card(
    "BarcodeDetector" in window && entry(t("拍收款码", "Take a photo of the code"), photo),
    entry(t("或输入收款码上的数字", "Or type the digits below the code"), typed), act(t("下一步", "Next"), async () => go(typed.value)),
  );
}

function sale(found, again) {
  return card(h("p.big", sum(found.amount)), facts([t("订单", "Order"), found.order], [t("有效", "Good for"), countdown(found.expiresAt, again)]));
}

function paying(found, payPin) {
  const points = found.amount?.currency === "POINTS";
  const amount = h("input", { inputmode: "decimal", autocomplete: "off", placeholder: "0.00" });
  const secret = pinField();
  const pay = (method) => async () => {
    const said = found.fixed ? {} : { amount: { amount: amount.value.trim() } };
    const { payment } = await wish("PayMerchant", { code: found.code, method, ...said, ...(secret.value && { pin: secret.value }) });
    announce(t(`已付款 ${sum(payment.amount)}`, `Paid ${sum(payment.amount)}`));
    location.hash = "#/wallet";
  };
  const left = found.fixed && payPin.chosen ? found.remainingWithPin : found.remaining;
  return card(
    !found.fixed && entry(t("付多少（元）", "How much, in yuan"), amount),
    !points && h("p.soft", t(`这样的码今天还可付 ${sum(left)}`, `${sum(left)} may be paid by such codes today`)),
    payPin.chosen ? entry(t("支付密码", "Payment PIN"), secret, found.fixed ? t("超过 1,000 元一天时需要", "Needed beyond 1,000 yuan a day") : t("可以不填", "May be left out")) : link("/pay-pin", h("small", t("设置支付密码", "Choose a payment PIN"))),
    (points ? ["POINTS"] : ["WALLET", "CREDIT"]).map((method, first) => act(t(`用${name("payMethod", method)}付`, `Pay by ${name("payMethod", method)}`), pay(method), first ? "quiet" : "primary")),
  );
}
