/* Phrases to tap: <div data-phrases="remark|body"> with buttons [data-phrase]. A remark goes into the
   field of that name, after what is there; text goes to the cursor of the editor. */
"use strict";
(() => {
  function intoField(field, words) {
    field.value = field.value.trim() ? `${field.value.trimEnd()} ${words}` : words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  /* The editor looks at what the browser inserts at its cursor, as if it was typed. */
  function intoEditor(editor, words) {
    editor.focus();
    document.execCommand("insertText", false, words);
  }

  for (const group of document.querySelectorAll("[data-phrases]")) {
    const name = group.dataset.phrases;
    const form = group.closest("form");
    const field = form?.elements[name];
    const place = (field?.length ? field[0] : field)?.closest?.(".field") ?? form?.querySelector(`#id_${name}-field`);
    if (!place) continue;
    place.append(group);
    group.hidden = false;
    group.addEventListener("click", (event) => {
      const button = event.target.closest("[data-phrase]");
      if (!button) return;
      const words = button.textContent.trim();
      const editor = name === "body" && place.querySelector(".ProseMirror");
      if (editor) intoEditor(editor, words);
      else intoField(form.elements[name], words);
    });
  }
})();
