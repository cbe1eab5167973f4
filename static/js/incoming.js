/* Registering a paper letter by keyboard.
   [data-paper-letter]   the form: asks what its first file says as soon as it is there, fills
                         fields that nobody has touched, and marks what it filled
   [data-read-mark]      the mark of one field; goes when the value is changed or ticked      */
"use strict";
(() => {
  const form = document.querySelector("[data-paper-letter]");
  if (!form) return;
  const status = form.querySelector("[data-reading-note]");
  const marks = [...form.querySelectorAll("[data-read-mark]")];
  const field = (name) => form.elements[name];
  const hint = (name) => form.querySelector(`[data-read-mark="${name}"]`);
  const untouched = new Map(marks.map((mark) => [mark.dataset.readMark, field(mark.dataset.readMark).value]));
  const MOST_TRIES = 10;
  const PAUSE = 3000;
  let lastFile = "";

  function label(name) {
    return form.querySelector(`label[for="id_${name}"]`)?.firstChild.textContent.trim() ?? name;
  }

  function mark(name, value) {
    const place = hint(name);
    const offered = form.querySelector(`[name="read_${name}"]`);
    offered.value = value;
    offered.disabled = false;
    place.querySelector("[name=checked]").checked = false;
    place.hidden = false;
    const input = field(name);
    const described = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== place.id);
    input.setAttribute("aria-describedby", [...described, place.id].join(" "));
  }

  function unmark(name) {
    const place = hint(name);
    if (!place || place.hidden) return;
    place.hidden = true;
    form.querySelector(`[name="read_${name}"]`).disabled = true;
    const input = field(name);
    const described = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== place.id);
    if (described.length) input.setAttribute("aria-describedby", described.join(" "));
    else input.removeAttribute("aria-describedby");
  }

  function offer(values) {
    const filled = [];
    for (const [name, value] of Object.entries(values)) {
      const input = field(name);
      if (!input || !hint(name)) continue;
      if (input.value && input.value !== untouched.get(name)) continue;
      input.value = value;
      untouched.set(name, value);
      mark(name, value);
      filled.push(label(name));
    }
    return filled;
  }

  function firstEmpty() {
    return ["reference", "dated", "sender", "addressee", "subject"].map(field).find((input) => !input.value) ?? field("reference");
  }

  function read() {
    const uid = form.querySelector("[data-upload-item] input[name=documents]")?.value ?? "";
    if (uid === lastFile) return;
    lastFile = uid;
    if (!uid) return;
    status.textContent = form.dataset.textReading;
    ask(uid, 1);
  }

  /* A scan takes a while: it is asked for again, a few times. */
  async function ask(uid, tries) {
    const address = new URL(form.dataset.readUrl, location.href);
    address.searchParams.set("file", uid);
    address.searchParams.set("unit", field("unit").value);
    try {
      const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const { values, note, again } = await answer.json();
      const filled = offer(values);
      status.textContent = filled.length ? `${note} ${filled.join(", ")}` : note;
      if (again && tries < MOST_TRIES) setTimeout(() => uid === lastFile && ask(uid, tries + 1), PAUSE);
      if (filled.length) form.dispatchEvent(new CustomEvent("paper:read", { bubbles: true }));
    } catch {
      status.textContent = form.dataset.textFailed;
    }
    const active = document.activeElement;
    if (!active || active === document.body || active.closest("[data-upload]")) firstEmpty().focus();
  }

  form.querySelector("[data-upload]")?.addEventListener("change", (event) => {
    if (event.target.matches("[data-upload]")) read();
  });
  form.addEventListener("input", (event) => {
    const { name } = event.target;
    if (event.isTrusted && hint(name)) unmark(name);
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "checked" && event.target.checked) {
      const { value } = event.target;
      unmark(value);
      field(value).focus();
    }
  });

  function confirmAll() {
    for (const place of marks) unmark(place.dataset.readMark);
    status.textContent = form.dataset.textConfirmed;
  }

  const keys = {
    KeyU: () => form.querySelector("[data-upload-input]").focus(),
    KeyR: () => field("reference").focus(),
    KeyC: confirmAll,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[type=submit]:not([name])"));
    } else if (event.altKey && !event.ctrlKey && keys[event.code]) {
      event.preventDefault();
      keys[event.code]();
    }
  });

  const wrong = document.querySelector(".has-error, [data-focus]");
  if (!wrong) (form.querySelector("[data-upload-item]") ? firstEmpty() : form.querySelector("[data-upload-input]"))?.focus();
})();
