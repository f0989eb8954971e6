// Opening hours as people say them: they come in OpenStreetMap's notation, `Mo-Fr 08:00-12:00; PH off; WD 08:00-12:00`.
import { date } from "../dom.js";
import { t } from "../words.js";

const DAYS = {
  Mo: () => t("周一", "Mon"), Tu: () => t("周二", "Tue"), We: () => t("周三", "Wed"), Th: () => t("周四", "Thu"), Fr: () => t("周五", "Fri"), Sa: () => t("周六", "Sat"), Su: () => t("周日", "Sun"),
  PH: () => t("法定节假日", "public holidays"), WD: () => t("调休上班日", "make-up working days"),
};
const RULE = /^(\S+) ([\d:,-]+|off)(?: "([^"]*)")?$/;

const day = (code) => DAYS[code]?.() ?? date(code);
const span = (text) => (text === "Mo-Su" ? t("每天", "Every day") : DAYS[text] || /^\d/.test(text) ? day(text) : text.split("-").map(day).join(t("至", "–")));

/** One line for each rule; what is not of the notation is shown as it is. */
export function hoursInWords(text) {
  if (text === "24/7") return [t("全天", "Day and night")];
  return (text.match(/(?:[^;"]|"[^"]*")+/g) ?? []).map((part) => {
    const [, days, times, note] = RULE.exec(part.trim()) ?? [];
    if (!days) return part.trim();
    const named = days.split(",").map(span).join(t("、", ", "));
    const said = times === "off" ? t("休息", "closed") : times.replaceAll("-", "–").replaceAll(",", t("、", ", "));
    return `${named} ${said}${note ? t(`（${note}）`, ` (${note})`) : ""}`;
  });
}
