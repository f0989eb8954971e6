// Signing in: a phone, a code. In development it says whom to try and where the code is read.
import { device, keep, wish } from "../api.js";
import { act, entry, h } from "../dom.js";
import { english, t } from "../words.js";

export async function signInScreen({ query }) {
  const city = await (await fetch("/app/city.json")).json();
  const phone = h("input", { type: "tel", autocomplete: "tel", inputmode: "tel", value: query.get("phone") ?? "", placeholder: "199 0000 0001" });
  const place = h("div.stack");
  const hello = h("section.hero", h("p", t(city.city, city.cityEn)), h("h2", t("一个应用，一张市民卡，整座城市的服务", "One app, one citizen card, everything a city does")));
  place.append(entry(t("手机号", "Phone number"), phone, t("只用来登录和通知你", "To sign in and to tell you things")), act(t("获取验证码", "Send me a code"), () => send(phone.value, place, city)));
  const people = city.people.map((one) => h("button.chip", { type: "button", onclick: () => (phone.value = one.phone) }, english() ? one.nameEn : one.name));
  const demo = people.length > 0 && h("section.note", h("b", t("演示城市：试试其中一位", "A demo city: try one of them")), h("div.chips", people));
  return { title: t("登录", "Sign in"), body: [hello, h("section.card", place), demo] };
}

async function send(typed, place, city) {
  const digits = typed.replace(/[^\d+]/g, "");
  const number = digits.startsWith("+") ? digits : "+86" + digits;
  const asked = await wish("RequestOtp", { phone: number, device: device() });
  const code = h("input.code", { inputmode: "numeric", autocomplete: "one-time-code", maxlength: 6 });
  const desk = city.standIns && `${city.standIns.replace(/\/$/, "")}/control/sms/messages?to=${encodeURIComponent(number)}`;
  place.replaceChildren(
    entry(t("验证码", "Code"), code, t(`已发到 ${number}，五分钟内有效`, `Sent to ${number}, good for five minutes`)),
    act(t("登录", "Sign in"), () => enter(asked.challenge, code.value.trim())),
    ...(desk ? [h("p.note", t("开发环境：短信不会真的发出。", "In development no SMS leaves. "), h("a", { href: desk, target: "_blank", rel: "noreferrer" }, t("在替身页面上看验证码", "Read the code at the stand-in")))] : []),
  );
  code.focus();
}

async function enter(challenge, code) {
  keep(await wish("SignIn", { challenge, code, device: device() }));
  location.hash = "#/";
}
