/* What every page can do, told by data-* attributes:
   data-menu            a <details> that closes on Escape and on a click beside it
   data-dismiss         closes the notice around it
   data-confirm="…"     asks before the button (or form) submits
   data-confirm-box     a <details> whose form opens as a dialog
   data-once            a form that can be sent once
   data-print           prints the page
   data-copy="text"     copies the text (or, for "#id", what is in that element)
   data-reveal          a password field that can be shown
   data-focus           is focused when the page opens (error summary)
   data-submit-on-change  sends its form when changed                                   */
"use strict";
(() => {
  const area = () => document.getElementById("notices");
  const words = () => area()?.dataset ?? {};

  /* A sentence that comes up over the page; action is {label, url}. */
  function notice(text, tone = "info", action = null) {
    const box = document.createElement("div");
    box.className = `notice notice-${tone}`;
    const body = document.createElement("div");
    body.className = "notice-body";
    body.append(text);
    if (action) {
      const link = document.createElement("a");
      link.href = action.url;
      link.textContent = action.label;
      body.append(" ", link);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.className = "notice-close";
    close.setAttribute("aria-label", words().textClose ?? "×");
    close.textContent = "×";
    close.addEventListener("click", () => box.remove());
    box.append(body, close);
    const same = [...(area()?.children ?? [])].find((other) => other.textContent === box.textContent);
    same?.remove();
    area()?.append(box);
    if (tone === "info" || tone === "success") setTimeout(() => box.remove(), 8000);
    return box;
  }

  function sessionEnded() {
    const here = encodeURIComponent(location.pathname + location.search);
    notice(words().textSession, "warning", {
      label: words().textSignIn,
      url: `${document.body.dataset.signIn}?next=${here}`,
    });
  }

  /* Opens a dialog holding the node; resolves when it closes. */
  function openDialog(node, label) {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-label", label);
    dialog.append(node);
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  }

  function ask(text, button) {
    const panel = document.createElement("div");
    const words = document.createElement("p");
    words.textContent = text;
    const row = document.createElement("div");
    row.className = "confirm-actions";
    const yes = document.createElement("button");
    yes.type = "button";
    yes.className = button.className;
    yes.textContent = button.textContent.trim();
    const no = document.createElement("button");
    no.type = "button";
    no.className = "btn btn-outline-secondary";
    no.textContent = area()?.dataset.textCancel ?? "×";
    row.append(yes, no);
    panel.append(words, row);
    const dialog = openDialog(panel, text);
    return new Promise((resolve) => {
      yes.addEventListener("click", () => dialog.close("yes"));
      no.addEventListener("click", () => dialog.close(""));
      dialog.addEventListener("close", () => {
        dialog.remove();
        button.focus();
        resolve(dialog.returnValue === "yes");
      });
    });
  }

  function onConfirm(event) {
    const button = event.target.closest("button[data-confirm], input[data-confirm]");
    if (!button || button.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (button.form && !button.formNoValidate && !button.form.reportValidity()) return;
    ask(button.dataset.confirm, button).then((yes) => {
      if (!yes) return;
      button.dataset.confirmed = "yes";
      button.click();
      delete button.dataset.confirmed;
    });
  }

  function onConfirmBox(event) {
    const summary = event.target.closest("[data-confirm-box] > summary");
    if (!summary) return;
    event.preventDefault();
    const box = summary.parentElement;
    const panel = box.querySelector(".confirm-panel");
    const cancel = panel.querySelector("[data-close-dialog]");
    cancel.hidden = false;
    const dialog = openDialog(panel, summary.textContent.trim());
    cancel.onclick = () => dialog.close();
    dialog.addEventListener("close", () => {
      box.append(panel);
      dialog.remove();
      summary.focus();
    });
  }

  /* The button that was pressed goes quiet after the first submit. A tick later, so that its
     name and value are still part of what is sent. */
  function onSubmit(event) {
    const form = event.target;
    if (!form.matches("[data-once]") || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const pressed = event.submitter;
    setTimeout(() => {
      pressed?.setAttribute("aria-busy", "true");
      for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = true;
    });
  }

  function release() {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button[type=submit]")) {
        button.disabled = false;
        button.removeAttribute("aria-busy");
      }
    }
  }

  async function copy(button) {
    const wanted = button.dataset.copy;
    const text = wanted.startsWith("#") ? document.querySelector(wanted)?.textContent.trim() ?? "" : wanted;
    try {
      await navigator.clipboard.writeText(text);
      notice(button.dataset.copied ?? text, "success");
    } catch {
      notice(words().textFailed, "warning");
    }
  }

  function onClick(event) {
    const target = event.target;
    if (!(target instanceof Element)) return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(target)) menu.open = false;
    }
    target.closest("[data-dismiss]")?.closest(".notice")?.remove();
    if (target.closest("[data-print]")) window.print();
    const copying = target.closest("[data-copy]");
    if (copying) copy(copying);
    onConfirmBox(event);
  }

  function onEscape(event) {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }

  function addReveal(field) {
    const button = document.createElement("button");
    const box = document.createElement("div");
    box.className = "password-box";
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", words().textReveal ?? "");
    button.innerHTML = '<svg class="icon" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true"><path d="M8 3C4 3 1.300 6 .5 8c.8 2 3.500 5 7.500 5s6.700-3 7.500-5c-.8-2-3.500-5-7.500-5m0 8.500C5.200 11.500 3 9.600 2.100 8 3 6.400 5.200 4.500 8 4.500S13 6.400 13.900 8C13 9.600 10.800 11.500 8 11.500m0-6A2.500 2.500 0 1 0 8 10.500a2.500 2.500 0 0 0 0-5"/></svg>';
    field.replaceWith(box);
    box.append(field, button);
    button.addEventListener("click", () => {
      const shown = field.type === "password";
      field.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    });
  }

  function prepare(root) {
    for (const button of root.querySelectorAll("[data-dismiss][hidden], [data-print][hidden], [data-copy][hidden]")) button.hidden = false;
    for (const field of root.querySelectorAll("input[type=password]:not([data-reveal=off])")) {
      if (!field.closest(".password-box")) addReveal(field);
    }
  }

  document.addEventListener("click", onConfirm, true);
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onEscape);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("change", (event) => event.target.closest?.("[data-submit-on-change]")?.form?.requestSubmit());
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
  window.addEventListener("pageshow", release);
  window.portal = { notice, sessionEnded, words, release };
  prepare(document);
  document.querySelector("[data-focus]")?.focus();
})();
