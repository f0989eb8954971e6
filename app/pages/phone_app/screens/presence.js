// Being there: where the phone is, and the code of a screen on the spot, typed or read by the camera.
import { announce, h } from "../dom.js";
import { t } from "../words.js";

/** Where the text of a code is typed, and a camera that fills it in where the phone can read codes. */
export function reading() {
  const typed = h("input", { autocomplete: "off", maxlength: 80, placeholder: "RONGVA:…" });
  if (!("BarcodeDetector" in window)) return [typed, null];
  const photo = h("input", { type: "file", accept: "image/*", capture: "environment" });
  photo.addEventListener("change", async () => {
    const [code] = await new window.BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(photo.files[0]));
    if (code) typed.value = code.rawValue;
    else announce(t("照片里没有找到二维码", "No code was found in the photo"));
  });
  return [typed, photo];
}

export async function fix() {
  const { coords } = await located();
  return { position: { latitude: coords.latitude, longitude: coords.longitude }, accuracy: coords.accuracy };
}

export const located = () => new Promise((done, failed) => {
  const failure = () => failed(new Error(t("没有取得定位。", "Your place could not be found.")));
  if (!navigator.geolocation) return failure();
  navigator.geolocation.getCurrentPosition(done, failure, { enableHighAccuracy: true, timeout: 10e3 });
});
