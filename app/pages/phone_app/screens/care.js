// The care list: saying that one is well, whom to call, pausing; and the steps when a check-in was missed.
import { ask, wish } from "../api.js";
import { act, announce, card, empty, entry, facts, h, homeName, isoDay, moment, surely, tag } from "../dom.js";
import { t } from "../words.js";

const TOLD = {
  NOBODY: () => "", HIMSELF: () => t("已提醒本人", "You were reminded"), CONTACT: () => t("已通知联系人", "Your contact was told"),
  OFFICER: () => t("已通知居委会", "Your committee was told"), CENTRE: () => t("已报城市中心", "The city's centre was told"),
};
const WEEK = [["一", "Mon"], ["二", "Tue"], ["三", "Wed"], ["四", "Thu"], ["五", "Fri"], ["六", "Sat"], ["日", "Sun"]];
const WHY = { HOSPITAL: () => t("住院", "In hospital"), TRAVEL: () => t("外出", "Travelling"), FAMILY: () => t("与家人同住", "With family"), OTHER: () => t("其他", "Other") };
const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

export async function careScreen({ again }) {
  const { careEntry: one } = await ask("CareEntry");
  const title = t("报平安", "Checking in");
  if (!one || ["ENDED", "DECLINED"].includes(one.careState)) return { title, body: [await entering(again)] };
  if (one.careState === "PROPOSED") return { title, body: [proposal(again)] };
  return { title, body: [state(one, again), steps(one), about(one), ending(one, again)] };
}

function state(one, again) {
  if (one.careState === "PAUSED") {
    const resume = act(t("恢复", "Go on"), async () => { await wish("ResumeCare"); again(); });
    return card(h("h2", t("已暂停：", "Paused: ") + WHY[one.pause]()), h("p", t(`到 ${moment(one.pausedUntil)}`, `Until ${moment(one.pausedUntil)}`)), resume);
  }
  const missed = one.told !== "NOBODY";
  const early = !missed && new Date(one.dueAt) - Date.now() > 12 * 3600e3;
  const well = async () => { await wish("CheckInCare"); announce(t("已报平安", "You have checked in")); again(); };
  const word = missed ? h("p.alarm", { role: "alert" }, t("这一轮没有报平安：", "This check-in was missed: ") + TOLD[one.told]()) : h("p", t(`请在 ${moment(one.dueAt)} 前报平安。`, `Please check in by ${moment(one.dueAt)}.`));
  return card(h("h2", early ? t("今天已报过平安", "You have checked in") : t("您今天好吗？", "Are you well today?")), word, act(t("我平安", "I am well"), well, early ? "quiet" : "primary"), one.signAt && h("p.hint", t(`最近一次：${moment(one.signAt)}`, `Last: ${moment(one.signAt)}`)));
}

function steps(one) {
  if (!one.steps.length) return null;
  const rows = one.steps.slice(0, 8).map((step) => h("div.row", h("span.grow", h("b", TOLD[step.told]()), h("small", moment(step.at))), step.caseNumber && tag(step.caseNumber)));
  return card(h("h2", t("漏报后的步骤", "After missed check-ins")), rows);
}

function about(one) {
  const { weekdays, minute } = one.rhythm;
  const days = weekdays.length === 7 ? t("每天", "every day") : weekdays.map((each) => t("周" + WEEK[each][0], WEEK[each][1])).join(t("、", ", "));
  return card(h("h2", t("安排", "How it is")), facts([t("日子", "Days"), days], [t("最迟", "Until"), clock(minute)], one.contact && [t("联系人", "Contact"), `${one.contact} ${one.phone ?? ""}`], one.note && [t("备注", "Note"), one.note]), h("p.hint", t("漏报时先提醒您，半小时后通知联系人，一小时后通知居委会，两小时后报城市中心。", "When one is missed you are reminded, your contact is told after half an hour, your committee after an hour, the city's centre after two.")));
}

function ending(one, again) {
  const leave = surely(t("退出关爱名单", "Leave the list"), t("退出后不再有人提醒。", "Nobody looks after your check-ins then."), async () => { await wish("LeaveCareList"); again(); });
  if (one.careState !== "ACTIVE") return card(leave);
  const why = h("select", Object.entries(WHY).map(([value, word]) => h("option", { value }, word()))), until = h("input", { type: "date", min: isoDay(1), max: isoDay(180), value: isoDay(7) });
  const pause = act(t("暂停", "Pause"), async () => { await wish("PauseCare", { why: why.value, until: `${until.value}T12:00:00+08:00` }); again(); }, "quiet");
  return card(h("h2", t("暂停", "Pause")), entry(t("原因", "Why"), why), entry(t("到", "Until"), until), pause, leave);
}

function contactEntries() {
  const contact = h("input", { maxlength: 30, autocomplete: "off" }), phone = h("input", { inputmode: "tel", autocomplete: "off" }), note = h("input", { maxlength: 200, autocomplete: "off" });
  const fields = [entry(t("紧急联系人（可不填）", "Whom to call (may be empty)"), contact), entry(t("联系人手机", "The contact's phone"), phone), entry(t("备注，如听力不好", "Note: hard of hearing, say"), note)];
  return { fields, said: () => ({ contact: contact.value.trim(), phone: phone.value.trim(), note: note.value.trim() }) };
}

function proposal(again) {
  const { fields, said } = contactEntries();
  const answer = (accept) => async () => { await wish("AnswerCareProposal", { accept, contact: said() }); announce(accept ? t("已加入", "You are on the list") : t("已谢绝", "Declined")); again(); };
  return card(h("h2", t("居委会想关照您", "Your committee would look after you")), h("p", t("同意后，您每天在应用里报一次平安；没有报时会有人逐级提醒和上门。", "If you agree, you check in once a day; when you do not, people are told step by step.")), fields, act(t("同意", "Agree"), answer(true)), act(t("不需要", "No, thank you"), answer(false), "quiet"));
}

async function entering(again) {
  const { myHomes } = await ask("MyHomes");
  const homes = myHomes.filter((one) => one.state === "RESIDENT");
  if (!homes.length) return card(empty(t("先在“我的小区”登记住所。", "Enter a home in “My estate” first.")));
  const where = h("select", homes.map((one) => h("option", { value: one.id }, homeName(one))));
  const until = h("input", { type: "time", value: "10:00", min: "06:00", max: "22:00" });
  const days = WEEK.map(([zh, en], at) => h("label.choice", h("input", { type: "checkbox", value: String(at), checked: true }), t("周" + zh, en)));
  const { fields, said } = contactEntries();
  const enter = async () => {
    const [hours, minutes] = until.value.split(":").map(Number);
    const weekdays = days.map((one) => one.firstChild).filter((one) => one.checked).map((one) => Number(one.value));
    await wish("EnterCareList", { residencyId: where.value, rhythm: { weekdays, minute: 60 * hours + minutes }, contact: said() });
    announce(t("已加入关爱名单", "You are on the care list"));
    again();
  };
  return card(h("h2", t("加入关爱名单", "Join the care list")), h("p", t("一个人住，或家有老人？每天报一次平安；没有报时，会提醒您、通知联系人，再请居委会和城市中心看看。", "Living alone, or old? Check in once a day; when you do not, you, your contact, your committee and the city are told in turn.")), homes.length > 1 && entry(t("住处", "Home"), where), h("fieldset", h("legend", t("哪些日子", "On which days")), days), entry(t("最迟几点", "Until"), until), fields, act(t("加入", "Join"), enter));
}
