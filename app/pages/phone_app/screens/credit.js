// Citizen credit: what it goes by, my score and what would raise it, my line, and appeals.
import { ask, wish } from "../api.js";
import { act, announce, card, date, day, empty, entry, facts, h, link, moment, row, surely, tag } from "../dom.js";
import { name, t } from "../words.js";
import { pinEntry, pinField, provenBy } from "./paycode.js";
import { sum } from "./wallet.js";

export async function creditScreen({ again }) {
  const [{ creditRules }, { creditStanding }, { creditLine }, { payPin }] = await Promise.all([ask("CreditRules"), ask("CreditStanding"), ask("CreditLine"), ask("PayPin")]);
  const title = t("信用支付", "Citizen credit");
  if (!creditStanding) return { title, body: [card(h("p", creditRules.terms.text), agree(creditRules, again)), rules(creditRules.inForce)] };
  const open = creditLine && creditLine.state !== "CLOSED";
  return {
    title,
    body: [
      score(creditStanding, creditRules), open ? line(creditLine, again) : offer(creditStanding, creditRules, payPin, again),
      card(row("/credit-dues", t("还款", "Repay"), t("欠多少、哪天还", "What is owed, and by when")), row("/treatments", t("先诊疗后付费", "Treat first, pay later")), row("/credit-history", t("分数是怎么变的", "How the score went")), row("/credit-appeals", t("觉得分数不对？申诉", "Is the score wrong? Appeal"))),
      rules(creditRules.coming ?? creditRules.inForce, creditRules.coming),
      h("div.spread", act(t("重新计分", "Count it again"), async () => { await wish("RecountCredit"); again(); }, "quiet"), surely(t("撤回同意", "Take my consent back"), t("分数、历史和额度都会结束，确定吗？", "Score, history and line will end. Are you sure?"), async () => { await wish("LeaveCredit"); again(); })),
    ],
  };
}

function agree(rules, again) {
  return act(t("同意并计分", "I agree: count my score"), async () => { await wish("JoinCredit", { terms: rules.terms.version }); again(); });
}

function score(standing, rules) {
  const { latest, adjustments } = standing.score;
  return card(
    h("div.spread", h("p.big", String(standing.score.value)), h("small", t(`${rules.least}–${rules.most} 分`, `of ${rules.least}–${rules.most}`))),
    h("meter", { min: rules.least, max: rules.most, value: standing.score.value, "aria-label": t("信用分", "Credit score") }),
    latest.factors.map((one) => h("div.row", h("span.grow", h("b", one.name), h("small", one.counted), one.advice && h("small", one.advice)), h("b", `${one.points} / ${one.weight}`))),
    adjustments.map((one) => h("div.row", h("span.grow", h("b", t("申诉加分", "By an appeal")), h("small", t(`到 ${date(one.until)}`, `until ${date(one.until)}`))), h("b", "+" + one.points))),
    h("p.soft", t("分数只给您自己看，不告诉任何人。", "Only you see your score: it is told to nobody.")),
  );
}

function line(one, again) {
  const owed = Number(one.owed.amount) > 0;
  return card(
    h("div.spread", h("h2", t("额度", "Credit line")), tag(name("creditLine", one.state), one.state === "FROZEN" ? "red" : "")),
    facts([t("还可用", "Free"), h("b", sum(one.available))], [t("额度", "Limit"), sum(one.limit)], owed && [t("欠", "Owed"), sum(one.owed)], Number(one.held.amount) > 0 && [t("诊疗预留", "Held for treatments"), sum(one.held)]),
    one.state === "FROZEN" && h("p.alarm", t("有款项逾期超过三天，还清即恢复。", "Something is overdue for more than three days: repaid, the line opens again.")),
    !owed && surely(t("关闭额度", "Close the line"), t("关闭额度？以后可以再开。", "Close the line? It can be opened again."), async () => { await wish("CloseCreditLine"); again(); }),
  );
}

