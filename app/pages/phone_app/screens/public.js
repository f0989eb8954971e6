// Public cases: what is near, one of them, supporting, following, joining, and one's own word having joined.
import { ask, signedIn, wish } from "../api.js";
import { act, card, empty, facts, h, link, moment, tag } from "../dom.js";
import { name, t } from "../words.js";
import { publicRow, ratingForm } from "./told.js";

const TIES = ["SUPPORT", "FOLLOW", "JOIN"];

export async function publicListScreen() {
  const { publicCases } = await ask("PublicCases", { first: 30 });
  const list = card(h("h2", t("最近公开的诉求", "Public cases, the newest first")), publicCases.edges.length ? publicCases.edges.map(({ node }) => publicRow(node)) : empty(t("还没有公开的诉求。", "None is public yet.")));
  const near = h("div.stack");
  const find = () => new Promise((done, failed) => {
    const failure = () => failed(new Error(t("没有取得定位。", "Your place could not be found.")));
    if (!navigator.geolocation) return failure();
    navigator.geolocation.getCurrentPosition(async ({ coords }) => {
      const { publicCasesNear } = await ask("PublicCasesNear", { latitude: coords.latitude, longitude: coords.longitude, metres: 2000 });
      near.replaceChildren(card(h("h2", t("附近两公里", "Within two kilometres")), publicCasesNear.length ? publicCasesNear.map((one) => publicRow(one.case, t(`${one.metres} 米`, `${one.metres} m`))) : empty(t("附近没有公开的诉求。", "Nothing public is near."))));
      done();
    }, failure, { timeout: 10e3 });
  });
  return { title: t("身边的诉求", "Near me"), body: [act(t("看看我附近的", "Show what is near me"), find, "quiet"), near, list] };
}

export async function publicScreen({ args: [id], again }) {
  const { publicCase: one } = await ask("PublicCase", { case: id });
  if (!one) return { title: t("诉求", "Case"), body: [empty(t("这件诉求没有公开，或已撤回公开。", "It is not public, or no longer."))] };
  const ties = signedIn() ? (await ask("TiesToCases", { cases: [id] })).tiesToCases[0].ties : [];
  const change = (tie) => async () => {
    await wish(ties.includes(tie) ? "UntieCase" : "TieCase", { case: id, tie });
    again();
  };
  const button = (tie) => act(name(ties.includes(tie) ? "untie" : "tie", tie), change(tie), ties.includes(tie) ? "quiet" : "primary");
  const over = ["REPLIED", "CLOSED"].includes(one.state);
  return {
    title: one.title,
    body: [
      card(h("div.tags", tag(name("caseState", one.state)), tag(name("caseKind", one.kind)), tag(one.category.name)), h("p", one.text),
        facts([t("编号", "Number"), one.number], [t("地区", "District"), one.division.name], [t("承办", "Handled by"), one.unit?.name ?? "—"], [t("关心的人", "Who cares"), t(`${one.supports} 支持 · ${one.follows} 关注 · ${one.joins} 加入`, `${one.supports} support · ${one.follows} follow · ${one.joins} joined`)])),
      one.reply && card(h("h2", t("答复", "Reply")), h("p", one.reply), h("p.soft", t(`加入的人：${one.solvedFor} 说已解决，${one.unsolvedFor} 说未解决`, `Of those who joined: ${one.solvedFor} say solved, ${one.unsolvedFor} not`))),
      signedIn() ? card(h("div.stack", TIES.filter((tie) => tie !== "JOIN" || ties.includes(tie) || !over).map(button))) : link("/sign-in", h("span.button", t("登录后支持、关注或加入", "Sign in to support, follow or join"))),
      ties.includes("JOIN") && over && ratingForm(async (rating) => { await wish("RateJoinedCase", { case: id, ...rating }); again(); }),
      card(h("h2", t("经过", "What happened")), h("ol.past", one.timeline.map((event) => h("li", h("b", event.said), h("small", [moment(event.at), event.unit?.name].filter(Boolean).join(" · ")))))),
    ],
  };
}
