/* Writing a letter: keeps the revision in step with the saved draft, adds references found. */
"use strict";
(() => {
  /* The editor would write its own <style>, which the content policy forbids; finding one already
     there it leaves that alone. What it needs is in letters.css. */
  const style = document.createElement("style");
  style.nonce = document.currentScript.nonce;
  style.dataset.tiptapStyle = "";
  document.head.append(style);

  /* The editor takes the place of the textarea, and with it its name. */
  document.addEventListener("DOMContentLoaded", () => {
    for (const editor of document.querySelectorAll(".ProseMirror")) {
      const label = editor.closest(".field")?.querySelector("label");
      if (label) editor.setAttribute("aria-label", label.firstChild.textContent.trim());
    }
    /* The editor names its buttons in English alone. */
    const words = document.querySelector("[data-editor-words]")?.content;
    for (const button of document.querySelectorAll(".prose-menubar__button[title]")) {
      const word = words?.querySelector(`[data-word="${button.title}"]`)?.textContent;
      if (!word) continue;
      button.title = word;
      button.setAttribute("aria-label", word);
    }
  });

  const form = document.querySelector("form[data-autosave]");
  if (!form) return;

  form.addEventListener("portal:saved", (event) => {
    const { revision } = event.detail;
    if (!revision) return;
    form.elements.revision.value = revision;
    document.dispatchEvent(new CustomEvent("letter:saved", { detail: { revision } }));
  });

  const lines = form.querySelector("[data-reference-lines]");
  const search = form.querySelector("[data-reference-search]");
  if (search && lines) lines.closest(".field").after(search);
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-reference]");
    if (!choice) return;
    const line = choice.dataset.reference;
    const present = lines.value.split("\n").map((text) => text.trim());
    if (!present.includes(line)) lines.value = [...present.filter(Boolean), line].join("\n");
    lines.dispatchEvent(new Event("input", { bubbles: true }));
    choice.closest("li").remove();
    lines.focus();
  });
})();
