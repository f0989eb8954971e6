// What I paid: the list; one payment with what went back of it; and contesting it.
import { ask, wish } from "../api.js";
import { act, announce, card, empty, entry, facts, h, local, moment, row, surely, tag } from "../dom.js";
import { name, t } from "../words.js";
import { sent } from "./materials.js";
import { sum } from "./wallet.js";

const TONES = { FAILED: "red", CANCELLED: "red", EXPIRED: "red", WAITING_FOR_CONFIRMATION: "gold", WAITING_FOR_GATEWAY: "gold", PROCESSING: "gold" };
const DISPUTE_TONES = { OPENED: "gold", ANSWERED: "gold", TO_DECIDE: "gold" };
const REASONS = ["NOT_RECEIVED", "NOT_AS_DESCRIBED", "PAID_TWICE", "WRONG_AMOUNT", "NOT_MINE", "REFUND_MISSING", "OTHER"];
const MOST_FILES = 5;

const some = (money) => (money.currency === "POINTS" ? t(`${Number(money.amount)} 分`, `${Number(money.amount)} points`) : sum(money));

export async function paymentsScreen({ signal }) {
  const place = h("div");
  await more(place, null, signal);
  return { title: t("我的付款", "What I paid"), body: [card(place)] };
}

async function more(place, after, signal) {
  const { payments } = await ask("Payments", { first: 20, after });
  if (signal.aborted) return;
  place.append(...payments.edges.map(({ node }) => row("/payment/" + encodeURIComponent(node.id), node.payee?.name ?? t("收款方", "Payee"), moment(node.madeAt), end(node))));
  if (!place.children.length) place.append(empty(t("还没有付过款。", "Nothing was paid yet.")));
  if (!payments.pageInfo.hasNextPage) return;
  const button = act(t("更多", "More"), async () => { button.remove(); await more(place, payments.pageInfo.endCursor, signal); }, "quiet");
  place.append(button);
}

function end(one) {
  const gone = Number(one.refunded.amount);
  const back = gone > 0 && (gone === Number(one.amount.amount) ? t("已全退", "All back") : t("已退一部分", "Partly back"));
  const state = one.state === "CAPTURED" ? back && tag(back) : tag(name("paymentState", one.state), TONES[one.state] ?? "");
  return h("span", h("b", some(one.amount)), state);
}

export async function paymentScreen({ args: [id], again }) {
  const [{ payment: one }, { refunds }, { paymentDisputes }] = await Promise.all([
    ask("Payment", { paymentId: id }), ask("Refunds", { paymentId: id }), ask("PaymentDisputes", { first: 50 }),
  ]);
  if (!one) return { title: t("付款", "Payment"), body: [empty(t("没有这笔付款。", "There is no such payment."))] };
  const disputes = paymentDisputes.edges.map(({ node }) => node).filter((each) => each.paymentId === id);
  const left = Number(one.amount.amount) - Number(one.refunded.amount);
  const open = disputes.some((each) => each.state !== "SETTLED");
  return {
    title: one.payee?.name ?? t("付款", "Payment"),
    body: [
      card(h("div.spread", h("p.big", some(one.amount)), tag(name("paymentState", one.state), TONES[one.state] ?? "")),
        facts([t("编号", "Number"), one.number], [t("时间", "When"), moment(one.capturedAt ?? one.madeAt)], [t("方式", "Paid by"), name("payMethod", one.method)],
          one.order && [t("商户单号", "Their number"), one.order], Number(one.refunded.amount) > 0 && [t("已退", "Went back"), some(one.refunded)])),
      refunds.length > 0 && card(h("h2", t("退款", "Refunds")), refunds.map(refundLine)),
      disputes.length > 0 && card(h("h2", t("争议", "Disputes")), disputes.map((each) => row("/dispute/" + encodeURIComponent(each.id), name("disputeReason", each.reason), moment(each.openedAt), h("span", h("b", some(each.amount)), stateOf(each))))),
      one.state === "CAPTURED" && left > 0 && !open && disputeForm(one, left, again),
    ],
  };
}

function refundLine(one) {
  const ways = one.parts.map((part) => `${name("refundWay", part.way)} ${some(part.amount)}`).join(" · ");
  return h("div.row", h("span.grow", h("b", name("refundCause", one.cause)), h("small", [moment(one.askedAt), ways].join(" · "))), h("span", h("b", "+" + some(one.amount)), tag(name("refundState", one.state), one.state === "DONE" ? "" : "gold")));
}

