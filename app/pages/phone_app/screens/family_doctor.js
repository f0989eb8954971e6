// The family doctor: the contract one has, renewing and ending it, and the teams one may sign with or move to.
import { ask, wish } from "../api.js";
import { act, announce, card, date, empty, facts, h, isoDay, link, row, surely, tag } from "../dom.js";
import { t } from "../words.js";
import { ROLES } from "./follow_ups.js";

const STATES = { PROPOSED: ["待答复", "Proposed", "gold"], ACTIVE: ["已签约", "In force", ""] };
const RENEWED_WITHIN = 30;
const day = (iso) => date(iso + "T12:00:00+08:00");
const before = (iso, days) => new Date(new Date(iso + "T12:00:00Z") - days * 86_400_000).toISOString().slice(0, 10);

export async function familyDoctorScreen({ query, again }) {
  const venueId = query.get("venue");
  const [{ myFamilyDoctor: mine }, { familyDoctorTeams: teams }] = await Promise.all([ask("MyFamilyDoctor"), ask("FamilyDoctorTeams", venueId ? { venueId } : {})]);
  const others = teams.filter((one) => one.id !== mine?.team.id);
  return {
    title: t("家庭医生", "Family doctor"),
    body: [
      mine && contract(mine, again),
      card(h("h2", mine ? t("换一个团队", "Change to another team") : t("选一个团队", "Choose a team")),
        !mine && h("p.soft", t("签约一年，团队所在机构的号源提前一天向你开放。", "For a year; the times of its house open to you a day earlier.")),
        others.length ? others.map(choice) : empty(t("没有可选的团队。", "There is no other team."))),
    ],
  };
}

const choice = (one) => row(`/family-team/${one.id}?venue=${one.venueId}`, one.name, [one.venue, one.packages.map((each) => each.name).join(t("、", ", "))].filter(Boolean).join(" · "), tag(one.places ? t(`余 ${one.places} 名`, `${one.places} places`) : t("已满", "Full"), one.places ? "" : "red"));

function contract({ contract: one, team }, again) {
  const [zh, en, tone] = STATES[one.state] ?? ["", "", ""];
  const chosen = team.packages.find((each) => each.code === one.package);
  const first = before(one.until, RENEWED_WITHIN);
  const renew = act(t("续签一年", "Renew for a year"), async () => { await wish("RenewFamilyDoctor"); announce(t("已续签", "Renewed")); again(); });
  const end = surely(one.state === "PROPOSED" ? t("撤回申请", "Take it back") : t("解除签约", "End the contract"), t("确定？计划中的随访也会结束。", "Sure? Follow-ups planned under it end, too."), async () => { await wish("EndFamilyDoctor"); again(); });
  return card(
    h("div.spread", h("h2", team.name), tag(t(zh, en), tone)),
    facts([t("机构", "At"), team.venue], [t("成员", "Team"), people(team)], chosen && [t("服务包", "Package"), chosen.name], one.state === "PROPOSED" ? [t("答复期限", "Answered by"), day(one.until)] : [t("有效", "In force"), `${day(one.since)} – ${day(one.until)}`]),
    one.state === "ACTIVE" && (isoDay() >= first ? renew : h("p.soft", t(`${day(first)}起可以续签`, `Can be renewed from ${day(first)}`))),
    end,
  );
}

const people = (team) => [...team.doctors.map((one) => [one.name, one.title].filter(Boolean).join(" ")), ...team.members.map((one) => `${one.name} ${t(...ROLES[one.role])}`)].join(t("、", ", "));

/** One team; `?venue=` is where it is. Whoever has a contract moves to it in one step. */
export async function familyTeamScreen({ args: [id], query }) {
  const [{ myFamilyDoctor: mine }, { familyDoctorTeams }] = await Promise.all([ask("MyFamilyDoctor"), ask("FamilyDoctorTeams", { venueId: query.get("venue") })]);
  const team = familyDoctorTeams.find((one) => one.id === id);
  if (!team) return { title: t("没有这个团队", "No such team"), body: [link("/family-doctor", t("看全部", "See all"))] };
  const picked = h("div.boxes", { role: "radiogroup", "aria-label": t("服务包", "Package") }, team.packages.map(offer));
  const sign = async () => {
    const chosen = picked.querySelector("input:checked")?.value ?? null;
    const { contract: made } = await wish(mine ? "MoveFamilyDoctor" : "SignFamilyDoctor", { teamId: id, package: chosen });
    announce(made.state === "PROPOSED" ? t("申请已送出，等团队答复", "Sent; the team will answer") : t("签约成功", "Signed"));
    location.hash = "#/family-doctor";
  };
  const words = mine ? t("改签到这个团队", "Move to this team") : t("签约", "Sign");
  return {
    title: team.name,
    body: [
      card(facts([t("机构", "At"), team.venue], [t("成员", "Team"), people(team)], team.about && [t("介绍", "About"), team.about], [t("名额", "Places"), String(team.places)])),
      team.packages.length > 0 && card(h("h2", t("服务包", "Package")), picked),
      team.answers && h("p.note", t("这个团队会在三十天内逐一答复申请。", "This team answers each proposal within thirty days.")),
      team.id === mine?.team.id ? h("p.soft", t("这是你现在的团队。", "This is your present team.")) : mine ? surely(words, t("改签后，原来的签约结束，计划中的随访也结束。", "Your present contract ends, and follow-ups planned under it."), sign) : act(words, sign),
    ],
  };
}

function offer(one, number) {
  const fee = Number(one.fee.amount) ? t(`每年 ¥${one.fee.amount}`, `¥${one.fee.amount} a year`) : t("免费", "Free");
  return h("label", h("input", { type: "radio", name: "package", value: one.code, checked: number === 0 }), h("span.grow", h("b", one.name), h("small", ` ${fee} · ${one.about}`)));
}
