// First responders: agreeing to be called, telling where one is, and answering a call.
import { ask, wish } from "../api.js";
import { act, announce, card, empty, entry, facts, h, moment, surely, tag } from "../dom.js";
import { name, t } from "../words.js";
import { located } from "./presence.js";

const position = ({ coords }) => ({ latitude: coords.latitude, longitude: coords.longitude });

export async function responderScreen({ again }) {
  const [{ responder }, { responderCalls }] = await Promise.all([ask("Responder"), ask("ResponderCalls")]);
  const calls = responderCalls.map((one) => called(one, again));
  return { title: t("应急响应", "First responders"), body: [...calls, responder ? agreed(responder, again) : agreeing(again), !calls.length && card(empty(t("现在没有呼叫。", "There is no call now.")))] };
}

function called({ call, state, metres }, again) {
  const say = (next) => async () => {
    const more = next === "CANNOT" ? {} : { position: position(await located()) };
    await wish("AnswerResponderCall", { callId: call.id, state: next, ...more });
    again();
  };
  const move = async () => { await wish("ShareResponderPlace", { callId: call.id, position: position(await located()) }); announce(t("位置已更新", "Your place is told")); };
  return card(
    h("div.spread", h("h2", name("callKind", call.kind)), tag(name("callReply", state), state === "CALLED" ? "red" : "gold")),
    facts([t("地点", "Where"), call.address], [t("距离", "Away"), `${metres} m`], [t("时间", "When"), moment(call.at)], call.words && [t("说明", "Words"), call.words]),
    state === "CALLED" && act(t("我马上去（中心将看到我的位置）", "I am going (the centre sees my place)"), say("GOING")),
    state === "CALLED" && act(t("去不了", "I cannot"), say("CANNOT"), "quiet"),
    state === "GOING" && act(t("更新我的位置", "Tell where I am"), move, "quiet"), state === "GOING" && act(t("我到了", "I am there"), say("ARRIVED")),
  );
}

const agreed = (one, again) => card(
  h("h2", t("您同意在附近有人求助时被呼叫", "You agreed to be called")),
  facts([t("范围", "Within"), `${one.radius} m`], [t("时段", "Between"), one.since === one.until ? t("全天", "any hour") : `${one.since} – ${one.until}`], [t("最近位置", "Place last told"), one.placeAt ? moment(one.placeAt) : t("没有", "none")]),
  act(t("更新我的位置（保留两小时）", "Tell where I am (kept two hours)"), async () => { await wish("KeepResponderPlace", { position: position(await located()) }, false); again(); }),
  surely(t("不再接受呼叫", "Be called no more"), t("不再接受呼叫？位置会立即删除。", "Be called no more? Your place is forgotten at once."), async () => { await wish("EndResponder"); again(); }),
);

function agreeing(again) {
  const first = h("input", { type: "checkbox", checked: true }), aed = h("input", { type: "checkbox" }), yes = h("input", { type: "checkbox" });
  const radius = h("input", { inputmode: "numeric", value: "1000", maxlength: 4 });
  const since = h("input", { type: "time", value: "00:00" }), until = h("input", { type: "time", value: "00:00" });
  const send = async () => {
    const skills = [first.checked && "FIRST_AID", aed.checked && "AED"].filter(Boolean);
    await wish("BecomeResponder", { responder: { skills, radius: Number(radius.value), since: since.value, until: until.value, agreed: yes.checked } });
    again();
  };
  return card(
    h("h2", t("附近有人求助时叫我", "Call me when somebody near needs help")), h("label", first, name("skill", "FIRST_AID")), h("label", aed, name("skill", "AED")),
    entry(t("多远以内（米）", "Within how many metres"), radius), entry(t("从", "From"), since), entry(t("到（相同为全天）", "Until (the same: any hour)"), until),
    h("label", yes, t("同意保存最近一次位置两小时，仅用于呼叫", "I agree that my last place is kept for two hours, for calls only")), act(t("同意", "Agree"), send),
  );
}
