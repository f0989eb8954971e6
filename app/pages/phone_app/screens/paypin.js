// The payment PIN: the first one, another by the one before, and another for who forgot it.
import { ask, device, wish } from "../api.js";
import { act, announce, card, entry, h, moment } from "../dom.js";
import { t } from "../words.js";
import { pinField } from "./paycode.js";

export async function payPinScreen({ again }) {
  const [{ payPin }, { me }] = await Promise.all([ask("PayPin"), ask("Me")]);
  const body = payPin.chosen ? [payPin.lockedUntil && h("p.alarm", { role: "alert" }, t(`已锁定到 ${moment(payPin.lockedUntil)}`, `Locked until ${moment(payPin.lockedUntil)}`)), changing(again), resetting(me.phone, again)] : [choosing(again)];
  return { title: t("支付密码", "Payment PIN"), body: [...body, h("p.soft", t("支付密码只在大额确认和提高限额时使用。工作人员不会问你的密码。", "It is asked for large sums and for the higher limit. Nobody of the city will ever ask you for it."))] };
}

const done = (again) => {
  announce(t("支付密码已设置", "The PIN is set"));
  again();
};

function choosing(again) {
  const [pin, twice] = [pinField(), pinField()];
  const choose = async () => {
    if (pin.value !== twice.value) throw new Error(t("两次输入不一样。", "The two are not the same."));
    await wish("ChoosePayPin", { pin: pin.value });
    done(again);
  };
  return card(h("h2", t("设置六位数字", "Choose six digits")), entry(t("支付密码", "Payment PIN"), pin), entry(t("再输一次", "Once more"), twice), act(t("设置", "Choose"), choose));
}

function changing(again) {
  const [pin, newPin] = [pinField(), pinField()];
  const change = async () => {
    await wish("ChangePayPin", { pin: pin.value, newPin: newPin.value });
    done(again);
  };
  return card(h("h2", t("修改", "Change it")), entry(t("现在的密码", "The present one"), pin), entry(t("新密码", "The new one"), newPin), act(t("修改", "Change"), change));
}

function resetting(phone, again) {
  const [number, mobile, code, pin] = [h("input", { autocomplete: "off", maxlength: 18 }), h("input", { type: "tel", autocomplete: "tel", placeholder: phone }), h("input.code", { inputmode: "numeric", autocomplete: "one-time-code", maxlength: 6 }), pinField()];
  let challenge = null;
  const send = async () => {
    challenge = (await wish("RequestOtp", { phone: mobile.value.trim(), device: device() })).challenge;
    announce(t("验证码已发送", "The code was sent"));
  };
  const reset = async () => {
    await wish("ResetPayPin", { idNumber: number.value.trim(), challenge: challenge ?? "none", code: code.value.trim(), pin: pin.value });
    done(again);
  };
  return h("details", h("summary", t("忘记了？", "Forgotten?")), card(
    entry(t("身份证号", "ID number"), number), entry(t("手机号", "Phone number"), mobile), act(t("发送验证码", "Send a code"), send, "quiet"),
    entry(t("验证码", "Code"), code), entry(t("新密码", "The new PIN"), pin), act(t("重置", "Reset"), reset)));
}
