/* Writing a letter: keeps the revision in step with the saved draft, adds references found. */
"use strict";
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;

  form.addEventListener("portal:saved", (event) => {
    const { revision } = event.detail;
    if (!revision) return;
    form.elements.revision.value = revision;
    document.dispatchEvent(new CustomEvent("letter:saved", { detail: { revision } }));
  });

  const lines = form.querySelector("[data-reference-lines]");
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
