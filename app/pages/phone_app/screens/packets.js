// Red packets: those that wait for me, sending one, and what was in one for whom.
import { ask, wish } from "../api.js";
import { act, announce, card, empty, entry, facts, h, moment, row, tag } from "../dom.js";
import { grouped, name, t } from "../words.js";

const TONES = { OPEN: "gold", LAPSED: "red", EMPTIED: "" };
const worth = (money) => (money.currency === "POINTS" ? t(`${Math.round(money.amount)} 分`, `${Math.round(money.amount)} points`) : "¥" + grouped(money.amount));

export async function packetsScreen() {
  const [{ waitingRedPackets: waiting }, { sentRedPackets: sent }, { openedRedPackets: got }] = await Promise.all([
    ask("WaitingRedPackets"), ask("SentRedPackets", { first: 10 }), ask("OpenedRedPackets", { first: 10 }),
  ]);
  return { title: t("红包", "Red packets"), body: [waiting.length > 0 && forMe(waiting), finding(), sending(), listed(t("我收到的", "Those I opened"), got, (one) => worth(one.mine)), listed(t("我发出的", "Those I sent"), sent, (one) => worth(one.amount))] };
}

const forMe = (waiting) => card(h("h2", t("等您打开", "They wait for you")), waiting.map((one) => row("/packet/id/" + one.id, t(`${one.sender} 的红包`, `From ${one.sender}`), one.wish, tag(t("打开", "Open"), "gold"))));

function finding() {
  const typed = h("input", { autocomplete: "off", maxlength: 64, placeholder: "RONGHB:…" });
  return card(entry(t("输入红包口令", "The code of a packet"), typed), act(t("看红包", "Look"), async () => (location.hash = "#/packet/link/" + encodeURIComponent(typed.value.trim())), "quiet"));
}

function sending() {
  const currency = h("select", h("option", { value: "CNY" }, t("零钱（元）", "Money (yuan)")), h("option", { value: "POINTS" }, t("积分", "Points")));
  const kind = h("select", h("option", { value: "LUCKY" }, t("拼手气", "Lucky shares")), h("option", { value: "FIXED" }, t("每份一样", "Equal shares")));
  const amount = h("input", { inputmode: "decimal", autocomplete: "off", placeholder: "8.88" });
  const shares = h("input", { inputmode: "numeric", autocomplete: "off", value: "1" });
  const said = h("input", { maxlength: 40, autocomplete: "off", placeholder: t("恭喜发财，大吉大利", "Good luck") });
  const phones = h("textarea", { rows: 2, autocomplete: "off" });
  const send = async () => {
    const packet = { amount: { amount: amount.value.trim(), currency: currency.value }, shares: Number(shares.value), kind: kind.value, wish: said.value, phones: phones.value.split(/[\s,，]+/).filter(Boolean) };
    const done = await wish("SendRedPacket", { packet });
    announce(t("红包已塞好", "The packet is filled"));
    location.hash = "#/packet/id/" + done.packet.id;
  };
  return card(
    h("h2", t("发红包", "Send one")), entry(t("用什么", "Of what"), currency), entry(t("怎么分", "How to split"), kind), entry(t("总额", "In all"), amount, t("最多 200 元或 2000 积分", "200 yuan or 2,000 points at most")),
    entry(t("几份", "How many shares"), shares), entry(t("祝福语", "A wish"), said), entry(t("只发给这些手机号（可不填）", "Only for these phone numbers (may be empty)"), phones), act(t("塞进红包", "Fill it"), send),
  );
}

function listed(title, found, end) {
  const rows = found.edges.map(({ node }) => row("/packet/id/" + node.id, node.sender ? t(`${node.sender} 的红包`, `From ${node.sender}`) : node.wish ?? t("红包", "A red packet"), `${moment(node.at)} · ${node.opened}/${node.count}`, h("b", end(node))));
  return card(h("h2", title), rows.length ? rows : empty(t("还没有。", "None yet.")));
}

export async function packetScreen({ args: [by, text], again }) {
  const which = { [by]: text };
  const { redPacket: one } = await ask("RedPacket", { which });
  const title = t("红包", "A red packet");
  if (!one) return { title, body: [card(empty(t("没有这个红包，或者不是发给您的。", "There is no such packet, or it is not for you.")))] };
  const openable = one.state === "OPEN" && !one.mine && (!one.own || one.count > 1);
  const open = async () => {
    await wish("OpenRedPacket", { which });
    again();
  };
  return {
    title,
    body: [
      card(h("p.soft", one.own ? t("我发的红包", "Sent by me") : t(`${one.sender} 发的红包`, `From ${one.sender}`)), h("p.big", one.wish ?? ""), tag(name("packetState", one.state), TONES[one.state]), one.mine && h("p.big", worth(one.mine)), openable && act(t("打开", "Open it"), open)),
      one.link && one.state === "OPEN" && card(h("p", t("把口令发给朋友，谁先打开谁得：", "Send this code to friends; who opens it first gets a share:")), h("p", h("b", one.link))),
      inside(one),
    ],
  };
}

function inside(one) {
  if (!one.amount) return null;
  const rows = one.shares.map((share) => h("div.row", h("span.grow", h("b", share.mine ? t("我", "Me") : share.name), h("small", moment(share.at))), share.best && tag(t("手气最佳", "The luckiest"), "gold"), h("b", worth(share.amount))));
  return card(facts([t("共", "In all"), worth(one.amount)], [t("已领", "Opened"), `${one.opened} / ${one.count}`], one.returned && Number(one.returned.amount) > 0 && [t("退回", "Went back"), worth(one.returned)]), rows);
}
