// Volunteering: what is to come, one activity with signing up and checking in by the organiser's code, my number, hours and star.
import { ask, signedIn, wish } from "../api.js";
import { act, announce, card, date, empty, entry, facts, h, hour, link, local, moment, row, surely, tag } from "../dom.js";
import { name, plural, t } from "../words.js";
import { walking } from "./patrol.js";
import { fix, reading } from "./presence.js";

const SKILLS = ["FIRST_AID", "AED", "ELDERLY_CARE", "CHILDREN", "TEACHING", "LANGUAGES", "ENVIRONMENT", "TRAFFIC", "LAW", "COUNSELLING", "REPAIRS", "EVENTS"];
const hours = (minutes) => t([minutes >= 60 && `${Math.floor(minutes / 60)} 小时`, (minutes % 60 || !minutes) && `${minutes % 60} 分`].filter(Boolean).join(" "), [minutes >= 60 && `${Math.floor(minutes / 60)} h`, (minutes % 60 || !minutes) && `${minutes % 60} min`].filter(Boolean).join(" "));
const when = (one) => `${moment(one.startsAt)} – ${hour(one.endsAt)}`;
const left = (one) => (one.taken < one.places ? t(`还有 ${one.places - one.taken} 个名额`, `${plural(one.places - one.taken, "place")} left`) : t(`已满，${one.waiting} 人候补`, `Full, ${one.waiting} waiting`));
const listed = (one) => row("/volunteer-activity/" + one.id, one.title, `${when(one)} · ${one.address}`, tag(left(one), one.taken < one.places ? "" : "gold"));

export async function volunteersScreen() {
  const { volunteerActivities: coming } = await ask("VolunteerActivities", { first: 30 });
  const { volunteer } = signedIn() ? await ask("Volunteer") : {};
  const { ledActivities: led } = volunteer ? await ask("LedActivities") : { ledActivities: [] };
  const rows = coming.edges.map(({ node }) => listed(node));
  return {
    title: t("志愿服务", "Volunteering"),
    body: [
      volunteer ? standing(volunteer) : card(h("p", t("用实名信息注册，就能报名参加志愿活动。", "Register by your verified name to take part."))),
      link("/volunteer", h("span.button" + (volunteer ? ".quiet" : ""), volunteer ? t("我的志愿服务", "My volunteering") : t("注册为志愿者", "Register"))),
      led.length > 0 && card(h("h2", t("我带队的", "Those I lead")), led.map((one) => row("/lead/" + one.id, one.title, when(one), tag(t("出示签到码", "Show the code"), "gold")))),
      card(h("h2", t("近期活动", "Coming")), rows.length ? rows : empty(t("近期没有活动。", "Nothing is planned."))),
      card(row("/wishes", t("微心愿", "Micro-wishes"), t("认领一个小小的愿望", "Take up a small wish")), row("/responder", t("应急响应", "First responders"), t("附近有人求助时被呼叫", "Be called when somebody near needs help"))),
    ],
  };
}

const standing = (one) => card(h("p.big", "★".repeat(one.stars) + "☆".repeat(one.starHours.length - one.stars)), facts([t("志愿者编号", "Number"), one.number], [t("已公布时长", "Published hours"), hours(one.minutes)], one.hoursToNext !== null && [t("距下一星", "To the next star"), t(`${one.hoursToNext} 小时`, plural(one.hoursToNext, "hour"))]));

export async function volunteerScreen({ again }) {
  const { volunteer } = await ask("Volunteer");
  if (!volunteer) return { title: t("注册为志愿者", "Become a volunteer"), body: [offering([], again, false)] };
  const [{ myVolunteerPlaces }, { volunteerHours }, { myVolunteerGroups }, { volunteerGroups }] = await Promise.all([
    ask("MyVolunteerPlaces", { first: 20 }), ask("VolunteerHours", { first: 20 }), ask("MyVolunteerGroups"), ask("VolunteerGroups", { first: 20 }),
  ]);
  const places = myVolunteerPlaces.edges.map(({ node }) => row("/volunteer-activity/" + node.activity.id, node.activity.title, when(node.activity), tag(name("volunteerPlace", node.state), node.state === "WAITING" ? "gold" : "")));
  const entries = volunteerHours.edges.map(({ node }) => h("div.row", h("span.grow", h("b", node.title), h("small", date(node.day), node.corrected.length ? " · " + node.corrected.at(-1) : "")), h("span", node.state === "PUBLISHED" ? hours(node.published) : name("volunteerHours", node.state))));
  const certificate = async () => { const { volunteerCertificate: one } = await ask("VolunteerCertificate"); location.href = local(one.link); };
  return {
    title: t("我的志愿服务", "My volunteering"),
    body: [
      standing(volunteer), card(h("h2", t("我的报名", "Signed up for")), places.length ? places : empty(t("还没有报名。", "Nothing yet."))),
      card(h("h2", t("我的时长", "My hours")), entries.length ? entries : empty(t("还没有时长。", "None yet."))),
      act(t("下载时长证明", "A certificate of my hours"), certificate, "quiet"), groups(myVolunteerGroups.joined, volunteerGroups, again), offering(volunteer.skills, again, true),
      surely(t("不再做志愿者", "Leave"), t("退出志愿者？已公布的时长会保留。", "Be no volunteer any more? Published hours stay."), async () => { await wish("LeaveVolunteers"); again(); }),
    ],
  };
}

