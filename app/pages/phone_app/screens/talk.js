// Conversations: what is being said, one thread with its replies, opening one, and what became of one's own posts.
import { ask, signedIn, wish } from "../api.js";
import { act, announce, card, date, empty, entry, h, link, moment, row, tag } from "../dom.js";
import { name, plural, t } from "../words.js";

const REASONS = ["PERSONAL_DATA", "INSULT", "FALSEHOOD", "ADVERTISING", "ILLEGAL", "REPEATED", "ELSEWHERE", "OTHER"];

const by = (one) => (one.left ? t("已离开本市的市民", "Somebody who left the city") : one.authorName ?? one.unit?.name ?? "");
const threadRow = (one) =>
  row("/thread/" + one.id, one.title || t("内容已撤去", "Its words are gone"), [by(one), date(one.lastAt), t(`${one.replies} 条回复`, plural(one.replies, "reply", "replies"))].join(" · "),
    one.visibility !== "SHOWN" ? tag(name("postVisibility", one.visibility), "gold") : one.pinned ? tag(t("置顶", "Pinned"), "gold") : one.officialReplies ? tag(t("已回应", "Answered")) : null);

export async function talkScreen() {
  const [{ threads }, mine] = await Promise.all([ask("Threads", { first: 30 }), signedIn() ? ask("MyThreads", { first: 5 }) : null]);
  const own = mine?.myThreads.edges ?? [];
  return {
    title: t("微观", "Conversations"),
    body: [
      h("div.tiles", tile("/surveys", "☑", t("民意调查", "Surveys")), tile("/proposals", "⚑", t("建议附议", "Proposals")), tile("/posts", "☰", t("我的发言", "My posts")), tile("/moderation", "⚖", t("审核公示", "Moderation"))),
      signedIn() ? link("/talk-new", h("span.button", t("说说我看到的", "Say what you saw"))) : link("/sign-in", h("span.button", t("登录后发言", "Sign in to speak"))),
      own.length > 0 && card(h("h2", t("我发起的", "Mine")), own.map(({ node }) => threadRow(node))),
      card(h("h2", t("大家在说", "What is being said")), threads.edges.length ? threads.edges.map(({ node }) => threadRow(node)) : empty(t("还没有话题。", "Nothing yet."))),
    ],
  };
}

const tile = (to, icon, text) => link(to, h("div.tile", h("i", { "aria-hidden": "true" }, icon), h("span", text)));

export async function threadScreen({ args: [id], again }) {
  const [{ thread: one }, { threadPosts: posts }] = await Promise.all([ask("Thread", { id }), ask("ThreadPosts", { threadId: id, first: 100 })]);
  if (!one) return { title: t("话题", "Conversation"), body: [empty(t("这个话题不存在，或暂时不能查看。", "It is not there, or cannot be read now."))] };
  const open = one.state === "OPEN" && one.visibility === "SHOWN";
  return {
    title: one.title || t("话题", "Conversation"),
    body: [
      card(h("div.tags", tag(one.kind === "TOPIC" ? t("部门话题", "A department asks") : t("市民观察", "A citizen's observation")), !open && tag(one.state === "CLOSED" ? t("已结束", "Closed") : name("postVisibility", one.visibility), "gold"), one.unit && tag(one.unit.name)),
        h("p", one.text || t("内容已随作者离开撤去。", "Its author left and took the words along.")), h("p.soft", `${by(one)} · ${moment(one.at)} · `, t(`${one.followers} 人关注`, `${one.followers} follow`)), signedIn() && reportButton(one.id)),
      card(h("h2", t("回复", "Replies")), posts.edges.length ? h("ol.past", posts.edges.map(({ node }) => said(node))) : empty(t("还没有回复。", "No reply yet."))),
      signedIn() ? card(open && replyForm(id, again), follows(one, again)) : link("/sign-in", h("span.button", t("登录后回复、关注", "Sign in to reply or follow"))),
    ],
  };
}

function said(post) {
  const gone = post.left ? t("作者已离开本市，内容已撤去。", "Its author left the city: the words are gone.") : t("这条内容未显示。", "This is not shown.");
  return h("li" + (post.unit ? ".official" : ""), h("b", by(post) || t("某位市民", "Somebody"), post.unit && " ", post.unit && tag(t("官方", "Official"), "gold")), h("p", post.text ?? gone), h("small", moment(post.at)), signedIn() && !post.unit && post.text && reportButton(post.id));
}

function replyForm(id, again) {
  const words = h("textarea", { maxlength: 1000, rows: 3 });
  return h("div.stack", entry(t("我也说一句", "Say something"), words), act(t("回复", "Reply"), async () => {
    const { post } = await spoken("ReplyInThread", { threadId: id }, words);
    if (post.visibility === "WAITING") announce(t("审核后显示。", "It is shown when somebody has looked at it."));
    again();
  }));
}

/** Sends the words; when personal data stand in them, they are put back without, to be read again. */
export async function spoken(operation, given, words, field = "text") {
  try {
    return await wish(operation, { ...given, [field]: words.value.trim() });
  } catch (refused) {
    if (refused.code === "PERSONAL_DATA_FOUND" && refused.outcome.field === field) words.value = refused.outcome.struck;
    throw refused;
  }
}

