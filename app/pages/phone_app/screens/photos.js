// Photos that go with something one writes: taken or chosen, sent at once, checked by the city.
import { h, tag } from "../dom.js";
import { t } from "../words.js";
import { sent } from "./materials.js";

/** A picker; `uploads` is filled with the ids of those that passed, `most` of them. */
export function photos(uploads, most = 9, purpose = "CASE") {
  const told = h("span.told", { role: "alert" });
  const list = h("div.tags");
  const input = h("input", { type: "file", accept: "image/jpeg,image/png,image/webp", multiple: true, "aria-label": t("添加照片", "Add photos") });
  input.addEventListener("change", async () => {
    for (const file of [...input.files].slice(0, most - uploads.length)) {
      told.textContent = t("正在上传并检查…", "Sending and checking…");
      try {
        uploads.push(await sent(file, () => {}, purpose));
        list.append(tag(file.name.slice(-24)));
        told.textContent = "";
      } catch (refused) {
        told.textContent = refused.message;
      }
    }
    input.value = "";
  });
  return h("div.pick", h("label.button.quiet", t("拍照或选照片", "Take or choose photos"), input), list, told);
}
