// Health: for oneself or for a ward; the record, the certificate, the family doctor and his follow-ups, who may read.
import { actingFor, ask, wish } from "../api.js";
import { act, announce, card, date, day, empty, h, isoDay, link, moment, row, surely, tag } from "../dom.js";
import { name, t } from "../words.js";
import { PARTS, part } from "./health_record.js";
import { FOLLOWED, STATES } from "./follow_ups.js";

const HERE = ["HEALTH_READ", "APPOINTMENTS_MANAGE"];

export async function healthScreen({ again }) {
  const asked = [ask("HealthSharing"), ask("MyFollowUpPlans"), given(ask("MyFamilyDoctor")), actingFor() ? { wards: [] } : ask("Wards")];
  const [{ healthSharing }, { followUpPlans }, mine, { wards }] = await Promise.all(asked);
  return {
    title: t("健康", "Health"),
    body: [
      family(wards), ways(), record(), certificate(healthSharing), mine && doctor(mine.myFamilyDoctor),
      followed(followUpPlans), sharing(healthSharing, again),
    ],
  };
}

/** What a guardian may not see of the ward's is left out; anything else is told as it is. */
const given = (asked) => asked.catch((refused) => { if (actingFor() && refused.code === "FORBIDDEN") return null; throw refused; });

/** Wards for whom one may look here: each opens this page in his name. */
function family(wards) {
  const mine = wards.filter((one) => one.state === "ACTIVE" && one.until >= isoDay() && HERE.some((scope) => one.scopes.includes(scope)));
  if (!mine.length) return false;
  const told = JSON.parse(sessionStorage.getItem("rong.wards") ?? "{}");
  return card(h("h2", t("为家人", "For your family")), mine.map((one) => row(`/for/${encodeURIComponent(one.ward.id)}/${one.scopes.includes("HEALTH_READ") ? "health" : "venues"}`, told[one.ward.id] ?? one.ward.maskedName, name("ward", one.relation))));
}

function ways() {
  const list = [["/venues?kind=HOSPITAL", t("预约挂号", "Book a doctor")], ["/venues?kind=VACCINATION", t("预约接种", "Book a vaccination")], ["/tickets", t("排队叫号", "My place in the queue")]];
  if (!actingFor()) list.push(["/treatments", t("先诊疗后付费", "Treat first, pay later")]);
  return card(list.map(([to, words]) => row(to, words)));
}

const record = () => card(h("h2", t("健康档案", "Health record")), h("p.soft", t("档案留在医院，城市不保存。每次查看都记在“谁看过我的信息”里。", "It stays with the hospitals. Each look stands in “who looked at my data”.")), Object.keys(PARTS).map((kind) => row("/health-record/" + kind, part(kind))), row("/health-record", t("全部一起看", "All of it at once")));

function certificate(sharing) {
  const keeps = h("input", { type: "checkbox", checked: true });
  const issue = async () => {
    const { licence } = await wish("IssueVaccinationCertificate", { renews: keeps.checked });
    announce(t("接种证明已放进证照", "The certificate is in the wallet"));
    location.hash = "#/licence/" + licence.id;
  };
  return card(h("h2", t("预防接种证明", "Vaccination certificate")), sharing.certificateRenews && h("p.soft", t("已开启自动更新：有新接种时会重新出证。", "It is drawn up anew when there is a new dose.")), h("div.boxes", h("label", keeps, t("有新接种时自动更新", "Keep it up to date"))), act(t("领取接种证明", "Have it drawn up"), issue, "primary"));
}

function doctor(mine) {
  if (!mine) return card(h("h2", t("家庭医生", "Family doctor")), empty(t("还没有签约。", "No contract yet.")), link("/family-doctor", h("span.button", t("选一个团队签约", "Choose a team and sign"))));
  const { contract, team } = mine;
  const state = contract.state === "PROPOSED" ? tag(t("待答复", "Proposed"), "gold") : tag(t("已签约", "In force"));
  return card(h("h2", t("家庭医生", "Family doctor")), row("/family-doctor", team.name, `${team.venue} · ${t("至 ", "until ")}${date(contract.until + "T12:00:00+08:00")}`, state));
}

function followed(plans) {
  if (!plans.length) return false;
  return card(h("h2", t("随访", "Follow-ups")), plans.map((one) => row("/follow-up/" + one.id, t(...FOLLOWED[one.kind]), [one.organisation.name, one.state === "ENDED" ? "" : t(`下次 ${day(one.due)}`, `next ${day(one.due)}`)].filter(Boolean).join(" · "), tag(t(...STATES[one.state]), one.state === "MISSED" ? "red" : ""))));
}

function sharing({ readers, consents }, again) {
  const allow = (reader) => surely(t("同意 30 天", "Allow 30 days"), t(`同意 ${reader.organisation.name} 在诊疗时查阅？`, `Let ${reader.organisation.name} read it?`), async () => {
    const until = new Date(Date.now() + 30 * 86_400_000).toISOString();
    await wish("AllowHealthRecord", { organisation: reader.organisation.code, kinds: reader.kinds, until });
    again();
  });
  const stop = (one) => surely(t("撤回", "Take back"), t("撤回后它不能再查阅。", "It reads nothing from then on."), async () => { await wish("StopHealthRecord", { consentId: one.id }); again(); });
  const has = new Set(consents.map((one) => one.organisation.code));
  return card(
    h("h2", t("谁可以查阅", "Who may read it")),
    consents.map((one) => h("div.row", h("span.grow", h("b", one.organisation.name), h("small", one.kinds.map(part).join(t("、", ", ")), " · ", t("至 ", "until "), moment(one.until), " · ", t(`已查阅 ${one.used} 次`, `read ${one.used} times`))), stop(one))),
    readers.filter((one) => !has.has(one.organisation.code)).map((one) => h("div.row", h("span.grow", h("b", one.organisation.name), h("small", t("未经同意不能查阅", "reads nothing without your consent"))), allow(one))),
    !consents.length && !readers.length && empty(t("没有机构申请查阅。", "Nobody asks to read it.")),
  );
}