const follows = (one, again) =>
  act(one.followed ? t("不再关注", "Follow no longer") : t("关注官方回应", "Hear of official replies"), async () => { await wish("FollowThread", { threadId: one.id, follows: !one.followed }); again(); }, one.followed ? "quiet" : "primary");

export function reportButton(id) {
  const why = h("select", { "aria-label": t("举报原因", "Why") }, REASONS.map((one) => h("option", { value: one }, name("moderationReason", one))));
  const send = act(t("举报", "Report"), async () => { await wish("ReportAbuse", { postId: id, reason: why.value }); announce(t("已收到举报。", "Reported.")); }, "quiet");
  return h("details", h("summary", t("举报", "Report")), why, send);
}

export async function newThreadScreen() {
  const title = h("input", { maxlength: 40 });
  const words = h("textarea", { maxlength: 2000, rows: 6, placeholder: t("在哪里、看到什么、希望怎样", "Where, what you saw, what you wish for") });
  const nickname = h("input", { maxlength: 12 });
  return {
    title: t("说说我看到的", "Say what you saw"),
    body: [
      card(entry(t("标题", "Title"), title), entry(t("内容", "Your words"), words, t("请不要写电话、住址等个人信息", "Leave out phone numbers and addresses")), act(t("发布", "Put it up"), async () => {
        const { thread } = await spoken("OpenThread", { title: title.value.trim() }, words);
        announce(thread.visibility === "WAITING" ? t("审核后显示。", "It is shown when somebody has looked at it.") : t("已发布。", "It is up."));
        location.hash = "#/thread/" + thread.id;
      })),
      card(h("p.soft", t("公开显示的是昵称；没有昵称时显示姓氏和星号。", "Others see your nickname; without one, your surname and stars.")), entry(t("昵称", "Nickname"), nickname), act(t("使用这个昵称", "Use this nickname"), async () => {
        await wish("ChooseNickname", { nickname: nickname.value.trim() });
        announce(t("已更换昵称。", "Others see it from now on."));
      }, "quiet")),
    ],
  };
}

export async function postsScreen({ again }) {
  const [{ myThreads }, { followedThreads }, { myModerations }] = await Promise.all([ask("MyThreads", { first: 20 }), ask("FollowedThreads", { first: 20 }), ask("MyModerations", { first: 20 })]);
  const list = (found) => (found.edges.length ? found.edges.map(({ node }) => threadRow(node)) : empty(t("还没有。", "None yet.")));
  return {
    title: t("我的发言", "My posts"),
    body: [
      card(h("h2", t("审核情况", "What was moderated")), myModerations.edges.length ? myModerations.edges.map(({ node }) => matter(node, again)) : empty(t("没有被审核的内容。", "Nothing was."))),
      card(h("h2", t("我发起的", "Mine")), list(myThreads)),
      card(h("h2", t("我关注的", "That I follow")), list(followedThreads)),
    ],
  };
}

function matter(one, again) {
  const last = one.decisions.at(-1);
  const words = h("textarea", { maxlength: 500, rows: 2 });
  const appeal = () => act(t("申诉（一次）", "Appeal (once)"), async () => { await wish("AppealModeration", { matterId: one.id, words: words.value.trim() }); again(); }, "quiet");
  return h("div.stack", h("div.tags", tag(name("postKind", one.kind)), tag(name("postVisibility", one.visibility), one.visibility === "SHOWN" ? "" : "gold")),
    last && h("p", [last.reason && name("moderationReason", last.reason), last.words].filter(Boolean).join("："), h("small", " " + moment(last.at))),
    one.appealed && one.state === "APPEALED" && h("p.soft", t("申诉处理中。", "Your appeal is being looked at.")), one.canAppeal && entry(t("为什么应当显示", "Why it should stand"), words), one.canAppeal && appeal());
}

export async function moderationScreen() {
  const { moderationFigures: months } = await ask("ModerationFigures");
  const line = (one) => h("tr", [one.month, one.reports, one.hidden, one.shown, `${one.appealsGranted}/${one.appeals}`].map((cell) => h("td", String(cell))));
  const why = (one) => one.hiddenFor.map((counted) => `${counted.name} ${counted.count}`).join(t("，", ", "));
  return {
    title: t("审核公示", "Moderation"),
    body: [card(h("p.soft", t("哪些内容被隐藏、为什么，每月公示。原文一直保留，作者可以申诉一次，由另一位审核员决定。", "What was hidden, and why, by month. What was written is kept; its author may appeal once, and somebody else decides.")),
      h("table", h("thead", h("tr", [t("月份", "Month"), t("举报", "Reports"), t("隐藏", "Hidden"), t("保留", "Let stand"), t("申诉成立", "Appeals granted")].map((head) => h("th", head)))), h("tbody", months.map(line))),
      months.length ? months.map((one) => why(one) && h("p.soft", `${one.month}：${why(one)}`)) : empty(t("还没有。", "Nothing yet.")))],
  };
}

