/* Typing is never lost.
   <form data-autosave="url">  sends the form a moment after the last key; says when it is saved.
   <form data-keep>            keeps the content on this device only (no draft on the server).
   While there is no connection or no session the content waits in localStorage, under the person's
   own id, and comes back when the same person opens the same form again. Passwords, files and
   fields marked data-private are never kept. Signing out forgets everything.              */
"use strict";
(() => {
  const PREFIX = "portal-draft:";
  const PAUSE = 1500;
  const KEEP_DAYS = 7;
  const person = document.body.dataset.person;
  const leaving = { asks: new Set() };

  const keyOf = (form) => `${PREFIX}${person}:${location.pathname}:${form.id || form.dataset.autosave || ""}`;

  function store(key, record) {
    try {
      localStorage.setItem(key, JSON.stringify(record));
      return true;
    } catch {
      return false; /* storage is full or forbidden: the warning before leaving still works */
    }
  }

  function read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      localStorage.removeItem(key);
      return null;
    }
  }

  const drafts = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

  function content(form) {
    const pairs = [];
    for (const field of form.elements) {
      if (!field.name || field.disabled || field.closest("[data-private]")) continue;
      if (["password", "file", "submit", "button", "hidden"].includes(field.type) && !("draft" in field.dataset)) continue;
      if (["checkbox", "radio"].includes(field.type)) pairs.push([field.name, field.value, field.checked]);
      else if (field.type === "select-multiple") pairs.push([field.name, [...field.selectedOptions].map((o) => o.value), null]);
      else pairs.push([field.name, field.value, null]);
    }
    return pairs;
  }

  function fill(form, pairs) {
    const seen = {};
    for (const [name, value, checked] of pairs) {
      const fields = [...form.elements].filter((field) => field.name === name);
      let field;
      if (checked !== null) field = fields.find((one) => one.value === value);
      else {
        seen[name] = (seen[name] ?? -1) + 1;
        field = fields[seen[name]];
      }
      if (!field) continue;
      if (checked !== null) field.checked = checked;
      else if (Array.isArray(value)) for (const option of field.options) option.selected = value.includes(option.value);
      else field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  function say(form, name, values = {}) {
    const place = form.querySelector("[data-autosave-state]");
    if (!place) return;
    const text = place.dataset[`text${name}`] ?? "";
    place.textContent = text.replace("{time}", values.time ?? "");
  }

  const now = () => new Date().toLocaleTimeString("th-TH", { hour: "2-digit", minute: "2-digit", numberingSystem: "latn" });

  function watch(form) {
    const key = keyOf(form);
    const url = form.dataset.autosave;
    let timer = 0;
    let version = 0;
    let sending = false;
    let held = null; /* sent by the person while an autosave was on its way */
    const keep = () => store(key, { at: Date.now(), state: "open", pairs: content(form) });

    async function send() {
      if (sending) return later();
      sending = true;
      const sent = version;
      try {
        const answer = await fetch(url, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
        if (answer.status === 401) {
          keep();
          say(form, "Kept");
          window.portal.sessionEnded();
        } else if (answer.ok) {
          localStorage.removeItem(key);
          if (sent === version) leaving.asks.delete(form);
          say(form, "Saved", { time: now() });
          const data = await answer.json().catch(() => ({}));
          form.dispatchEvent(new CustomEvent("portal:saved", { bubbles: true, detail: data }));
        } else {
          keep();
          say(form, "Kept");
          const said = answer.headers.get("X-Portal-Message");
          if (said) window.portal.notice(decodeURIComponent(said), "warning");
        }
      } catch {
        keep();
        say(form, "Kept");
      } finally {
        sending = false;
        if (held) {
          const { button } = held;
          held = null;
          form.requestSubmit(button);
        }
      }
    }

    function later() {
      clearTimeout(timer);
      timer = setTimeout(url ? send : () => { keep(); }, PAUSE);
    }

    form.addEventListener("input", (event) => {
      if (event.target.closest("[data-private]") || !event.isTrusted && form.dataset.restoring) return;
      version += 1;
      leaving.asks.add(form);
      later();
    });
    form.addEventListener("change", () => leaving.asks.has(form) && later());
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return; /* files are still on their way; it is sent again */
      clearTimeout(timer);
      if (sending) { /* its answer brings the revision that the form has to name */
        event.preventDefault();
        held = { button: event.submitter };
        return;
      }
      leaving.asks.delete(form);
      store(key, { at: Date.now(), state: "sent", pairs: content(form) });
    });
    window.addEventListener("online", () => leaving.asks.has(form) && later());
    window.addEventListener("pagehide", () => leaving.asks.has(form) && keep());

    const kept = read(key);
    if (kept && kept.state !== "sent") {
      form.dataset.restoring = "yes";
      fill(form, kept.pairs);
      delete form.dataset.restoring;
      say(form, "Restored");
      version += 1;
      leaving.asks.add(form);
      later();
    }
  }

  /* After a form was sent: on a page with a session it got through, on the sign-in page it did not. */
  function settle() {
    for (const key of drafts()) {
      const record = read(key);
      if (!record) continue;
      const old = Date.now() - record.at > KEEP_DAYS * 86400000;
      if (old || (record.state === "sent" && person)) localStorage.removeItem(key);
      else if (record.state === "sent") store(key, { ...record, state: "interrupted" });
    }
  }

  window.addEventListener("beforeunload", (event) => {
    if (leaving.asks.size) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-signs-out]")) return;
    leaving.asks.clear();
    drafts().forEach((key) => localStorage.removeItem(key));
  }, true);

  settle();
  for (const form of document.querySelectorAll("form[data-autosave], form[data-keep]")) watch(form);
})();
