// Applying: the form, the materials, a last look, handing in.
import { ask, wish } from "../api.js";
import { act, announce, card, facts, h, surely } from "../dom.js";
import { t } from "../words.js";
import { form, shown } from "./fields.js";
import { materialList } from "./materials.js";

export async function draftScreen({ args: [id], query, again }) {
  const { serviceApplication: draft } = await ask("ServiceApplication", { application: id });
  if (draft.state !== "DRAFT") return { title: draft.name, body: [h("a.button", { href: "#/application/" + id }, t("看办理进度", "See its progress"))] };
  const { applicationForm: blank } = await ask("ApplicationForm", { item: draft.item, unit: draft.unit?.code });
  const step = query.get("step") ?? "form";
  const to = (next) => (location.hash = `#/draft/${id}?step=${next}`);
  const made = { draft, blank, to, again, schema: blank.schema, sources: new Map(blank.prefilled.map((one) => [one.field, one])) };
  const body = await { form: formStep, materials: materialsStep, check: checkStep }[step](made);
  return { title: draft.name, body: [steps(step), ...body] };
}

const STEPS = [["form", "填写", "Form"], ["materials", "材料", "Materials"], ["check", "核对递交", "Check"]];
const steps = (here) => h("ol.steps", STEPS.map(([key, zh, en]) => h("li", { "aria-current": key === here && "step" }, t(zh, en))));
const givenOf = (draft) => draft.given.map(({ material, uploadId }) => ({ material, uploadId }));
const save = (draft, answers, given) => wish("SaveDraft", { application: draft.id, version: draft.version, answers, given });

async function formStep({ draft, blank, schema, sources, to, again }) {
  const filled = Object.fromEntries(blank.prefilled.map((one) => [one.field, one.value]));
  const drawn = form(schema, { ...filled, ...draft.answers }, sources);
  const next = async () => {
    const answers = drawn.read();
    const { faults: found } = await save(draft, answers, givenOf(draft));
    // A draft may be kept with gaps; who goes on is told of them here and not at the very end.
    const gaps = (schema.required ?? []).filter((key) => !(key in answers)).map((path) => ({ path, message: t("请填写这一项", "Please fill this in") }));
    const faults = [...gaps, ...found];
    drawn.tell(faults);
    if (faults.length) drawn.element.querySelector("[aria-invalid]")?.focus();
    else to("materials");
  };
  const aged = blank.version !== draft.version && card(h("p", t("这张表已有新版本。", "There is a newer version of this form.")), act(t("换到新版本", "Move to it"), async () => { await wish("MoveDraft", { application: draft.id }); again(); }));
  return [aged, card(drawn.element), act(t("保存，下一步", "Save and go on"), next), discard(draft)];
}

const discard = (draft) => surely(t("丢弃草稿", "Throw it away"), t("确定丢弃？填的内容都会删除。", "Throw it away? All of it is deleted."), async () => {
  await wish("DiscardDraft", { application: draft.id });
  location.hash = "#/applications";
});

async function materialsStep({ draft, to, again }) {
  const { checkMaterials } = await ask("CheckMaterials", { application: draft.id });
  const given = async (material, uploadId) => {
    await save(draft, draft.answers, [...givenOf(draft), { material, uploadId }]);
    announce(t("已收下", "Taken"));
    again();
  };
  const spared = checkMaterials.filter((one) => ["LICENCE", "DATA"].includes(one.way)).length;
  return [
    spared > 0 && h("p.note", t(`${spared} 份材料不用你交：城市已经有了。`, `${spared} of them you need not bring: the city has them.`)),
    card(materialList(checkMaterials, given)),
    act(t("下一步", "Go on"), async () => to("check")),
    act(t("回到表单", "Back to the form"), async () => to("form"), "quiet"),
  ];
}

async function checkStep({ draft, schema, to }) {
  const { checkMaterials } = await ask("CheckMaterials", { application: draft.id });
  const handIn = async () => {
    await wish("SubmitApplication", { application: draft.id, version: draft.version }).catch((refused) => {
      const { faults = [], missing = [] } = refused.outcome;
      const more = [...faults, ...missing].map((one) => one.message ?? `${one.name} ${one.why ?? ""}`);
      throw Object.assign(refused, { message: [refused.message, ...more].join("\n") });
    });
    announce(t("已递交", "Handed in"));
    location.hash = "#/application/" + draft.id;
  };
  return [
    card(h("h2", t("你的回答", "Your answers")), facts(...shown(schema, draft.answers))),
    card(h("h2", t("材料", "Materials")), h("ul.lines", checkMaterials.map((one) => h("li", h("b", one.name), h("small", one.why ?? ""), h("span.tag", one.way === "MISSING" ? t("还缺", "Missing") : "✓"))))),
    h("p.soft", t("递交给", "To"), " ", draft.unit?.name ?? ""),
    act(t("确认递交", "Hand in"), handIn),
    act(t("再改改", "Change something"), async () => to("form"), "quiet"),
  ];
}
