// Micro-wishes: small wishes that one person takes up, does and is thanked for; and making one.
import { ask, signedIn, wish } from "../api.js";
import { act, announce, card, empty, entry, facts, h, link, local, moment, surely, tag } from "../dom.js";
import { name, plural, t } from "../words.js";
import { photos } from "./photos.js";

const MOST_PHOTOS = 6;

const KINDS = ["COMPANY", "ERRAND", "REPAIR", "LESSON", "GOODS", "OUTING", "OTHER"];
const WHOM = ["OLDER", "CHILD", "DISABLED", "FAMILY", "OTHER"];
const pictures = (one) => one.pictures.length > 0 && h("div.photos", one.pictures.map((src) => h("img", { src: local(src), alt: "" })));

export async function wishesScreen({ again }) {
  const { microWishes } = await ask("MicroWishes", { first: 30 });
  const open = microWishes.edges.map(({ node }) => shown(node, signedIn() && surely(t("认领", "Take it up"), t(`${node.days} 天内完成，认领吗？`, `To be done within ${plural(node.days, "day")}. Take it up?`), async () => { await wish("ClaimMicroWish", { wishId: node.id }); announce(t("认领成功，社区会与您联系", "It is yours; the committee will get in touch")); again(); })));
  return { title: t("微心愿", "Micro-wishes"), body: [signedIn() && link("/my-wishes", h("span.button.quiet", t("我的微心愿", "Mine"))), ...(open.length ? open : [card(empty(t("愿望都有人认领了。", "All wishes are taken up.")))])] };
}

const shown = (one, ...ways) => card(
  h("div.spread", h("h2", one.title), tag(name("wishKind", one.kind))), h("p", one.text),
  facts([t("为谁", "For"), name("wishFor", one.whom)], [t("社区", "Committee"), one.organisation.name], one.dueAt && [one.state === "DONE" ? t("请在此前确认", "To be confirmed by") : t("完成期限", "Due"), moment(one.dueAt)], one.answer && [t("答复", "Answer"), one.answer], one.done && [t("怎样完成", "How it was done"), one.done], one.thanks && [t("感谢", "Thanks"), one.thanks]),
  pictures(one), ...ways,
);

export async function myWishesScreen({ again }) {
  const [{ myMicroWishes: made }, { myMicroWishes: held }, { volunteerKeepers }] = await Promise.all([ask("MyMicroWishes", { held: false, first: 20 }), ask("MyMicroWishes", { held: true, first: 20 }), ask("VolunteerKeepers")]);
  const mine = made.edges.map(({ node }) => shown(node, h("p", tag(name("wishState", node.state))), ...own(node, again)));
  const theirs = held.edges.map(({ node }) => shown(node, h("p", tag(name("wishState", node.state))), ...taken(node, again)));
  return { title: t("我的微心愿", "My wishes"), body: [h("h2", t("我认领的", "Those I took up")), ...(theirs.length ? theirs : [card(empty(t("还没有。", "None yet.")))]), h("h2", t("我许下的", "Those I made")), ...(mine.length ? mine : [card(empty(t("还没有。", "None yet.")))]), making(volunteerKeepers, again)] };
}

function own(one, again) {
  const go = (operation, more) => async () => { await wish(operation, { wishId: one.id, ...more }); again(); };
  if (["SCREENING", "OPEN", "CLAIMED"].includes(one.state)) return [surely(t("撤回", "Withdraw"), t("撤回这个心愿？", "Withdraw this wish?"), go("WithdrawMicroWish"))];
  if (one.state === "DONE") return [act(t("确实完成了", "It was fulfilled"), go("ConfirmMicroWish", { fulfilled: true })), act(t("还没有完成", "Not yet"), go("ConfirmMicroWish", { fulfilled: false }), "quiet")];
  if (one.state !== "CONFIRMED" || one.thanks) return [];
  const words = h("textarea", { rows: 2, maxlength: 300 }), uploadIds = [];
  return [entry(t("说声谢谢", "Say thank you"), words), photos(uploadIds, MOST_PHOTOS), act(t("送出", "Send"), async () => go("ThankForMicroWish", { words: words.value, uploadIds })())];
}

function taken(one, again) {
  if (one.state !== "CLAIMED") return [];
  const words = h("textarea", { rows: 2, maxlength: 500 }), uploadIds = [];
  const done = async () => { await wish("FinishMicroWish", { wishId: one.id, words: words.value, uploadIds }); announce(t("等待确认", "It will be confirmed")); again(); };
  return [entry(t("怎样完成的", "How you did it"), words), photos(uploadIds, MOST_PHOTOS), act(t("完成了", "It is done"), done), surely(t("放弃认领", "Give it up"), t("放弃认领？别人可以再认领。", "Give it up, for somebody else?"), async () => { await wish("GiveUpMicroWish", { wishId: one.id }); again(); })];
}

function making(keepers, again) {
  const kind = h("select", KINDS.map((one) => h("option", { value: one }, name("wishKind", one))));
  const whom = h("select", WHOM.map((one) => h("option", { value: one }, name("wishFor", one))));
  const title = h("input", { maxlength: 40, autocomplete: "off" });
  const text = h("textarea", { rows: 3, maxlength: 500 });
  const unit = h("select", keepers.map((one) => h("option", { value: one.code }, one.name)));
  const days = h("input", { inputmode: "numeric", value: "14", maxlength: 2 });
  const send = async () => {
    await wish("MakeMicroWish", { wish: { kind: kind.value, whom: whom.value, title: title.value, text: text.value, days: Number(days.value), organisation: unit.value } });
    announce(t("已提交社区审核", "The committee will look at it"));
    again();
  };
  return card(h("h2", t("许一个微心愿", "Make a wish")), entry(t("类别", "Kind"), kind), entry(t("为谁", "For"), whom), entry(t("一句话", "In a line"), title), entry(t("说说", "What it is"), text, t("请不要写姓名、电话和住址", "No names, numbers or addresses, please")), entry(t("几天内", "Within days"), days), entry(t("由谁审核", "Who looks at it"), unit), act(t("提交", "Send"), send));
}
