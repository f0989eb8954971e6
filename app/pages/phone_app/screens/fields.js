// A form drawn from its JSON Schema: one entry for each property, its value read back in the schema's type.
import { entry, h } from "../dom.js";
import { english, name, t } from "../words.js";

const said = (of, word) => (english() && of["x-" + word + "-en"]) || of[word];

/** {element, read(), tell(faults)}: `read` leaves out what was left empty. */
export function form(schema, values, sources) {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(([key, about]) => field(key, about, values[key], sources.get(key), required.has(key)));
  return {
    element: h("div.stack", fields.map((one) => one.element)),
    read: () => Object.fromEntries(fields.map((one) => [one.key, one.read()]).filter(([, value]) => value !== undefined)),
    tell: (faults) => fields.forEach((one) => one.element.fault(faults.find((fault) => fault.path.replace(/^[/$.]+/, "").split(/[/.]/)[0] === one.key)?.message)),
  };
}

/** The answers in words: [label, value]. */
export function shown(schema, values) {
  return Object.entries(schema.properties ?? {}).filter(([key]) => values[key] !== undefined).map(([key, about]) => [said(about, "title"), inWords(about, values[key])]);
}

function inWords(about, value) {
  if (about.type === "boolean") return value ? t("是", "Yes") : t("否", "No");
  if (about["x-kind"] === "money") return "¥" + value;
  const options = about.oneOf ?? about.items?.oneOf;
  const one = (chosen) => said(options?.find((option) => option.const === chosen) ?? { title: String(chosen) }, "title");
  return [value].flat().map(one).join(t("、", ", "));
}

function field(key, about, value, source, required) {
  const kind = about.oneOf ? choice : about.items?.oneOf ? choices : about.type === "boolean" ? yesNo : plain;
  const { input, read } = kind(about, value, key);
  const label = said(about, "title") + (required ? "" : t("（选填）", " (optional)"));
  const help = [said(about, "description"), source && name("source", source.source)].filter(Boolean).join(" · ");
  return { key, element: entry(label, input, help), read };
}

function plain(about, value) {
  const types = { phone: "tel", money: "number" };
  const type = about.format === "date" ? "date" : about.format === "email" ? "email" : about.type === "string" ? (types[about["x-kind"]] ?? "text") : "number";
  const long = about.maxLength > 200;
  const input = h(long ? "textarea" : "input", { type: long ? null : type, value: value ?? "", maxlength: about.maxLength, min: about.minimum, max: about.maximum, inputmode: type === "number" ? "numeric" : null });
  const read = () => (input.value.trim() === "" ? undefined : about.type === "string" ? input.value.trim() : Number(input.value));
  return { input, read };
}

function choice(about, value) {
  const input = h("select", h("option", { value: "" }, t("请选择", "Choose")), about.oneOf.map((one) => h("option", { value: one.const, selected: one.const === value }, said(one, "title"))));
  return { input, read: () => input.value || undefined };
}

function choices(about, value = []) {
  const boxes = about.items.oneOf.map((one) => ({ one, box: h("input", { type: "checkbox", checked: value.includes(one.const) }) }));
  const input = h("div.boxes", { role: "group" }, boxes.map(({ one, box }) => h("label", box, said(one, "title"))));
  const read = () => {
    const chosen = boxes.filter(({ box }) => box.checked).map(({ one }) => one.const);
    return chosen.length ? chosen : undefined;
  };
  return { input, read };
}

function yesNo(about, value, key) {
  const button = (text, means) => ({ means, box: h("input", { type: "radio", name: "yes-" + key, checked: value === means }), text });
  const both = [button(t("是", "Yes"), true), button(t("否", "No"), false)];
  const input = h("div.boxes", { role: "radiogroup" }, both.map((one) => h("label", one.box, one.text)));
  return { input, read: () => both.find((one) => one.box.checked)?.means };
}
