// One's own cases: the list, and one with its clock explained, its timeline, its files, rating, and publishing.
import { ask, wish } from "../api.js";
import { act, announce, card, date, empty, entry, facts, h, link, local, moment, row, surely, tag } from "../dom.js";
import { name, t } from "../words.js";
import { publicRow, ratingForm } from "./told.js";

/** The last day: a clock of days ends at the midnight after it. */
const lastDay = (due) => date(new Date(new Date(due) - 1));
const TONES = { REPLIED: "gold", REFUSED: "red" };

export async function casesScreen() {
  const [{ myCases }, { tiedCases }] = await Promise.all([ask("MyCases", { first: 50 }), ask("TiedCases", { tie: "JOIN", first: 20 })]);
  const mine = myCases.edges.map(({ node }) => row("/case/" + node.id, node.title, [node.number, node.unit?.name, node.due && t("期限 ", "due ") + lastDay(node.due)].filter(Boolean).join(" · "), tag(name("caseState", node.state), TONES[node.state] ?? "")));
  const joined = tiedCases.edges.map(({ node }) => node.case).filter(Boolean).map((one) => publicRow(one));
  return {
    title: t("我的诉求", "My cases"),
    body: [link("/report", h("span.button", t("我要反映", "Report something"))), card(mine.length ? mine : empty(t("还没有诉求。", "No cases yet."))), joined.length > 0 && card(h("h2", t("我加入的", "That I joined")), joined), link("/public-cases", h("span.button.quiet", t("身边的诉求", "Public cases near me")))],
  };
}

export async function caseScreen({ args: [id], again }) {
  const { case: one } = await ask("Case", { caseId: id });
  if (!one) return { title: t("诉求", "Case"), body: [empty(t("没有这件诉求。", "There is no such case."))] };
  const open = !["CLOSED", "REFUSED", "WITHDRAWN", "MERGED"].includes(one.state);
  const rate = async (rating) => { await wish("RateCase", { caseId: id, rating }); again(); };
  return {
    title: one.title,
    body: [
      ...whole(one, one.mayRate && ratingForm(rate)),
      open && comment(id, again),
      publishing(one, again),
      one.mayWithdraw && surely(t("撤回诉求", "Withdraw it"), t("确定撤回？", "Withdraw it?"), async () => { await wish("WithdrawCase", { caseId: id }); again(); }),
    ],
  };
}

/** By number and receipt: of an anonymous case, or of one that a seat or a message filed. */
export async function receiptScreen({ args: [number, receipt], query, again }) {
  const { caseByReceipt: one } = await ask("CaseByReceipt", { number, receipt });
  if (!one) return { title: t("诉求", "Case"), body: [empty(t("编号和凭证不符。", "The number and the receipt do not belong together."))] };
  const rate = async (rating) => { await wish("RateCaseByReceipt", { number, receipt, rating }); again(); };
  const keep = query.get("new") && h("p.note", t("这件诉求不记名。请保存本页地址：只有凭它才能再打开。", "This case is anonymous. Keep this page's address: nothing else opens it again."));
  return { title: one.title, body: [keep, ...whole(one, one.mayRate && ratingForm(rate))] };
}

function whole(one, rating) {
  return [
    card(h("div.tags", tag(name("caseState", one.state), TONES[one.state] ?? ""), tag(name("caseKind", one.kind)), tag(one.category.name), one.public && tag(t("已公开", "Public"), "gold")), h("p", one.text),
      facts([t("编号", "Number"), one.number], [t("提交", "Filed"), moment(one.filedAt)], [t("地点", "Where"), [one.place.division.name, one.place.address].filter(Boolean).join(" ")], [t("承办", "Handled by"), one.unit?.name ?? "—"]),
      one.files.length > 0 && h("div.shots", one.files.map((file) => h("img.shot", { src: local(file.url), alt: t("照片", "Photo"), loading: "lazy" })))),
    one.clock && clock(one.clock),
    one.reply && card(h("h2", t("答复", "Reply")), h("p", one.reply)),
    rating,
    one.rightPlace && card(h("h2", t("请到这里办理", "Where to go instead")), h("p", one.rightPlace)),
    card(h("h2", t("经过", "What happened")), h("ol.past", one.timeline.map((event) => h("li", h("b", event.said), event.text && h("span", event.text), h("small", [moment(event.at), event.unit?.name ?? event.to?.name].filter(Boolean).join(" · ")))))),
  ];
}

function clock(one) {
  const stopped = Boolean(one.stoppedAt);
  return card(h("div.spread", h("h2", one.ruleName), tag(stopped ? t("已停表", "Stopped") : one.overdue ? t("已超期", "Overdue") : one.due ? t("计时中", "Running") : t("暂停中", "Paused"), one.overdue && !stopped ? "red" : "")),
    one.due && h("p.big", one.measure === "WORKING_DAYS" ? lastDay(one.due) : moment(one.due)), h("p.soft", one.explanation));
}

function comment(id, again) {
  const words = h("textarea", { maxlength: 2000, rows: 3 });
  return h("details.card", h("summary", t("补充情况", "Add something")), h("div.stack", words, act(t("发送", "Send"), async () => {
    await wish("CommentOnCase", { caseId: id, text: words.value, uploadIds: [] });
    again();
  })));
}

function publishing(one, again) {
  if (one.public) return surely(t("撤回公开", "Take it back from the public"), t("撤回后别人就看不到了。", "Nobody else will see it any more."), async () => { await wish("UnpublishCase", { case: one.id, reason: null }); again(); });
  const place = h("div.stack");
  const more = h("input", { maxlength: 60, placeholder: t("还要隐去的词，用逗号分开", "More words to strike out, with commas") });
  const preview = async () => {
    const alsoStrike = more.value.split(/[,，]/).map((word) => word.trim()).filter(Boolean);
    const { previewPublication: shown } = await ask("PreviewPublication", { case: one.id, alsoStrike });
    const publish = async () => {
      await wish("PublishCase", { case: one.id, digest: shown.digest, alsoStrike });
      announce(t("已公开", "It is public"));
      again();
    };
    const count = shown.inTitle.length + shown.inText.length;
    place.replaceChildren(card(h("h3", shown.title), h("p", shown.text), h("p.soft", t(`隐去了 ${count} 处个人信息；地点只显示到约一百米。`, `${count} personal data were struck out; the place is shown to about 100 m.`))), act(t("就这样公开", "Publish it like this"), publish));
  };
  return h("details.card", { open: one.publicWished }, h("summary", t("公开这件诉求", "Make it public")), h("div.stack", entry(t("再隐去", "Strike out besides"), more), act(t("预览", "Preview"), preview, "quiet"), place));
}
