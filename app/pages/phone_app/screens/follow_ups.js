// Follow-ups of the family doctor: what came of one plan, and who did it.
import { ask } from "../api.js";
import { card, date, empty, facts, h, tag } from "../dom.js";
import { plural, t } from "../words.js";

export const FOLLOWED = {
  BLOOD_PRESSURE: ["高血压随访", "Blood pressure"], BLOOD_SUGAR: ["糖尿病随访", "Blood sugar"], ELDER_CHECK: ["老年人体检", "Yearly check"],
  CHILD_CHECK: ["儿童体检", "Child's check"], MATERNAL: ["孕产妇随访", "Mothers"], MENTAL_HEALTH: ["精神健康随访", "Mental health"], OTHER: ["其他随访", "Other"],
};
export const STATES = { ACTIVE: ["按期", "On time"], MISSED: ["已错过", "Missed"], ENDED: ["已结束", "Ended"] };
export const ROLES = { DOCTOR: ["医生", "Doctor"], NURSE: ["护士", "Nurse"], PHARMACIST: ["药师", "Pharmacist"], PUBLIC_HEALTH: ["公卫人员", "Public health"], ASSISTANT: ["助理", "Assistant"] };

export async function followUpScreen({ args: [planId] }) {
  const [{ followUpPlans }, { followUps }] = await Promise.all([ask("MyFollowUpPlans"), ask("MyFollowUps", { planId, first: 50 })]);
  const plan = followUpPlans.find((one) => one.id === planId);
  const rows = followUps.edges.map(({ node }) => h("div.row", h("span.grow", h("b", date(node.at)), h("small", [node.by, node.byRole && t(...ROLES[node.byRole])].filter(Boolean).join(" · ")), h("p", node.result ?? "—"))));
  return { title: plan ? t(...FOLLOWED[plan.kind]) : t("随访", "Follow-up"), body: [plan && about(plan), card(h("h2", t("随访结果", "Results")), rows.length ? rows : empty(t("还没有结果。", "No result yet.")))] };
}

function about(plan) {
  const next = plan.state === "ENDED" ? null : [t("下次", "Next"), date(plan.due + "T12:00:00+08:00")];
  return card(h("div.spread", h("h2", plan.organisation.name), tag(t(...STATES[plan.state]), plan.state === "MISSED" ? "red" : "")), facts(next, [t("间隔", "Every"), t(`${plan.everyDays} 天`, plural(plan.everyDays, "day"))], [t("已做", "Done"), t(`${plan.done} 次`, plural(plan.done, "time"))], plan.missed > 0 && [t("错过", "Missed"), t(`${plan.missed} 次`, plural(plan.missed, "time"))]));
}
