// Oneself: who the city knows one as, verifying that, the card's code, signing out.
import { ask, keep, keepToken, wish } from "../api.js";
import { act, announce, card, countdown, entry, facts, h, local, row } from "../dom.js";
import { name, t } from "../words.js";
import { picture } from "./licences.js";

const PURPOSES = ["SERVICE_HALL", "HOSPITAL"];

export async function meScreen({ again }) {
  const [{ me }, { card: held }] = await Promise.all([ask("Me"), ask("Card")]);
  const real = me.assurance === "REAL_NAME";
  return {
    title: t("我的", "Me"),
    body: [
      card(facts([t("姓名", "Name"), me.name ?? "—"], [t("手机", "Phone"), me.phone], [t("实名", "Verified"), real ? t("已实名", "Verified") : t("还没有", "Not yet")])),
      !real && verification(again),
      real && !held && act(t("领取市民卡", "Get the citizen card"), async () => { await wish("IssueCard"); again(); }),
      held && shown(held),
      real && card(row("/wallet", t("我的钱包", "My wallet"), t("余额、充值、提现、付款记录", "Balance, top-up, withdrawal, payments")), row("/credit", t("市民信用", "Citizen credit")), row("/bills", t("我的账单", "My bills"))),
      card(row("/inbox", t("消息", "Messages")), row("/cases", t("我的诉求", "My cases")), row("/applications", t("我的办件", "Applications")), row("/licences", t("电子证照", "Licences")), row("/bookings", t("我的预约", "Bookings")), row("/event-tickets", t("我的票", "My tickets")), row("/tickets", t("我的排号", "My numbers"))),
      act(t("退出登录", "Sign out"), leave, "quiet"),
    ],
  };
}

function verification(again) {
  const person = h("input", { autocomplete: "name" });
  const number = h("input", { autocomplete: "off", maxlength: 18 });
  const verify = async () => {
    const said = await wish("VerifyIdentity", { name: person.value.trim(), idNumber: number.value.trim() });
    keepToken(said.accessToken);
    announce(t("实名成功", "Verified"));
    again();
  };
  return card(h("h2", t("实名认证", "Verify who you are")), entry(t("姓名", "Name"), person), entry(t("身份证号", "ID number"), number, t("只用来核对，加密保存", "Only to check it; kept encrypted")), act(t("认证", "Verify"), verify));
}

function shown(held) {
  const place = h("div.code", { "aria-live": "polite" });
  const show = async (purpose) => {
    const { cardCode: code } = await wish("ShowCode", { purpose });
    place.replaceChildren(picture(code.svg, t("市民码", "Citizen code")), h("p", name("purpose", purpose), " · ", countdown(code.expiresAt, () => place.replaceChildren())));
  };
  return card(h("img.face", { src: local(held.face.webp), alt: held.number }), h("h2", t("出示市民码", "Show your code")), h("div.chips", PURPOSES.map((one) => act(name("purpose", one), () => show(one), "chip"))), place);
}

async function leave() {
  await wish("SignOut", {}, false).catch(() => {});
  keep(null);
  sessionStorage.clear();
  location.hash = "#/sign-in";
}
