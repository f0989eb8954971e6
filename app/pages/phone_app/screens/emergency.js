// Emergency numbers: one tap calls, whatever else works; where the city answers, the centre sees where one is.
import { ask, newKey, signedIn, wish } from "../api.js";
import { card, empty, h, moment, tag } from "../dom.js";
import { name, t } from "../words.js";

const NUMBERS = [["POLICE", "110"], ["FIRE", "119"], ["AMBULANCE", "120"], ["TRAFFIC", "122"]];

/** The place if it can be had quickly; a call does not wait for it. */
const spot = () => new Promise((done) => {
  if (!navigator.geolocation) return done({});
  const found = ({ coords }) => done({ position: { latitude: coords.latitude, longitude: coords.longitude }, accuracy: Math.round(coords.accuracy) });
  navigator.geolocation.getCurrentPosition(found, () => done({}), { timeout: 4e3, maximumAge: 60e3, enableHighAccuracy: true });
});

export async function emergencyScreen() {
  const said = h("p", { "aria-live": "assertive" });
  const tell = async (code, number) => {
    if (!signedIn()) return;
    said.className = "note";
    try {
      const done = await wish("CallEmergency", { number: code, ...(await spot()), key: newKey() }, false);
      said.textContent = done.id ? (done.placeShared ? t("中心已收到您的位置。", "The centre has your place.") : t("中心已知道您拨打了电话，但没有收到位置。", "The centre knows that you called, but not from where.")) : t(`请直接拨打 ${number}。`, `Please call ${number}.`);
    } catch {
      said.textContent = t(`没有连上中心，请直接拨打 ${number}。`, `The centre was not reached: please call ${number}.`);
    }
  };
  // The link calls by itself; that the city is told comes beside it, and never in its way.
  const button = ([code, number]) => h("a.button.emergency", { href: `tel:${number}`, onclick: () => { tell(code, number); }, "aria-label": `${name("emergencyNumber", code)} ${number}` }, h("b", number), " ", name("emergencyNumber", code));
  const body = [h("p", t("点一下就拨打。登录后，您的位置会同时告诉城市中心。", "One tap calls. When you are signed in, the city's centre is told where you are.")), h("div.stack", NUMBERS.map(button)), said];
  return { title: t("紧急求助", "Emergency"), body: [...body, ...(await mine())] };
}

async function mine() {
  if (!signedIn()) return [];
  try {
    const { myEmergencies } = await ask("MyEmergencies", { first: 5 });
    const lines = myEmergencies.edges.map(({ node }) => h("div.row", h("span.grow", h("b", node.number), h("small", [moment(node.at), node.caseNumber && t(`编号 ${node.caseNumber}`, `case ${node.caseNumber}`)].filter(Boolean).join(" · "))), tag(name("emergencyState", node.emergencyState), node.emergencyState === "TAKEN" ? "green" : "")));
    return [card(h("h2", t("我的呼叫", "My calls")), lines.length ? lines : empty(t("没有呼叫记录。", "No calls.")))];
  } catch {
    return [];
  }
}
