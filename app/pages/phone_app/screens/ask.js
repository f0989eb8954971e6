// Asking in one's own words: an answer with its source and how sure it is, a choice, or where to go from here.
import { ask, device, signedIn, wish } from "../api.js";
import { act, announce, date, h } from "../dom.js";
import { t } from "../words.js";
import { result } from "./search.js";

const KEPT = "rong.asking";
const TRY = [["身份证丢了怎么补办？", "I lost my ID card"], ["新生儿怎么上户口？", "How do I register a newborn?"], ["公积金怎么提取？", "How do I draw on the housing fund?"]];
const who = () => (signedIn() ? {} : { device: device().id });

export async function askScreen() {
  const talk = h("div.talk", { "aria-live": "polite" });
  const input = h("input", { type: "text", maxlength: 300, placeholder: t("写下你的问题", "Write your question"), "aria-label": t("问题", "Question") });
  const told = h("p.told", { role: "alert" });
  const say = async (question, chosen = null) => {
    told.textContent = "";
    try {
      await turn(talk, question, chosen, say);
    } catch (refused) {
      if (["ASK_SESSION_FULL", "ASK_SESSION_UNKNOWN"].includes(refused.code)) sessionStorage.removeItem(KEPT);
      told.textContent = refused.message;
    }
  };
  const send = (event) => {
    event.preventDefault();
    const question = input.value.trim();
    input.value = "";
    if (question) say(question);
  };
  const kept = sessionStorage.getItem(KEPT);
  const before = kept && (await ask("AskSession", { id: kept, ...who() }).catch(() => null))?.askSession;
  if (before) for (const one of before.turns) talk.append(bubble(one.question), reply(one, before, say));
  const clear = () => { sessionStorage.removeItem(KEPT); talk.replaceChildren(hello(say)); };
  if (!before) talk.append(hello(say));
  return { title: t("问一问", "Ask"), body: [talk, told, h("form.say", { onsubmit: send }, input, h("button.primary", t("发送", "Send"))), before && h("button.quiet.small", { type: "button", onclick: clear }, t("重新开始", "Start again"))] };
}

const bubble = (text) => h("p.mine", text);
const hello = (say) => h("div.theirs", h("p", t("用自己的话问，答案来自各部门，并注明出处。", "Ask in your own words; answers come from the departments and name their source.")), h("div.chips", TRY.map((pair) => h("button.chip", { type: "button", onclick: () => say(t(...pair)) }, t(...pair)))));

async function turn(talk, question, chosen, say) {
  const session = sessionStorage.getItem(KEPT);
  talk.append(bubble(question));
  const waits = talk.appendChild(h("p.theirs.waits", "···"));
  try {
    const said = await wish("Ask", { question, session, chosen, ...who() });
    sessionStorage.setItem(KEPT, said.session.id);
    talk.append(reply(said.turn, said.session, say));
  } finally {
    waits.remove();
  }
  talk.lastElementChild.scrollIntoView({ behavior: "smooth", block: "nearest" });
}

function reply(turn, session, say) {
  const { help, answer } = turn;
  return h("div.theirs",
    help && h("div.alarm", help.advice, help.hotlines.map((one) => h("p", h("a", { href: "tel:" + one.number }, `${one.number} ${one.name}`)))),
    answer && shown(answer, turn, session),
    turn.reply === "CLARIFYING" && [h("p", t("你问的是哪一个？", "Which of these do you mean?")), h("div.chips", turn.offered.map((one) => h("button.chip", { type: "button", onclick: () => say(turn.question, one.code) }, one.title)))],
    turn.reply === "UNANSWERED" && !help && h("p", t("这个我们还答不上来。", "We have no answer to that yet.")),
    turn.items.map((one) => result(one)),
    turn.handOver !== "NONE" && act(to(turn.handOver), () => handOver(session.id, turn), "primary"));
}

const to = (where) => ({ APPLICATION: t("去办理", "Apply for it"), APPOINTMENT: t("去预约", "Book a time"), CASE: t("转人工", "Hand it to a person") })[where];

function shown(answer, turn, session) {
  const sure = turn.confidence === null ? "" : t(`把握 ${Math.round(turn.confidence * 100)}%`, `${Math.round(turn.confidence * 100)}% sure`);
  const rate = (helpful) => act(helpful ? t("有用", "Helpful") : t("没用", "Not helpful"), async () => {
    await wish("RateAnswer", { code: answer.code, version: answer.version, helpful, session: session.id, complaint: helpful ? null : "UNCLEAR" });
    announce(t("谢谢", "Thank you"));
  }, "chip");
  return h("div", h("b", answer.title), answer.body.split("\n").filter(Boolean).map((one) => h("p", one)), answer.steps.length > 0 && h("ol", answer.steps.map((one) => h("li", one))),
    answer.links.map((one) => h("p", h("a", { href: one.url, target: "_blank", rel: "noreferrer" }, one.name))),
    h("small.soft", t("出处：", "Source: "), answer.unit.name, " · ", date(answer.reviewedAt ?? answer.publishedAt), sure && ` · ${sure}`),
    signedIn() && h("div.chips", { "aria-label": t("有帮助吗？", "Did it help?") }, rate(true), rate(false)));
}

async function handOver(session, turn) {
  if (!signedIn()) return void (location.hash = "#/sign-in");
  const said = await wish("HandOverAsk", { session, to: turn.handOver });
  if (said.item) location.hash = "#/item/" + said.item;
  else if (said.to === "APPOINTMENT") location.hash = "#/venues";
  else announce(t("已转交", "Handed over"));
}

