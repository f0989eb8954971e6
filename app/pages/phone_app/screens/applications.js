// Applications: the list, and one of them with its clocks explained, its history, a correction to answer.
import { ask, wish } from "../api.js";
import { act, announce, card, date, empty, entry, facts, h, link, moment, row, surely, tag } from "../dom.js";
import { name, plural, t } from "../words.js";
import { form, shown } from "./fields.js";
import { materialList } from "./materials.js";

export async function applicationsScreen() {
  const { serviceApplications } = await ask("ServiceApplications", { first: 50 });
  const rows = serviceApplications.edges.map(({ node }) => row((node.state === "DRAFT" ? "/draft/" : "/application/") + node.id, node.name,
    [node.number, node.unit?.name, node.due && t("到期 ", "due ") + date(node.due)].filter(Boolean).join(" · "), tag(name("application", node.state), node.state === "RETURNED" ? "gold" : "")));
  return { title: t("我的办件", "Applications"), body: [card(rows.length ? rows : empty(t("还没有办件。", "No applications yet."))), link("/search", h("span.button", t("找一件事来办", "Find a service")))] };
}

export async function applicationScreen({ args: [id], again }) {
  const { serviceApplication: one } = await ask("ServiceApplication", { application: id });
  const { applicationForm: blank } = await ask("ApplicationForm", { item: one.item, unit: one.unit?.code }).catch(() => ({ applicationForm: null }));
  const open = ["SUBMITTED", "RETURNED", "ACCEPTED", "IN_REVIEW"].includes(one.state);
  return {
    title: one.name,
    body: [
      card(h("div.tags", tag(name("application", one.state), one.state === "RETURNED" ? "gold" : "")), facts([t("办件号", "Number"), one.number ?? "—"], [t("单位", "Unit"), one.unit?.name ?? "—"], [t("递交", "Handed in"), moment(one.submittedAt)])),
      one.decision && decision(one),
      one.state === "RETURNED" && correction(one, blank, again),
      [one.promised, one.statutory].filter(Boolean).map(clock),
      card(h("h2", t("经过", "What happened")), h("ol.past", one.history.map((event) => h("li", h("b", name("step", event.step)), h("small", moment(event.at)))))),
      blank && h("details.card", h("summary", t("递交的内容", "What was handed in")), facts(...shown(blank.schema, one.answers ?? {}))),
      open && surely(t("撤回申请", "Withdraw it"), t("确定撤回？", "Withdraw it?"), async () => { await wish("WithdrawServiceApplication", { application: id }); again(); }),
    ].flat(),
  };
}

function decision(one) {
  const { granted, at, reason, remedy } = one.decision;
  return card(h("h2", granted ? t("准予", "Granted") : t("不予许可", "Not granted")), h("p", date(at)), reason && h("p", reason), remedy && h("p.note", remedy), one.licenceId && link("/licence/" + one.licenceId, h("span.button", t("看电子证照", "See the licence"))));
}

function clock(one) {
  const tone = { GREEN: "", YELLOW: "gold", RED: "red" }[one.light];
  const why = t(`从受理起算 ${one.days} 个工作日，周末和法定节假日不算`, `${plural(one.days, "working day")} from acceptance; weekends and public holidays do not count`)
    + (one.pausedDays ? t(`；等你补正暂停了 ${one.pausedDays} 天`, `; it stood still for ${plural(one.pausedDays, "day")}`) : "") + one.extensions.map((more) => t(`；延长 ${more.days} 天`, `; extended by ${plural(more.days, "day")}`)).join("");
  return card(h("div.spread", h("h2", name("rule", one.rule)), tag(name("light", one.light), tone)),
    one.due ? h("p.big", date(one.due), h("small", one.remaining >= 0 ? t(` 还有 ${one.remaining} 个工作日`, ` ${plural(one.remaining, "working day")} left`) : t(` 已超 ${-one.remaining} 个工作日`, ` ${plural(-one.remaining, "working day")} over`))) : h("p.big", one.stoppedAt ? t("已停表", "Stopped") : t("暂停中", "Paused")),
    h("p.soft", why));
}

function correction(one, blank, again) {
  const given = one.given.map(({ material, uploadId }) => ({ material, uploadId }));
  const drawn = form(blank?.schema ?? {}, one.answers ?? {}, new Map());
  const remark = h("textarea", { maxlength: 500 });
  const asked = one.correction.points;
  const list = materialList(one.materials.filter((material) => asked.some((point) => point.material === material.key)).map((material) => ({ ...material, way: "MISSING" })), async (material, uploadId) => {
    given.splice(0, given.length, ...given.filter((old) => old.material !== material), { material, uploadId });
    announce(t("已收下", "Taken"));
  });
  const answer = async () => {
    await wish("AnswerCorrection", { application: one.id, answers: drawn.read(), given, remark: remark.value || null }).catch((refused) => {
      drawn.tell(refused.outcome.faults ?? []);
      throw refused;
    });
    again();
  };
  return card(h("h2", t("请补正", "Please correct")), h("ul", asked.map((point) => h("li", point.words))), list, drawn.element, entry(t("说明（选填）", "A remark (optional)"), remark), act(t("提交补正", "Send the correction"), answer));
}
