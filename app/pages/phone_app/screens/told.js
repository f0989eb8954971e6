// What screens of one's own cases and of public ones both show: a public case in a row, and the form of a rating.
import { act, card, date, entry, h, row, tag } from "../dom.js";
import { name, t } from "../words.js";

export const publicRow = (one, end) =>
  row("/public/" + one.id, one.title, [one.division.name, date(one.filedAt), t(`${one.supports} 人支持`, `${one.supports} support it`)].join(" · "), end ? tag(end, "gold") : tag(name("caseState", one.state)));

/** Is it solved, how content, and why. */
export function ratingForm(send) {
  const solved = h("select", h("option", { value: "true" }, t("已解决", "Yes, solved")), h("option", { value: "false" }, t("没有解决", "No, not solved")));
  const grade = h("select", [5, 4, 3, 2, 1].map((one) => h("option", { value: one }, name("grade", one))));
  const reason = h("textarea", { maxlength: 500, rows: 3 });
  const rate = () => send({ solved: solved.value === "true", grade: Number(grade.value), reason: reason.value.trim() || null });
  return card(h("div.stack", h("h2", t("请评价", "Please rate it")), entry(t("问题解决了吗", "Is it solved?"), solved), entry(t("满意吗", "Are you content?"), grade), entry(t("说明（选填）", "A word (optional)"), reason), act(t("提交评价", "Send the rating"), rate)));
}
