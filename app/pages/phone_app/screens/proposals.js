// Proposals: what citizens ask for together, supporting one, writing one, and the reply that is owed.
import { ask, signedIn, wish } from "../api.js";
import { act, announce, card, date, empty, entry, facts, h, link, moment, row, surely, tag } from "../dom.js";
import { name, t } from "../words.js";
import { reportButton, spoken } from "./talk.js";

const proposalRow = (one) => row("/proposal/" + one.id, one.title, `${name("proposalLevel", one.level)} · ${one.supports}/${one.threshold}`, tag(one.overdue && one.state === "REACHED" ? t("答复超期", "Reply overdue") : name("proposalState", one.state), one.state === "ANSWERED" ? "" : "gold"));

export async function proposalsScreen() {
  const [{ proposals }, mine] = await Promise.all([ask("Proposals", { first: 30 }), signedIn() ? ask("MyProposals", { first: 10 }) : null]);
  const own = mine?.myProposals.edges ?? [];
  return {
    title: t("建议附议", "Proposals"),
    body: [
      signedIn() ? link("/proposal-new", h("span.button", t("我有建议", "I have a proposal"))) : link("/sign-in", h("span.button", t("登录后提建议、附议", "Sign in to propose or support"))),
      own.length > 0 && card(h("h2", t("我的建议", "Mine")), own.map(({ node }) => proposalRow(node))),
      card(h("h2", t("大家的建议", "Everybody's")), proposals.edges.length ? proposals.edges.map(({ node }) => proposalRow(node)) : empty(t("还没有建议。", "None yet."))),
    ],
  };
}

export async function proposalScreen({ args: [id], again }) {
  const [{ proposal: one }, mine] = await Promise.all([ask("Proposal", { id }), signedIn() ? ask("MyProposals", { first: 100 }) : null]);
  if (!one) return { title: t("建议", "Proposal"), body: [empty(t("没有这个建议，或暂时不能查看。", "It is not there, or cannot be read now."))] };
  const own = Boolean(mine?.myProposals.edges.some(({ node }) => node.id === id));
  return {
    title: one.title,
    body: [
      card(h("div.tags", tag(name("proposalState", one.state)), tag(name("proposalLevel", one.level)), one.overdue && tag(t("答复超期", "Reply overdue"), "gold")), h("p", one.text),
        h("label", t(`${one.supports} 人附议，${one.threshold} 人即须答复`, `${one.supports} support it; with ${one.threshold} a reply is owed`), h("progress", { max: one.threshold, value: Math.min(one.supports, one.threshold) })),
        facts([t("提出", "By"), one.left ? t("已离开本市的市民", "Somebody who left the city") : one.authorName ?? "—"], one.closesAt && [t("征集到", "Until"), date(one.closesAt)], one.unit && [t("答复单位", "Owes the reply"), one.unit.name], one.replyDue && [t("答复期限", "Due"), date(one.replyDue)]),
        signedIn() && !own && reportButton(one.id)),
      one.reply && card(h("h2", t("答复", "Reply")), h("div.tags", tag(one.reply.adopted ? t("采纳", "Adopted") : t("未采纳", "Not adopted"))), h("p", one.reply.text), h("small", moment(one.reply.at))),
      own ? mineButtons(one, again) : one.state === "COLLECTING" && supportButton(one, again),
    ],
  };
}

function supportButton(one, again) {
  if (!signedIn()) return link("/sign-in", h("span.button", t("登录后附议", "Sign in to support it")));
  const [words, operation] = one.supported ? [t("撤回附议", "Take my support back"), "TakeBackSupport"] : [t("附议", "I support it"), "SupportProposal"];
  return act(words, async () => { await wish(operation, { proposalId: one.id }); again(); }, one.supported ? "quiet" : "primary");
}

const mineButtons = (one, again) => h("div.stack",
  one.state === "DRAFT" && act(t("提交审核", "Hand it in"), async () => { await wish("HandInProposal", { proposalId: one.id }); announce(t("审核通过后开始征集附议。", "Support is collected once somebody has looked at it.")); again(); }),
  (one.state === "DRAFT" || (one.state === "MODERATED" && one.visibility === "HIDDEN")) && link("/proposal-new/" + one.id, h("span.button", t("修改", "Change it"))),
  ["DRAFT", "MODERATED", "COLLECTING"].includes(one.state) && surely(t("撤回建议", "Withdraw it"), t("撤回后不能恢复，确定吗？", "This cannot be undone. Withdraw it?"), async () => { await wish("WithdrawProposal", { proposalId: one.id }); again(); }));

export async function newProposalScreen({ args: [id] }) {
  const [was, city] = await Promise.all([id ? ask("Proposal", { id }) : null, (await fetch("/app/city.json")).json()]);
  const kept = was?.proposal;
  const title = h("input", { maxlength: 40, value: kept?.title ?? "" });
  const words = h("textarea", { maxlength: 2000, rows: 7, value: kept?.text ?? "" });
  const where = { level: kept?.level ?? "CITY", area: kept?.area ?? city.division };
  return {
    title: t("我有建议", "I have a proposal"),
    body: [card(h("p.soft", t("先审核，再公开征集附议；达到人数后，部门在规定的工作日内答复。", "Somebody looks at it, then support is collected; once enough stand behind it, a department replies within working days.")),
      entry(t("标题", "Title"), title), entry(t("做什么、为什么、怎么做", "What, why and how"), words), act(t("保存", "Keep it"), async () => {
        const { proposal } = await spoken("SaveProposal", { ...where, title: title.value.trim(), proposalId: id ?? null }, words);
        location.hash = "#/proposal/" + proposal.id;
      }))],
  };
}