const stateOf = (one) => (one.ending ? tag(name("disputeOutcome", one.ending.outcome), one.ending.outcome === "REJECTED" ? "red" : "") : tag(name("disputeState", one.state), DISPUTE_TONES[one.state]));

function disputeForm(one, left, again) {
  const reason = h("select", REASONS.map((each) => h("option", { value: each }, name("disputeReason", each))));
  const amount = h("input", { inputmode: "decimal", maxlength: 12, placeholder: left.toFixed(2) });
  const words = h("textarea", { maxlength: 2000, rows: 4 });
  const files = [];
  const send = async () => {
    const said = { paymentId: one.id, reason: reason.value, words: words.value, files };
    if (amount.value.trim()) said.amount = { amount: amount.value.trim(), currency: one.amount.currency };
    await wish("DisputePayment", said);
    announce(t("已提出，对方七天内答复。", "Sent: they answer within seven days."));
    again();
  };
  return h("details.card", h("summary", t("对这笔付款有争议", "Contest this payment")), h("div.stack",
    h("p.soft", t("请先联系收款方。对方七天内不答复的，款项退回给您。", "Please talk to who was paid first. When they do not answer within seven days, it goes back to you.")),
    entry(t("事由", "Reason"), reason), entry(t("金额（不填为全部）", "Amount (all when empty)"), amount), entry(t("情况说明", "What happened"), words), picker(files), act(t("提出争议", "Send it"), send)));
}

function picker(files) {
  const told = h("span.told", { role: "alert" });
  const list = h("div.tags");
  const input = h("input", { type: "file", accept: "image/jpeg,image/png,image/webp,application/pdf", multiple: true, "aria-label": t("添加证据", "Add evidence") });
  input.addEventListener("change", async () => {
    for (const file of [...input.files].slice(0, MOST_FILES - files.length)) {
      told.textContent = t("正在上传并检查…", "Sending and checking…");
      try {
        files.push(await sent(file, () => {}, "DISPUTE"));
        list.append(tag(file.name.slice(-24)));
        told.textContent = "";
      } catch (refused) {
        told.textContent = refused.message;
      }
    }
  });
  return h("div.pick", h("label.button.quiet", t("添加照片或文件", "Add photos or files"), input), list, told);
}

export async function disputeScreen({ args: [id], again }) {
  const { paymentDispute: one } = await ask("PaymentDispute", { disputeId: id });
  if (!one) return { title: t("争议", "Dispute"), body: [empty(t("没有这项争议。", "There is no such dispute."))] };
  const due = one.due && [one.state === "OPENED" ? t("对方答复期限", "They answer by") : t("您补充的期限", "You may reply until"), moment(one.due)];
  const withdraw = async () => { await wish("WithdrawDispute", { disputeId: id }); again(); };
  return {
    title: one.payee.name,
    body: [
      card(h("div.spread", h("p.big", some(one.amount)), stateOf(one)), facts([t("事由", "Reason"), name("disputeReason", one.reason)], [t("提出", "Opened"), moment(one.openedAt)], due)),
      one.ending && card(h("h2", t("结果", "How it ended")), facts([t("退回", "Went back"), some(one.ending.given)], [t("时间", "When"), moment(one.ending.at)]), one.ending.reason && h("p", one.ending.reason)),
      card(h("h2", t("双方陈述", "What was said")), h("ol.past", one.statements.map(statement))),
      one.state === "ANSWERED" && replyForm(id, again),
      one.state !== "SETTLED" && surely(t("撤回争议", "Take it back"), t("撤回后这项争议即告结束。", "The dispute is over then."), withdraw),
    ],
  };
}

function statement(said) {
  const files = said.files.map((file, number) => file.link && h("a", { href: local(file.link), rel: "noreferrer" }, t(`附件 ${number + 1}`, `File ${number + 1}`)));
  return h("li", h("b", name("disputeParty", said.party)), said.words && h("span", said.words), files.length > 0 && h("span.tags", files), h("small", moment(said.at)));
}

function replyForm(id, again) {
  const words = h("textarea", { maxlength: 2000, rows: 3 });
  const files = [];
  return card(h("h2", t("补充说明", "Reply")), h("div.stack", h("p.soft", t("只能补充一次，之后由市民卡服务中心裁定。", "Once; the city's desk decides then.")), words, picker(files), act(t("发送", "Send"), async () => {
    await wish("ReplyToDispute", { disputeId: id, words: words.value, files });
    again();
  })));
}