function groups(joined, all, again) {
  const mine = new Set(joined.map((one) => one.id));
  const change = (one) => act(mine.has(one.id) ? t("退出", "Leave") : t("加入", "Join"), async () => { await wish(mine.has(one.id) ? "LeaveVolunteerGroup" : "JoinVolunteerGroup", { groupId: one.id }); again(); }, "quiet");
  return card(h("h2", t("志愿服务队", "Groups")), all.edges.map(({ node }) => h("div.row", h("span.grow", h("b", node.name), h("small", node.words)), change(node))));
}

function offering(skills, again, known) {
  const boxes = SKILLS.map((one) => h("label", h("input", { type: "checkbox", value: one, checked: skills.includes(one) }), name("skill", one)));
  const agreed = h("input", { type: "checkbox", checked: known });
  const save = async () => {
    const chosen = boxes.map((box) => box.querySelector("input")).filter((box) => box.checked).map((box) => box.value);
    await wish("SaveVolunteer", { skills: chosen, areas: [], agreed: agreed.checked });
    announce(t("已保存", "Saved"));
    again();
  };
  return card(h("h2", t("我能做什么", "What I can do")), h("div.checks", boxes), !known && h("label", agreed, t("同意记录我的服务信息和时长", "I agree that my service and hours are kept")), act(known ? t("保存", "Save") : t("注册", "Register"), save));
}

export async function volunteerActivityScreen({ args: [id], again }) {
  const { volunteerActivity: one } = await ask("VolunteerActivity", { activityId: id });
  if (!one) return { title: t("没有这项活动", "No such activity"), body: [link("/volunteers", t("看全部", "See all"))] };
  const place = signedIn() ? await mine(id) : null;
  const about = card(
    h("div.spread", h("p.big", when(one)), tag(name("volunteerActivity", one.state), one.state === "CANCELLED" ? "red" : "")), h("p", one.words),
    facts([t("地点", "Where"), one.address], [t("组织者", "Held by"), one.organisation.name], [t("名额", "Places"), `${one.taken} / ${one.places}`], one.points > 0 && [t("积分", "Points"), t(`每小时 ${one.points}`, `${one.points} an hour`)]),
  );
  return { title: one.title, body: [about, signedIn() && (await led(id)) && link("/lead/" + id, h("span.button.quiet", t("出示签到码", "Show the check-in code"))), ...(signedIn() && one.routeId ? await walking(one, place, again) : []), ...(signedIn() ? turns(one, place, again) : [link("/sign-in", h("span.button", t("登录后报名", "Sign in to take part")))])] };
}

const led = async (id) => (await ask("LedActivities")).ledActivities.some((one) => one.id === id);

async function mine(id) {
  const { myVolunteerPlaces } = await ask("MyVolunteerPlaces", { first: 50 });
  return myVolunteerPlaces.edges.map(({ node }) => node).find((node) => node.activity.id === id) ?? null;
}

function turns(one, place, again) {
  const open = ["PUBLISHED", "RUNNING"].includes(one.state);
  const go = (operation) => async () => { await wish(operation, { activityId: one.id }); again(); };
  if (!place || place.state === "CANCELLED") return open ? [act(one.taken < one.places ? t("报名", "Sign up") : t("排候补", "Wait for a place"), go("SignUpForActivity"))] : [];
  if (place.state === "WAITING") return [h("p.note", t("您在候补中；有名额时会通知您。", "You wait for a place, and will be told when there is one.")), surely(t("退出候补", "Leave the line"), t("退出候补？", "Leave the line?"), go("CancelSignUp"))];
  const came = place.checkIn;
  return [
    came && card(facts([t("签到", "Checked in"), moment(came.at)], came.outAt && [t("签退", "Checked out"), moment(came.outAt)])),
    !came && open && scanning(t("扫码签到", "Check in"), "CheckIntoActivity", again),
    came && !came.outAt && scanning(t("扫码签退", "Check out"), "CheckOutOfActivity", again),
    !came && open && surely(t("取消报名", "Cancel"), t("取消报名？名额会给候补的人。", "Cancel? The first in line has your place."), go("CancelSignUp")),
  ];
}

/** The organiser's screen is read by the camera, or its text typed; where the phone is goes with it. */
function scanning(words, operation, again) {
  const [typed, photo] = reading();
  const send = async (code) => {
    await wish(operation, { code: code.trim(), fix: await fix() });
    announce(t("记下了", "Done"));
    again();
  };
  return card(h("h2", words), photo && entry(t("拍组织者屏幕上的二维码", "A photo of the organiser's screen"), photo), entry(t("或输入码上的文字", "Or the text below it"), typed, t("二维码每 15 秒更换", "It changes every 15 seconds")), act(words, () => send(typed.value)));
}
