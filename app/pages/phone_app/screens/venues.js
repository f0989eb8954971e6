// Booking a time: the halls and hospitals, what can be booked there, the days and their free times.
import { ask, signedIn, wish } from "../api.js";
import { act, announce, card, day, empty, entry, facts, h, hour, isoDay, link, moment, row, tag, yuan } from "../dom.js";
import { name, t } from "../words.js";

const WEEK = 7;

export async function venuesScreen({ query }) {
  const kind = query.get("kind");
  const { venues: said } = await ask("Venues", kind ? { kind } : {});
  const chips = ["HALL", "HOSPITAL", "VACCINATION", "REGISTRY"].map((one) => link("/venues" + (one === kind ? "" : "?kind=" + one), h("span.chip", { "aria-pressed": String(one === kind) }, name("venue", one))));
  const rows = said.venues.map((one) => row("/venue/" + one.id, one.name, [one.address, one.services.map((service) => service.name).join(t("、", ", "))].filter(Boolean).join(" · ")));
  const mine = signedIn() && h("div.tiles.two", link("/bookings", h("div.tile", h("i", "◷"), t("我的预约", "My bookings"))), link("/tickets", h("div.tile", h("i", "№"), t("我的排号", "My numbers"))));
  return { title: t("预约", "Appointments"), body: [mine, h("div.chips", chips), card(rows.length ? rows : empty(t("这里还没有。", "None here yet.")))] };
}

export async function venueScreen({ args: [id] }) {
  const { venues: said } = await ask("Venues");
  const venue = said.venues.find((one) => one.id === id);
  if (!venue) return { title: t("没有这个地方", "No such place"), body: [link("/venues", t("看全部", "See all"))] };
  const services = venue.services.map((one) => row(`/slots/${one.id}?venue=${id}`, one.name, one.bring, tag(yuan(one.fee))));
  return {
    title: venue.name,
    body: [
      card(facts([t("地址", "Address"), venue.address], [t("时间", "Hours"), venue.hours], [t("电话", "Phone"), h("a", { href: "tel:" + venue.phone }, venue.phone)])),
      venue.kind === "HOSPITAL" && link("/departments/" + id, h("span.button", t("按科室找医生", "Find a doctor by department"))),
      card(h("h2", t("可以预约", "To be booked")), services.length ? services : empty(t("这里不接受预约。", "Nothing is booked here."))),
      link("/queue/" + id, h("span.button.quiet", t("现场取号，看大厅叫号", "Take a number, see the board"))),
    ],
  };
}

/** `?move=booking` moves that booking instead of holding a new time; `?doctor=` shows the times of one alone. */
export async function slotsScreen({ args: [id], query }) {
  const [{ bookableServices }, { appointmentSlots: said }] = await Promise.all([
    ask("BookableServices", { venueId: query.get("venue") }), ask("AppointmentSlots", { serviceId: id, first: isoDay(), last: isoDay(WEEK), ...(query.get("doctor") ? { resourceId: query.get("doctor") } : {}) }),
  ]);
  const service = bookableServices.find((one) => one.id === id);
  const slots = said.slots ?? [];
  const days = [...new Set(slots.map((one) => one.day))];
  const times = h("div.stack", { "aria-live": "polite" });
  const pick = (chosen, button) => {
    button?.parentNode.querySelectorAll(".chip").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    times.replaceChildren(...ofDay(slots.filter((one) => one.day === chosen), service, query.get("move")));
  };
  const chips = days.map((one, n) => h("button.chip", { type: "button", "aria-pressed": String(n === 0), onclick: (event) => pick(one, event.currentTarget) }, day(one + "T12:00:00+08:00")));
  if (days.length) pick(days[0]);
  return {
    title: query.get("move") ? t("改到别的时间", "Move to another time") : (service?.name ?? t("选时间", "Choose a time")),
    body: [
      service && card(facts([t("费用", "Fee"), yuan(service.fee)], service.bring && [t("请带", "Bring"), service.bring], [t("改或取消", "Changes"), t(`开始前 ${service.cutOffMinutes} 分钟以前`, `until ${service.cutOffMinutes} minutes before`)])),
      h("div.chips.scroll", chips), days.length ? times : empty(t("这几天没有号了。可以排候补，有人退号就通知你。", "Nothing is free these days. Join the waiting list and you are told when somebody cancels.")),
      !query.get("move") && waiting(id),
    ],
  };
}

function ofDay(slots, service, moved) {
  const groups = Map.groupBy ? Map.groupBy(slots, (one) => one.resourceId) : new Map([["", slots]]);
  return [...groups].map(([resource, own]) => {
    const about = service?.resources.find((one) => one.id === resource);
    return card(h("h3", [about?.name, about?.title, about?.department].filter(Boolean).join(" · ")), about?.fee ? h("small", yuan(about.fee)) : null, h("div.times", own.map((one) => time(one, service, moved))));
  });
}

function time(slot, service, moved) {
  const opens = new Date(slot.opensAt) > Date.now();
  const free = slot.remaining > 0 && !opens;
  const note = opens ? t("放号 ", "opens ") + moment(slot.opensAt) : free ? t(`余 ${slot.remaining}`, `${slot.remaining} left`) : t("满", "Full");
  const made = act([hour(slot.startsAt), h("small", note)], () => take(slot, service, moved), "time");
  made.querySelector("button").toggleAttribute("disabled", !free);
  return made;
}

export async function take(slot, service, moved) {
  if (!signedIn()) return void (location.hash = "#/sign-in");
  const said = moved ? (await wish("MoveBooking", { bookingId: moved, slotId: slot.id })).booking : await held(service, slot);
  announce(moved ? t("已改时间", "Moved") : t("为你保留了", "Held for you"));
  location.hash = "#/booking/" + said.id;
}

/** A time already held is where this leads: one goes on with it, or gives it back there. */
async function held(service, slot) {
  try {
    return (await wish("HoldSlot", { serviceId: service.id, slotId: slot.id })).booking;
  } catch (refused) {
    if (refused.code === "HOLD_EXISTS") announce(refused.message);
    if (refused.code === "HOLD_EXISTS") return { id: refused.outcome.bookingId };
    const others = (refused.outcome.alternatives ?? []).map((one) => moment(one.startsAt)).join(t("、", ", "));
    if (others) refused.message += " " + t("还有：", "Still free: ") + others;
    throw refused;
  }
}

function waiting(serviceId) {
  const first = h("input", { type: "date", value: isoDay(1), min: isoDay() });
  const last = h("input", { type: "date", value: isoDay(WEEK), min: isoDay() });
  const join = async () => {
    if (!signedIn()) return void (location.hash = "#/sign-in");
    const { place } = await wish("JoinWaitingList", { wish: { serviceId, first: first.value, last: last.value } });
    announce(t(`已候补，前面 ${place.ahead} 人`, `On the list, ${place.ahead} ahead`));
    location.hash = "#/bookings";
  };
  return h("details.card", h("summary", t("没有合适的？排候补", "None fits? Join the waiting list")), entry(t("从", "From"), first), entry(t("到", "To"), last), act(t("排候补", "Join"), join));
}

