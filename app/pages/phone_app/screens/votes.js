// Votes of my estate: what is asked, my homes' voices, and how it ended.
import { ask, wish } from "../api.js";
import { act, announce, card, day, empty, entry, facts, h, homeName, moment, row, surely, tag } from "../dom.js";
import { plural, t } from "../words.js";

const STATES = { OPEN: () => t("进行中", "Open"), CLOSED: () => t("已结束", "Over"), WITHDRAWN: () => t("已撤回", "Taken back") };
const RULES = {
  ADVISORY: () => t("意见征询，按户数", "An opinion, counted by homes"), ORDINARY: () => t("一般事项：参与过三分之二，同意过半", "Ordinary: two thirds take part, more than half agree"),
  GRAVE: () => t("重大事项：参与过三分之二，同意达四分之三", "Grave: two thirds take part, three quarters agree"),
};
const standing = (one) => tag(STATES[one.voteState](), one.voteState === "OPEN" ? "gold" : "");

export async function votesScreen({ query }) {
  const after = query.get("after");
  const { estateVotes: votes } = await ask("EstateVotes", { first: 20, after });
  const rows = votes.edges.map(({ node }) => row("/vote/" + node.id, node.title, node.voteState === "OPEN" ? t(`${day(node.closesAt)}截止`, `Until ${day(node.closesAt)}`) : ended(node), standing(node)));
  const more = votes.pageInfo.hasNextPage && row("/votes?after=" + encodeURIComponent(votes.pageInfo.endCursor), t("更早的表决", "Earlier votes"));
  const none = t("您的小区还没有表决。先在“我的小区”登记住所。", "Your estate has no vote yet. Enter a home in “My estate” first.");
  return { title: t("小区表决", "Votes of my estate"), body: [card(rows.length ? [rows, more] : empty(none))] };
}

function ended(one) {
  if (!one.result) return one.reason;
  if (one.result.passed !== null) return !one.result.quorate ? t("参与不足，未通过", "Too few took part") : one.result.passed ? t("通过", "Passed") : t("未通过", "Not passed");
  return one.result.leading === null ? t("没有领先的选项", "No option leads") : one.options[one.result.leading];
}

export async function voteScreen({ args: [voteId], again }) {
  const { estateVote: one } = await ask("EstateVote", { voteId });
  const title = t("小区表决", "A vote");
  if (!one) return { title, body: [card(empty(t("没有这项表决，或您不住在这个小区。", "There is no such vote, or you do not live there.")))] };
  const running = one.voteState === "OPEN" && new Date(one.closesAt) > Date.now();
  const about = card(h("h2", one.title), standing(one), h("p.prose", one.text), facts(
    [t("规则", "Rule"), RULES[one.rule]()],
    [t("方式", "How"), one.secret ? t("不记名：谁也看不到您家选了什么", "Secret: nobody sees what your home chose") : t("记名：结束后本小区住户可见", "By name: residents see it when it is over")],
    [t("截止", "Until"), moment(one.closesAt)],
    [t("已投", "Voted"), t(`${one.voted} 户`, plural(one.voted, "home"))],
    one.reason && [t("撤回原因", "Taken back because"), one.reason],
  ));
  return { title, body: [about, one.result && counted(one), one.mine.map((home) => mine(one, home, running, again)), one.voteState === "CLOSED" && !one.secret && (await named(voteId, one))] };
}

function counted(one) {
  const { result } = one, all = Math.max(1, result.tookPart.homes);
  const line = (text, share) => h("div.row", h("span.grow", h("b", text), h("small", t(`${share.homes} 户 · ${share.area} 平方米`, `${plural(share.homes, "home")} · ${share.area} m²`))), tag(Math.round((100 * share.homes) / all) + "%"));
  const part = t(`全体 ${result.of.homes} 户，参与 ${result.tookPart.homes} 户`, `${result.tookPart.homes} of ${result.of.homes} homes took part`);
  return card(h("h2", t("结果：", "Result: ") + ended(one)), one.options.map((text, at) => line(text, result.options[at])), h("p.hint", part));
}

/** `3 302`: its building and its room. */
const called = (home) => homeName({ building: home.split(" ")[0], room: home.split(" ").slice(1).join(" ") });

function mine(one, home, running, again) {
  const said = home.option === null ? t("已投票", "Voted") : t(`已选：${one.options[home.option]}`, `Chosen: ${one.options[home.option]}`);
  const done = home.voted && tag(said, "gold");
  if (!running) return done && card(h("h2", called(home.home)), done);
  if (home.voted && !one.changeable) return card(h("h2", called(home.home)), done);
  if (!home.entitled) return card(h("h2", called(home.home)), done || h("p", t("由业主投票，或由业主书面委托同住的人。", "An owner votes, or somebody of the home whom he empowers.")));
  const name = "vote-" + home.residencyId;
  const choices = one.options.map((text, at) => h("label.choice", h("input", { type: "radio", name, value: String(at), checked: home.option === at }), text));
  const group = h("fieldset", h("legend", t("您家选择", "Your home chooses")), choices);
  const cast = async () => {
    const chosen = group.querySelector("input:checked");
    if (!chosen) throw new Error(t("请先选择一项。", "Choose one first."));
    if (!one.changeable && !confirm(t("投票后不能更改，确定吗？", "It cannot be changed afterwards. Go on?"))) return;
    await wish("CastVote", { voteId: one.id, residencyId: home.residencyId, option: Number(chosen.value) });
    announce(t("已投票", "Your home has voted"));
    again();
  };
  return card(h("h2", called(home.home)), done, group, act(home.voted ? t("改投", "Change it") : t("投票", "Vote"), cast), one.proxies && !home.voted && empowering(one, home, again));
}

/** Only when it is asked for: who lives in the home is not everybody's to see at once. */
function empowering(one, home, again) {
  const place = h("div");
  const open = async () => {
    const { myHomes } = await ask("MyHomes");
    const others = (myHomes.find((each) => each.id === home.residencyId)?.people ?? []).filter((each) => each.id !== home.residencyId && each.state === "RESIDENT");
    if (!others.length) return place.replaceChildren(empty(t("这个家没有其他住户。", "Nobody else lives in this home.")));
    const whom = h("select", others.map((each) => h("option", { value: each.id }, each.name ?? "")));
    const agree = surely(t("书面委托", "Empower"), t("我同意由此人代表我家投这一票。", "I agree that this person votes for my home."), async () => {
      await wish("EmpowerVoter", { voteId: one.id, residencyId: home.residencyId, toResidencyId: whom.value, agreed: true });
      announce(t("已委托", "It is agreed"));
      again();
    });
    place.replaceChildren(entry(t("委托给", "To"), whom), agree);
  };
  return h("div", act(t("委托同住的人投票", "Let somebody of my home vote"), open, "quiet"), place);
}

async function named(voteId, one) {
  const { namedVoices: voices } = await ask("NamedVoices", { voteId, first: 100 });
  const rows = voices.edges.map(({ node }) => h("div.row", h("span.grow", node.home || t("已迁出的住户", "A home that has left")), tag(one.options[node.option])));
  return rows.length > 0 && card(h("h2", t("各户的选择", "What each home chose")), rows);
}
