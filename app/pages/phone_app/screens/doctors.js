// Looking for a doctor: the departments of a hospital, and of one the doctors with their fees and next free times.
import { ask } from "../api.js";
import { act, card, empty, h, link, moment, row, tag, yuan } from "../dom.js";
import { t } from "../words.js";
import { take } from "./venues.js";

export async function departmentsScreen({ args: [venueId] }) {
  const { hospitalDepartments } = await ask("HospitalDepartments", { venueId });
  const rows = hospitalDepartments.map((one) => row(`/doctors/${venueId}?department=${encodeURIComponent(one.key)}`, one.name, t(`${one.doctors} 位医生可预约`, `${one.doctors} doctors can be booked`)));
  return { title: t("按科室找医生", "Departments"), body: [card(rows.length ? rows : empty(t("这里不按科室预约。", "Nothing is booked by department here.")))] };
}

export async function doctorsScreen({ args: [venueId], query }) {
  const department = query.get("department") ?? "";
  const list = h("div.stack");
  const more = async (after) => {
    const { departmentDoctors: page } = await ask("DepartmentDoctors", { venueId, department, first: 20, after });
    list.querySelector(".more")?.remove();
    list.append(...page.edges.map(({ node }) => shown(node, venueId)));
    if (page.pageInfo.hasNextPage) list.append(h("div.more", act(t("更多医生", "More doctors"), () => more(page.pageInfo.endCursor), "quiet")));
    if (!list.childElementCount) list.append(empty(t("这个科室没有可预约的医生。", "No doctor of this department can be booked.")));
  };
  await more(null);
  return { title: department, body: [list] };
}

/** A time is held for the service of the doctor's that stands first; the others are a step away. */
function shown({ doctor, services, next }, venueId) {
  const times = next.map((slot) => act([moment(slot.startsAt), h("small", t(`余 ${slot.remaining}`, `${slot.remaining} left`))], () => take(slot, { id: services[0].serviceId }, null), "time"));
  const ways = services.map((one) => row(`/slots/${one.serviceId}?venue=${venueId}&doctor=${doctor.id}`, one.name, t("看全部时间", "All times"), tag(yuan(one.fee))));
  return card(h("h3", [doctor.name, doctor.title].filter(Boolean).join(" · ")), next.length ? h("div.times", times) : h("p.soft", t("近期没有号。可以排候补。", "No time is free. Join the waiting list.")), ways);
}
