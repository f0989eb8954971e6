// Reporting something: what and where, with photos; what others reported already is offered before it is sent.
import { ask, wish } from "../api.js";
import { act, announce, card, entry, h } from "../dom.js";
import { name, t } from "../words.js";
import { photos } from "./photos.js";
import { publicRow } from "./told.js";

const KINDS = ["HELP", "COMPLAINT", "ENQUIRY", "SUGGESTION"];

export async function reportScreen({ query, signal }) {
  const code = query.get("asset");
  const [{ caseCategories }, city, { asset: found }] = await Promise.all([ask("CaseCategories"), (await fetch("/app/city.json")).json(), code ? ask("Asset", { code }) : { asset: null }]);
  const parents = new Set(caseCategories.map((one) => one.parent));
  const leaves = caseCategories.filter((one) => !parents.has(one.code));
  const place = { division: city.division, asset: found ? code : null, latitude: found?.asset.latitude, longitude: found?.asset.longitude };
  const uploads = [];
  const kind = h("select", KINDS.map((one) => h("option", { value: one }, name("caseKind", one))));
  const category = choice(caseCategories, leaves, found?.categories ?? [], query.get("category"));
  const words = h("textarea", { maxlength: 2000, rows: 5, placeholder: t("什么时候、在哪里、发生了什么事", "What is the matter, where, and since when") });
  const address = h("input", { maxlength: 200, placeholder: t("例如：五四路111号门口", "For example: in front of 111 Wusi Road") });
  const identity = h("select", ["NAMED", "CONFIDENTIAL", "ANONYMOUS"].map((one) => h("option", { value: one }, name("caseIdentity", one))));
  const open = h("input", { type: "checkbox" });
  const alike = h("div.stack", { "aria-live": "polite" });
  category.addEventListener("change", () => {
    const kinds = leaves.find((one) => one.code === category.value)?.kinds ?? [];
    if (kinds[0]) kind.value = kinds[0];
  });
  const look = later(() => offer(alike, place, category.value, words.value), signal);
  words.addEventListener("input", look);
  category.addEventListener("change", look);
  const input = () => ({
    kind: kind.value, category: category.value, text: words.value.trim(), identity: identity.value, channel: "WEB", public: open.checked, uploadIds: uploads,
    place: { latitude: place.latitude, longitude: place.longitude, address: address.value.trim() || null, division: place.asset ? null : place.division, asset: place.asset },
  });
  const send = async () => {
    if (!category.value) {
      category.focus();
      throw new Error(t("请选择是什么事。", "Please choose what it is about."));
    }
    const { case: filed, receipt } = await wish("FileCase", { input: input() });
    announce(t("已登记 ", "Filed: ") + filed.number);
    location.hash = receipt ? `#/receipt/${filed.number}/${receipt}?new=1` : `#/case/${filed.id}`;
  };
  return {
    title: t("我要反映", "Report something"),
    body: [
      card(h("div.stack", entry(t("什么事", "What it is about"), category), entry(t("类型", "Kind"), kind), entry(t("说明", "In your words"), words))),
      card(h("div.stack", h("h2", t("在哪里", "Where")), found ? standing(found.asset) : [code && h("p.note", t("没有编号为 ", "No such code: ") + code), here(place, look)], entry(t("地址（选填）", "Address (optional)"), address))),
      card(h("div.stack", h("h2", t("照片（选填）", "Photos (optional)")), photos(uploads))),
      alike,
      card(h("div.stack", entry(t("身份", "Who may know who you are"), identity), h("div.boxes", h("label", open, t("愿意公开，让附近的人看到、支持（发布前先给您预览）", "May be public: neighbours can see and support it (you see a preview first)"))), act(t("提交", "Send it"), send))),
    ],
  };
}

/** The thing itself: what it is, and where it stands. */
const standing = (asset) => h("p.note", h("b", asset.name), h("br"), [asset.division.name, asset.address].filter(Boolean).join(" "), h("br"), h("small", t("编号 ", "Code ") + asset.code));

/** What the thing is reported for comes first; nobody sends what he did not choose. */
function choice(all, leaves, first, chosen) {
  const groups = all.filter((one) => leaves.some((leaf) => leaf.parent === one.code));
  const option = (one) => h("option", { value: one.code, selected: one.code === chosen }, one.name);
  const loose = leaves.filter((leaf) => !leaf.parent && !first.some((one) => one.code === leaf.code));
  const here = first.length > 0 && h("optgroup", { label: t("这个设施常见的问题", "What is reported of this thing") }, first.map(option));
  const others = leaves.filter((leaf) => !first.some((one) => one.code === leaf.code));
  return h("select", { required: true }, h("option", { value: "", selected: !chosen }, t("请选择", "Please choose")), here, groups.map((group) => h("optgroup", { label: group.name }, others.filter((leaf) => leaf.parent === group.code).map(option))), loose.map(option));
}

/** The place by the telephone itself; without it the address and the city will do. */
function here(place, then) {
  const told = h("p.soft", { role: "status" }, t("用定位最准；不用也可以，只写地址。", "Your telephone's place is best; an address alone will do."));
  const find = () => new Promise((done, failed) => {
    const failure = () => failed(new Error(t("没有取得定位，请写地址。", "Your place could not be found. Please write the address.")));
    if (!navigator.geolocation) return failure();
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      Object.assign(place, { latitude: coords.latitude, longitude: coords.longitude });
      told.textContent = t("已定位：", "Found: ") + `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
      then();
      done();
    }, failure, { enableHighAccuracy: true, timeout: 10e3 });
  });
  return h("div.stack", told, act(t("用我现在的位置", "Use where I am"), find, "quiet"));
}

export async function offer(where, place, category, words) {
  if (!place.latitude || words.trim().length < 4) return where.replaceChildren();
  const { similarCases } = await ask("SimilarCases", { latitude: place.latitude, longitude: place.longitude, words: words.slice(0, 2000), category }).catch(() => ({ similarCases: [] }));
  if (!similarCases.length) return where.replaceChildren();
  where.replaceChildren(card(h("h2", t("附近有人反映过类似的事", "Somebody near you reported something like it")), h("p.soft", t("可以加入，一样会收到进展；也可以照常提交。", "You can join it and are told what happens; or send yours all the same.")),
    similarCases.map((one) => publicRow(one.case, t(`${one.metres} 米`, `${one.metres} m`)))));
}

/** Not at every letter, and not for a screen that was left. */
function later(work, signal) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => signal.aborted || work(), 600);
  };
}
