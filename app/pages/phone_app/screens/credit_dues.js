// What is owed on my credit line: by which day, for what, and repaying it, in part or whole; treatments paid later.
import { ask, wish } from "../api.js";
import { act, announce, card, countdown, date, empty, entry, facts, h, link, moment, row, surely, tag } from "../dom.js";
import { name, t } from "../words.js";
import { backToCredit } from "./credit.js";
import { pinEntry, pinField, provenBy } from "./paycode.js";
import { sum } from "./wallet.js";

export async function creditDuesScreen({ again }) {
  const [{ creditStatement: owed }, { creditDues }, { creditRepayments }] = await Promise.all([ask("CreditStatement"), ask("CreditDues", { first: 20, open: false }), ask("CreditRepayments", { first: 10 })]);
  const nothing = !owed.dues.length;
  return {
    title: t("还款", "Repay"),
    body: [
      card(h("p.big", sum(owed.owed)), nothing ? empty(t("现在不欠。", "Nothing is owed.")) : h("p", t(`最近的还款日 ${date(owed.nextDue)}`, `Next due on ${date(owed.nextDue)}`)), Number(owed.overdue.amount) > 0 && h("p.alarm", t(`其中 ${sum(owed.overdue)} 已过还款日。`, `${sum(owed.overdue)} of it is overdue.`)), h("p.soft", t("不收利息，不收费用。", "No interest, no fee."))),
      !nothing && form(owed, again),
      !nothing && card(h("h2", t("要还的", "Owed")), owed.dues.map(due)),
      creditRepayments.edges.length > 0 && card(h("h2", t("还款记录", "Repayments")), creditRepayments.edges.map(({ node }) => repayment(node))),
      creditDues.edges.length > 0 && card(h("h2", t("已结清", "Settled")), creditDues.edges.map(({ node }) => due(node))),
      backToCredit(),
    ],
  };
}

function form(owed, again) {
  const amount = h("input", { inputmode: "decimal", value: owed.owed.amount });
  const repay = (operation) => async () => {
    const { repayment } = await wish(operation, { amount: { amount: amount.value.trim() } });
    if (repayment.payAt) return location.assign(repayment.payAt);
    announce(t(`已还，还欠 ${sum(repayment.left)}`, `Repaid; ${sum(repayment.left)} is left`));
    again();
  };
  return card(entry(t("还多少（元）", "How much (yuan)"), amount, t("可以只还一部分，先到期的先还。", "A part will do; what is due first is repaid first.")), h("div.spread", act(t("用钱包还", "From the wallet"), repay("RepayCredit")), act(t("用银行卡还", "By bank card"), repay("RepayCreditByGateway"), "quiet")));
}

function due(one) {
  const part = one.owed.amount !== one.amount.amount && Number(one.owed.amount) > 0;
  return h("div.row", h("span.grow", h("b", one.payee.name), h("small", name("creditDue", one.kind), " · ", t(`${date(one.due)} 前还`, `due ${date(one.due)}`))), h("span", h("b", sum(one.settledAt ? one.amount : one.owed)), part && h("small", t(` 共 ${sum(one.amount)}`, ` of ${sum(one.amount)}`))));
}

function repayment(one) {
  const waits = one.state === "WAITING";
  return h("div.row", h("span.grow", h("b", sum(one.amount)), h("small", name("creditMeans", one.means), " · ", moment(one.at))), tag(name("creditRepayment", one.state), waits ? "gold" : one.state === "FAILED" ? "red" : ""));
}

export async function treatmentsScreen() {
  const { treatments } = await ask("Treatments", { first: 30 });
  const rows = treatments.edges.map(({ node }) => row("/treatment/" + node.id, node.hospital.name, `${node.about} · ${moment(node.at)}`, tag(name("treatment", node.state), node.state === "WAITING" ? "gold" : "")));
  return { title: t("先诊疗后付费", "Treat first, pay later"), body: [card(rows.length ? rows : empty(t("在医院出示医疗用途的卡码，医院申请后在这里确认。", "Show your card's hospital code at the hospital; what it asks for you confirm here."))), backToCredit()] };
}

export async function treatmentScreen({ args: [id], again }) {
  const [{ treatment: one }, { payPin }] = await Promise.all([ask("Treatment", { treatment: id }), ask("PayPin")]);
  if (!one) return { title: t("没有这次诊疗", "No such treatment"), body: [link("/treatments", t("看全部", "See all"))] };
  const [waits, secret] = [one.state === "WAITING", pinField()];
  const answer = (operation, proof = () => ({})) => async () => { await wish(operation, { treatment: id, ...proof() }); again(); };
  return {
    title: one.hospital.name,
    body: [
      card(h("div.spread", h("p.big", sum(one.charged ?? one.estimate)), tag(name("treatment", one.state), waits ? "gold" : "")), facts([t("为什么", "For"), one.about], [t("就诊号", "Visit"), one.reference], [t("最多扣", "At most"), sum(one.estimate)], one.until && !waits && [t("预留到", "Held until"), date(one.until)])),
      one.bill.length > 0 && card(h("h2", t("医疗账单", "The bill")), one.bill.map((line) => h("div.row", h("span.grow", line.what), h("b", sum(line.amount)))), h("p.soft", t("账单内容只有您和医院看得到。", "Only you and the hospital can read it."))),
      waits && h("p.note", t("请在这段时间内确认：", "Please confirm within "), countdown(one.until, again)),
      waits && card(pinEntry(payPin, secret, t("超过 1,000 元时需要", "Needed above 1,000 yuan"))),
      waits && act(t("确认，先看病", "Confirm: treat me first"), answer("ConfirmTreatment", () => provenBy(secret))),
      waits && surely(t("不用", "No, thank you"), t("不用信用支付？", "Not by credit?"), answer("DeclineTreatment")),
      one.state === "CHARGED" && link("/credit-dues", h("span.button", t("去还款", "Repay it"))),
    ],
  };
}
