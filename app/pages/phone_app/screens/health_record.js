// The health record as people read it: measurements with their ranges and how they changed, visits, doses, medicines.
import { wish } from "../api.js";
import { act, card, date, empty, h, tag } from "../dom.js";
import { t } from "../words.js";

export const PARTS = {
  ENCOUNTERS: ["就诊记录", "Visits"], OBSERVATIONS: ["检验检查", "Measurements"],
  IMMUNISATIONS: ["预防接种", "Vaccinations"], MEDICATIONS: ["用药记录", "Medicines"],
};
export const part = (kind) => t(...PARTS[kind]);
const FLAGS = { NORMAL: ["正常", "Normal", ""], LOW: ["偏低", "Low", "gold"], HIGH: ["偏高", "High", "gold"], CRITICAL: ["危急", "Critical", "red"] };
const SHOWN = { ENCOUNTERS: visits, OBSERVATIONS: measured, IMMUNISATIONS: doses, MEDICATIONS: medicines };

/** `/health-record/PART`, or without a part all of it by one look. Nothing is asked before it is wished for. */
export async function healthRecordScreen({ args: [kind] }) {
  const kinds = PARTS[kind] ? [kind] : Object.keys(PARTS);
  const shown = h("div.stack", { "aria-live": "polite" });
  const read = async () => {
    const found = await wish("ReadHealthRecord", { kinds });
    shown.replaceChildren(...kinds.map((one) => of(one, found, kinds.length > 1)), ...(found.whole ? [] : [h("p.soft", t("记录太多，只显示较新的。", "Only the newer ones are shown."))]));
  };
  return { title: kinds.length > 1 ? t("健康档案", "Health record") : part(kind), body: [h("p.note", t("查看会记入“谁看过我的信息”。", "The look stands in “who looked at my data”.")), act(t("向医院查询", "Ask the hospitals"), read, "primary"), shown] };
}

function of(kind, found, titled) {
  const rows = SHOWN[kind](found);
  return card(titled && h("h2", part(kind)), rows.length ? rows : empty(t("没有记录。", "Nothing is recorded.")));
}

const line = (title, below, mark) => h("div.row", h("span.grow", h("b", title), h("small", below)), mark);
const flag = (one) => FLAGS[one.flag] && tag(t(...FLAGS[one.flag]), FLAGS[one.flag][2]);

/** What was measured several times stands once, with the newest first and the earlier ones below it. */
function measured({ observations }) {
  const byName = new Map();
  for (const one of observations) byName.set(one.what, [...(byName.get(one.what) ?? []), one]);
  return [...byName].map(([what, [newest, ...earlier]]) => h("div",
    line(`${what} ${newest.value} ${newest.unit}`, [date(newest.at), newest.usual && `${t("参考", "usual")} ${newest.usual}`].filter(Boolean).join(" · "), flag(newest)),
    earlier.length > 0 && h("details", h("summary", t(`以前 ${earlier.length} 次`, `${earlier.length} before`)), earlier.map((one) => line(`${one.value} ${one.unit}`, date(one.at), flag(one))))));
}

function visits({ encounters }) {
  return encounters.map((one) => line(one.kind, [one.endedAt && date(one.endedAt) !== date(one.at) ? `${date(one.at)} – ${date(one.endedAt)}` : date(one.at), one.place, one.reasons.join(t("、", ", "))].filter(Boolean).join(" · ")));
}

function doses({ immunisations }) {
  return immunisations.map((one) => line(one.vaccine, [date(one.on + "T12:00:00+08:00"), one.place, one.lot && `${t("批号", "lot")} ${one.lot}`].filter(Boolean).join(" · "), one.dose && tag(t(`第 ${one.dose} 剂`, `dose ${one.dose}`))));
}

function medicines({ medications }) {
  const taken = [...medications].sort((one, other) => Number(other.active) - Number(one.active));
  return taken.map((one) => line(one.medicine, [one.dosage, `${t("自", "since")} ${date(one.since)}`].filter(Boolean).join(" · "), tag(one.active ? t("在用", "Taken") : t("已停", "Ended"), one.active ? "" : "gold")));
}
