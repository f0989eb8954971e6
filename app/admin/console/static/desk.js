// The console's only script: dialogs, what is sent from them, pages that look again, and the menu on small screens.
"use strict";

(() => {
  const csrf = document.querySelector('meta[name="csrf"]').content;
  const chinese = document.documentElement.lang.startsWith("zh");
  const say = (zh, en) => (chinese ? zh : en);
  const KEPT = "rong-desk-said";

  function toast(text) {
    const place = document.getElementById("toasts");
    if (!place || !text) return;
    const one = document.createElement("div");
    one.className = "toast-one";
    one.textContent = text;
    place.append(one);
    setTimeout(() => one.remove(), 6000);
  }

  function go(address, text) {
    if (text) sessionStorage.setItem(KEPT, text);
    if (address && address !== location.pathname + location.search) location.assign(address);
    else location.reload();
  }

  function tell(form, kind, text) {
    const place = form.querySelector(`[data-${kind}]`);
    if (!place) return toast(text);
    place.textContent = text;
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  }

  // A file goes into the hidden entry beside it, as base64 that needs no escaping.
  async function take(file, entry) {
    const read = new FileReader();
    await new Promise((done, failed) => {
      read.onload = done;
      read.onerror = failed;
      read.readAsDataURL(file);
    });
    entry.value = read.result.slice(read.result.indexOf(",") + 1).replaceAll("+", "-").replaceAll("/", "_");
  }

  async function send(form, address) {
    try {
      for (const one of form.querySelectorAll("input[type=file][data-file]")) {
        if (one.files[0]) await take(one.files[0], form.elements[one.dataset.file]);
      }
      const answer = await fetch(address, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "x-csrf-token": csrf, accept: "application/json" },
        redirect: "error",
      });
      return { status: answer.status, said: await answer.json() };
    } catch {
      return { status: 0, said: { message: say("连接不上服务器，请稍后再试。", "The server cannot be reached. Please try again.") } };
    }
  }

  async function act(form, button) {
    for (const place of form.querySelectorAll("[data-fault], [data-said]")) place.hidden = true;
    button.disabled = true;
    const { status, said } = await send(form, button.hasAttribute("formaction") ? button.formAction : form.action);
    button.disabled = false;
    if (status === 401) return location.reload();
    if (status !== 200) return tell(form, "fault", said.message);
    if (said.said) return tell(form, "said", said.said);
    if (said.shown) return show(form, said);
    go(said.go, said.done);
  }

  function show(form, said) {
    const body = form.querySelector(".body");
    body.innerHTML = said.shown;
    const footer = form.querySelector("footer");
    footer.replaceChildren();
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-primary";
    close.textContent = say("我已记下", "I have noted it");
    close.addEventListener("click", () => go(said.go, ""));
    footer.append(close);
    form.closest("dialog")?.addEventListener("close", () => go(said.go, ""), { once: true });
    close.focus();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-act]")) return;
    event.preventDefault();
    act(form, event.submitter ?? form.querySelector('button[type="submit"]'));
  });

  document.addEventListener("click", (event) => {
    const at = (name) => event.target.closest(`[${name}]`);
    const opens = at("data-opens");
    if (opens) {
      const dialog = document.getElementById(opens.dataset.opens);
      dialog.showModal();
      return void dialog.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    }
    const closes = at("data-closes");
    if (closes) return void closes.closest("dialog").close();
    const copies = at("data-copies");
    if (copies) {
      navigator.clipboard?.writeText(copies.parentElement.querySelector(".copy").textContent);
      copies.textContent = say("已复制", "Copied");
      return;
    }
    const whole = at("data-full");
    if (whole && !whole.closest("a")) {
      navigator.clipboard?.writeText(whole.dataset.full);
      return toast(say("已复制完整编号", "The whole of it is copied"));
    }
    const menu = at("data-menu");
    if (menu) {
      const open = document.body.classList.toggle("menu-open");
      return void menu.setAttribute("aria-expanded", String(open));
    }
    const row = event.target.closest("tr[data-href]");
    if (row && !event.target.closest("a, button, dialog, input") && !String(getSelection())) location.assign(row.dataset.href);
  });

  // What a live page shows is fetched again while it is looked at; an open dialog is left alone.
  const live = document.querySelectorAll("[data-live]");
  async function lookAgain() {
    if (document.hidden || document.querySelector("dialog[open]")) return;
    try {
      const answer = await fetch(location.href, { headers: { "x-desk-look-again": "1", accept: "text/html" } });
      if (answer.redirected) return location.reload();
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-live][id]")) {
        const fresh = page.getElementById(part.id);
        if (fresh && fresh.innerHTML !== part.innerHTML && !part.querySelector("dialog[open]")) part.innerHTML = fresh.innerHTML;
      }
    } catch {
      /* the next look may succeed */
    }
  }
  if (live.length) setInterval(lookAgain, 2000);

  const said = sessionStorage.getItem(KEPT);
  if (said) {
    sessionStorage.removeItem(KEPT);
    toast(said);
  }
})();
