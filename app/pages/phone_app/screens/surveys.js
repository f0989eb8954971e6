// Surveys: what is asked now, answering once, and what came of it.
import { ask, signedIn, wish } from "../api.js";
import { act, announce, card, date, empty, h, link, row, tag } from "../dom.js";
import { name, plural, t } from "../words.js";

export async function surveysScreen() {
  const { surveys } = await ask("Surveys", { first: 30 });
  const line = (one) => row("/survey/" + one.id, one.title, [one.unit.name, t(`到 ${date(one.closesAt)}`, `until ${date(one.closesAt)}`)].join(" · "), tag(name("surveyPhase", one.phase), one.phase === "OPEN" ? "gold" : ""));
  return { title: t("民意调查", "Surveys"), body: [card(surveys.edges.length ? surveys.edges.map(({ node }) => line(node)) : empty(t("还没有调查。", "None yet.")))] };
}

export async function surveyScreen({ args: [id], again }) {
  const { survey: one } = await ask("Survey", { id });
  if (!one) return { title: t("调查", "Survey"), body: [empty(t("没有这项调查。", "There is no such survey."))] };
  return {
    title: one.title,
    body: [
      card(h("div.tags", tag(name("surveyPhase", one.phase)), tag(one.unit.name)), h("p", one.lead), h("p.soft", t("谁选了什么不留记录；少于五份的结果不显示。", "Who answered what is kept nowhere; nothing is shown of fewer than five."))),
      one.phase === "OPEN" && (signedIn() ? (one.answered ? card(h("p", t("您已经填写，谢谢。", "You have answered. Thank you."))) : form(one, again)) : link("/sign-in", h("span.button", t("登录后填写", "Sign in to answer")))),
      one.outcome ? outcome(one) : card(empty(one.resultsShown === "CLOSED" ? t("结果在结束后公布。", "Results are shown when it is over.") : t("答的人还不够多，暂不显示结果。", "Too few have answered for results to be shown."))),
    ],
  };
}

function form(one, again) {
  const asked = one.questions.map((question) => ({ question, ...asking(question) }));
  const send = async () => {
    const answers = asked.map(({ question, given }) => ({ question: question.key, ...given() })).filter((said) => said.chosen?.length || said.text);
    for (const each of asked) each.fault("");
    try {
      await wish("AnswerSurvey", { surveyId: one.id, answers });
    } catch (refused) {
      for (const { at, why } of refused.outcome.faults ?? []) asked.find((each) => each.question.key === at)?.fault(name("surveyMisfit", why));
      throw refused;
    }
    announce(t("已提交，谢谢。", "Thank you."));
    again();
  };
  return card(asked.map((each) => each.place), act(t("提交", "Send"), send));
}

/** A question as it is filled in: where it stands, what was given, and what is wrong with it. */
function asking(question) {
  const told = h("span.told", { role: "alert" });
  const fault = (text) => (told.textContent = text);
  const legend = h("legend", question.words, !question.required && h("small", t("（可不填）", " (may be left out)")));
  if (question.kind === "TEXT") {
    const words = h("textarea", { maxlength: 500, rows: 3, "aria-label": question.words });
    return { place: h("fieldset", legend, words, told), given: () => ({ text: words.value.trim() }), fault };
  }
  const many = question.kind === "MULTIPLE";
  const choices = question.kind === "SCALE" ? Array.from({ length: question.most }, (_, n) => ({ key: String(n + 1), words: String(n + 1) })) : question.options;
  const boxes = choices.map((one) => h("input", { type: many ? "checkbox" : "radio", name: question.key, value: one.key }));
  const place = h("fieldset", legend, h(question.kind === "SCALE" ? "div.tags" : "div.stack", choices.map((one, n) => h("label", boxes[n], " ", one.words))), told);
  return { place, given: () => ({ chosen: boxes.filter((box) => box.checked).map((box) => box.value) }), fault };
}

function outcome(one) {
  const { answered, counts, withheld, districts } = one.outcome;
  if (!answered) return card(empty(t("答的人还不够多，暂不显示结果。", "Too few have answered for results to be shown.")));
  const words = (question, option) => question.options.find((each) => each.key === option)?.words ?? option;
  const bar = (question, { option, count }) => h("label", `${words(question, option)} · ${count}`, h("progress", { max: answered, value: count }));
  return card(h("h2", t(`结果（${answered} 人）`, `Results (${plural(answered, "person", "people")})`)),
    one.questions.filter((question) => question.kind !== "TEXT").map((question) => h("div.stack", h("b", question.words), counts.filter((each) => each.question === question.key).map((each) => bar(question, each)))),
    districts.length > 0 && h("p.soft", t("按地区：", "By district: "), districts.map((each) => `${each.name ?? t("未知", "unknown")} ${each.answered}`).join(t("，", ", "))),
    withheld.length > 0 && h("p.soft", t(`${withheld.length} 个地区人数太少，不单独显示。`, `${withheld.length} districts have too few answers to be shown.`)));
}