function offer(standing, rules, payPin, again) {
  if (!Number(standing.limit.amount)) return card(h("h2", t("额度", "Credit line")), empty(t(`满 ${rules.inForce.bands[0].score} 分可以开通。`, `From ${rules.inForce.bands[0].score} points on there is a line.`)));
  const [most, secret] = [h("input", { inputmode: "decimal", placeholder: standing.limit.amount }), pinField()];
  const open = async () => {
    const own = most.value.trim();
    await wish("OpenCreditLine", { agreement: rules.agreement.version, most: own ? { amount: own } : null, ...provenBy(secret) });
    announce(t("额度已开通", "The line is open"));
    again();
  };
  return card(h("h2", t("开通额度", "Open a credit line")), h("p", rules.agreement.text), entry(t("自定上限（可不填）", "A limit of your own (if you like)"), most, t(`最多 ${sum(standing.limit)}`, `${sum(standing.limit)} at most`)), pinEntry(payPin, secret), act(t("同意并开通", "I agree: open it"), open));
}

function rules(one, coming) {
  return card(
    h("h2", coming ? t(`${date(one.since)} 起的计分因素`, `What counts from ${date(one.since)} on`) : t("计分因素", "What counts")),
    one.factors.map((each) => h("div.row", h("span.grow", h("b", each.name), h("small", each.about)), h("b", String(each.weight)))),
    h("p.soft", t("此外什么都不计：说过什么、有何看法、认识谁，都与分数无关。", "Nothing else counts: what you say or think, and whom you know, has no part in it.")),
    facts(...one.bands.map((band) => [t(`${band.score} 分起`, `From ${band.score}`), sum(band.limit)])),
  );
}

export async function creditHistoryScreen() {
  const { creditHistory } = await ask("CreditHistory", { first: 50 });
  const rows = creditHistory.edges.map(({ node }) => h("div.row", h("span.grow", h("b", String(node.value)), h("small", name("creditCause", node.cause))), h("small", moment(node.at))));
  return { title: t("分数的历史", "How the score went"), body: [card(rows.length ? rows : empty(t("还没有计过分。", "It was not counted yet.")))] };
}

export async function creditAppealsScreen({ again }) {
  const [{ creditAppeals }, { creditStanding }] = await Promise.all([ask("CreditAppeals", { first: 20 }), ask("CreditStanding")]);
  const rows = creditAppeals.edges.map(({ node }) => card(
    h("div.spread", h("b", t(`对 ${node.score} 分的申诉`, `Against ${node.score}`)), tag(name("creditAppeal", node.state), node.state === "OPEN" ? "gold" : "")),
    h("p", node.reason), node.answer && h("p.note", node.answer),
    facts(node.points > 0 && [t("加分", "Points"), t(`${node.points} 分，到 ${date(node.until)}`, `${node.points} until ${date(node.until)}`)], node.after && [t("之后", "After it"), String(node.after)], [t("时间", "When"), day(node.at)]),
  ));
  const waits = creditAppeals.edges.some(({ node }) => node.state === "OPEN");
  return { title: t("信用分申诉", "Appeals"), body: [creditStanding && !waits && form(creditStanding, again), ...(rows.length ? rows : [card(empty(t("还没有申诉。", "No appeals yet.")))])] };
}

function form(standing, again) {
  const factor = h("select", h("option", { value: "" }, t("整体", "The whole")), standing.score.latest.factors.map((one) => h("option", { value: one.code }, one.name)));
  const reason = h("textarea", { rows: 4, maxlength: 500 });
  const send = async () => {
    await wish("AppealCredit", { factor: factor.value || null, reason: reason.value });
    announce(t("已递交，会有人答复", "Sent: somebody will answer"));
    again();
  };
  return card(entry(t("哪一项不对", "What is wrong"), factor), entry(t("为什么", "Why"), reason), act(t("递交申诉", "Send the appeal"), send));
}

export const backToCredit = () => link("/credit", h("span.button.quiet", t("信用支付", "Citizen credit")));
