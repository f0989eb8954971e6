// The wallet: licences by their faces; one of them, and the code by which it is shown.
import { ask, wish } from "../api.js";
import { act, card, countdown, date, empty, facts, h, link, local, moment, row, tag } from "../dom.js";
import { english, name, plural, t } from "../words.js";

const title = (one) => (english() ? one.kind.titleEn : one.kind.title);

export async function licencesScreen() {
  const [{ licences }, { eventPurchases }] = await Promise.all([ask("Licences"), ask("EventPurchases", { first: 20 })]);
  const coming = eventPurchases.edges.map(({ node }) => node).filter((one) => one.state === "GOOD" && new Date(one.endsAt) > Date.now());
  const tickets = coming.map((one) => row("/event-ticket/" + one.id, one.event, `${moment(one.startsAt)} · ${one.venue?.name ?? ""}`, tag(t(`${one.tickets.filter((ticket) => ticket.state !== "RETURNED").length} 张`, `${one.tickets.filter((ticket) => ticket.state !== "RETURNED").length}`), "green")));
  const faces = licences.map((one) => link("/licence/" + one.id, h("img.face", { src: local(one.face.webp), alt: `${title(one)} ${one.number}`, loading: "lazy" })));
  return { title: t("电子证照", "Licences"), body: [h("p.soft", t(`${licences.length} 张证照，跟纸质的一样有效`, `${plural(licences.length, "licence")}, as good as on paper`)), ...(faces.length ? faces : [empty(t("还没有证照。", "No licences yet."))]), card(h("h2", t("活动票", "Tickets")), tickets.length ? tickets : empty(t("没有要去的活动。", "No tickets for anything to come.")), row("/event-tickets", t("全部票与候补", "All tickets and waiting lists")))] };
}

export async function licenceScreen({ args: [id] }) {
  const { licence: one } = await ask("Licence", { id });
  const code = h("div.code", { "aria-live": "polite" });
  const buttons = one.purposes.map((purpose) => act(name("purpose", purpose), () => show(one.id, purpose, code), "chip"));
  return {
    title: title(one),
    body: [
      h("img.face", { src: local(one.face.webp), alt: `${title(one)} ${one.number}` }),
      one.state === "ACTIVE" && card(h("h2", t("出示给谁看？", "Whom do you show it to?")), h("div.chips", buttons), code),
      card(facts([t("状态", "State"), tag(name("licence", one.state), one.state === "ACTIVE" ? "" : "red")], [t("号码", "Number"), one.number], [t("签发", "Issued by"), one.issuer.name], [t("有效", "Valid"), `${date(one.validFrom)} – ${one.validUntil ? date(one.validUntil) : t("长期", "no end")}`], ...one.facts.map((fact) => [fact.label, String(fact.value)]))),
      one.document && h("a.button.quiet", { href: local(one.document.url) }, t("下载签名文件", "Signed document")),
    ],
  };
}

async function show(id, purpose, place) {
  const { licenceCode: code } = await wish("ShowLicence", { id, purpose });
  const again = () => show(id, purpose, place).catch(() => place.replaceChildren());
  place.replaceChildren(picture(code.svg, t("证照码", "Licence code")), h("p", name("purpose", purpose), " · ", countdown(code.expiresAt, again)));
}

/** A code of the city as a picture: nothing in it can run. */
export function picture(svg, alt) {
  const whole = svg.includes("xmlns=") ? svg : svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
  return h("img.qr", { src: "data:image/svg+xml;utf8," + encodeURIComponent(whole), alt });
}
