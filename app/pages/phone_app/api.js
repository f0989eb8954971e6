// The door of the city: trusted operations by their id, tokens that renew themselves, events as they happen.
import { locale, t } from "./words.js";

const KEPT = "rong.session";
const FOR = "rong.for";
/** Of who holds the phone, whomever he acts for: help is sent to him. */
const IN_PERSON = new Set(["CallEmergency", "MyEmergencies"]);
let operations = null;
let session = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
let ward = JSON.parse(sessionStorage.getItem(FOR) ?? "null");
let renewing = null;

/** What the city refused: `code` names it, `message` is in the reader's language, `outcome` has its data. */
export class Refused extends Error {
  constructor(code, message, outcome = {}) {
    super(message);
    Object.assign(this, { code, outcome });
  }
}

export const signedIn = () => session !== null;
/** The ward for whom all is asked and done (`{id, name}`); null: for oneself. */
export const actingFor = () => ward;

export function actFor(somebody) {
  ward = somebody;
  if (ward) sessionStorage.setItem(FOR, JSON.stringify(ward));
  else sessionStorage.removeItem(FOR);
}

/** Who asks, for whom, in which language. */
function said(accept) {
  const headers = { "content-type": "application/json", accept, "accept-language": locale() };
  if (session) headers.authorization = "Bearer " + session.accessToken;
  if (session && ward) headers["rong-subject"] = ward.id;
  return headers;
}

export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
}

export function device() {
  let id = localStorage.getItem("rong.device");
  if (!id) localStorage.setItem("rong.device", (id = "web-" + newKey()));
  return { id, name: t("浏览器", "Browser"), platform: "web" };
}

export function keep(signed) {
  session = signed && { ...signed.tokens };
  if (session) sessionStorage.setItem(KEPT, JSON.stringify(session));
  else {
    sessionStorage.removeItem(KEPT);
    actFor(null);
  }
}

/** After verification the same session has a token that says so. */
export function keepToken(accessToken) {
  keep({ tokens: { ...session, accessToken } });
}

/** A query's data. Raises Refused. */
export async function ask(name, variables = {}) {
  if (session && new Date(session.expiresAt) - Date.now() < 20e3) await renew();
  const reply = await send(name, variables);
  const fault = reply.errors?.[0];
  if (!fault) return reply.data;
  if (fault.extensions?.code === "UNAUTHENTICATED" && session && (await renew())) {
    const again = await send(name, variables);
    if (!again.errors) return again.data;
  }
  throw new Refused(fault.extensions?.code ?? "", fault.message);
}

/** A mutation's one field. A named error is raised; each wish has a key, the same when it has to be sent again. */
export async function wish(name, variables = {}, keyed = true) {
  const sent = keyed ? { ...variables, key: newKey() } : variables;
  const [outcome] = Object.values(await ask(name, sent));
  if (outcome.message !== undefined && outcome.code !== undefined) throw new Refused(outcome.code, outcome.message, outcome);
  return outcome;
}

async function send(name, variables, tries = 2) {
  const headers = said("application/json");
  if (IN_PERSON.has(name)) delete headers["rong-subject"];
  if (name === "RefreshSession") for (const one of ["authorization", "rong-subject"]) delete headers[one];
  try {
    operations ??= await (await fetch("/app/operations.json")).json();
    const body = JSON.stringify({ documentId: operations[name], variables });
    return await (await fetch("/graphql", { method: "POST", headers, body })).json();
  } catch {
    if (tries > 1) return send(name, variables, tries - 1);
    throw new Refused("OFFLINE", t("连不上城市，请检查网络后再试。", "The city cannot be reached. Check the network and try again."));
  }
}

/** One renewal at a time: a refresh token is good once. */
function renew() {
  renewing ??= send("RefreshSession", { refreshToken: session.refreshToken, deviceId: device().id })
    .then((reply) => {
      const renewed = reply.data?.refreshSession;
      keep(renewed?.tokens ? renewed : null);
      if (!session) location.hash = "#/sign-in";
      return session !== null;
    })
    .finally(() => (renewing = null));
  return renewing;
}

/** Events of a subscription until `signal` aborts; comes back by itself after a break. */
export async function follow(name, variables, signal, take) {
  while (!signal.aborted) {
    try {
      await listen(name, variables, signal, take);
    } catch {
      if (signal.aborted) return;
    }
    await new Promise((done) => setTimeout(done, 3000));
  }
}

async function listen(name, variables, signal, take) {
  operations ??= await (await fetch("/app/operations.json")).json();
  const headers = said("text/event-stream");
  const body = JSON.stringify({ documentId: operations[name], variables });
  const reply = await fetch("/graphql", { method: "POST", headers, body, signal });
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let kept = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (kept + value).split("\n\n");
    kept = parts.pop();
    for (const part of parts) {
      const line = part.split("\n").find((one) => one.startsWith("data: {"));
      const data = line && JSON.parse(line.slice(6)).data;
      if (data) take(Object.values(data)[0]);
    }
  }
}

/** The bytes of a file to its signed address, telling how far it is (0 to 1). */
export function put(address, file, progress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("PUT", address);
    request.setRequestHeader("accept-language", locale());
    request.upload.onprogress = (event) => progress(event.loaded / event.total);
    request.onload = () => (request.status < 300 ? done() : failed(refusalOf(request)));
    request.onerror = () => failed(new Refused("OFFLINE", t("文件没有传完，请再试一次。", "The file did not get through. Try again.")));
    request.send(file);
  });
}

function refusalOf(request) {
  let told = {};
  try {
    told = JSON.parse(request.responseText);
  } catch {
    // an answer of something in between
  }
  const said = told.error ?? told;
  return new Refused(said.code ?? "", said.message ?? t("文件没有被收下。", "The file was not taken."));
}
