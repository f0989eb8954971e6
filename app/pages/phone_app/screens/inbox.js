// Messages: what the city told this person, newest first, and those that come while one looks.
import { ask, follow, wish } from "../api.js";
import { act, empty, h, moment, tag } from "../dom.js";
import { t } from "../words.js";

export async function inboxScreen({ signal, again }) {
  const { inbox, unreadCount } = await ask("Inbox", { first: 30 });
  const list = h("div.stack", inbox.edges.map(({ node }) => message(node)));
  const more = { after: inbox.pageInfo.hasNextPage && inbox.pageInfo.endCursor };
  const next = act(t("更早的", "Earlier ones"), async () => {
    const { inbox: page } = await ask("Inbox", { first: 30, after: more.after });
    list.append(...page.edges.map(({ node }) => message(node)));
    more.after = page.pageInfo.endCursor;
    next.hidden = !page.pageInfo.hasNextPage;
  }, "quiet");
  next.hidden = !more.after;
  follow("OnMessageAdded", {}, signal, (one) => one && list.prepend(message(one)));
  const all = unreadCount > 0 && act(t(`全部已读（${unreadCount}）`, `Mark all read (${unreadCount})`), async () => { await wish("MarkAllMessagesRead", {}, false); again(); }, "quiet");
  return { title: t("消息", "Messages"), body: [all, inbox.edges.length ? list : empty(t("还没有消息。", "No messages yet.")), next] };
}

function message(one) {
  const read = async (event) => {
    if (!event.currentTarget.open || one.readAt) return;
    one.readAt = new Date().toISOString();
    await wish("MarkMessageRead", { messageId: one.id }, false);
    event.target.classList.remove("unread");
  };
  return h("details.card.message" + (one.readAt ? "" : ".unread"), { ontoggle: read }, h("summary", h("span.grow", h("b", one.title), h("small", moment(one.at))), one.urgency !== "NORMAL" && tag(t("重要", "Important"), "red")), h("p", one.body));
}
