// Materials of an application: what stands in for them, what is missing, sending a file and why one was refused.
import { ask, put, Refused, wish } from "../api.js";
import { h, local, tag } from "../dom.js";
import { name, t } from "../words.js";

const FREE = new Set(["LICENCE", "DATA", "NOT_NEEDED"]);

/** `given(material, uploadId)` says that a file is ready; it may be refused. */
export function materialList(standings, given) {
  return h("ul.lines", standings.map((one) => line(one, given)));
}

function line(one, given) {
  const tone = one.way === "MISSING" ? "red" : FREE.has(one.way) ? "" : "gold";
  return h("li", h("b", one.name), tag(name("way", one.way), tone), one.why && h("small", one.why), ["MISSING", "UPLOAD"].includes(one.way) && picker(one, given));
}

function picker(one, given) {
  const told = h("span.told", { role: "alert" });
  const bar = h("progress", { max: 1, value: 0, hidden: true });
  const input = h("input", { type: "file", accept: "image/jpeg,image/png,image/webp,application/pdf", "aria-label": t("上传 ", "Upload ") + one.name });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    bar.hidden = false;
    told.textContent = t("正在上传并检查…", "Sending and checking…");
    try {
      const upload = await sent(file, (part) => (bar.value = part));
      await given(one.key, upload);
    } catch (refused) {
      told.textContent = refused.message;
    } finally {
      bar.hidden = true;
    }
  });
  return h("div.pick", h("label.button.quiet", one.way === "UPLOAD" ? t("再传一份", "Another file") : t("拍照或选文件", "Photo or file"), input), bar, told);
}

/** The id of the upload, once it was checked. */
export async function sent(file, progress, purpose = "APPLICATION") {
  const { upload, target } = await wish("RequestUpload", { purpose, name: file.name.slice(-100), bytes: file.size });
  await put(local(target.url), file, progress);
  for (let tries = 0; tries < 40; tries++) {
    const { upload: now } = await ask("Upload", { id: upload.id });
    if (now?.state === "CLEAN") return now.id;
    if (!now || now.state === "REFUSED") throw new Refused(now?.refusal?.code ?? "", now?.refusal?.message ?? t("文件没有通过检查。", "The file did not pass."));
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Refused("", t("检查还没完成，请稍后再看。", "It is still being checked. Look again in a moment."));
}
