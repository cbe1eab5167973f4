/* Usual words with one tap: <textarea data-usual-words='["…", "…"]'> gets a row of buttons above it.
   A tap adds the words in a line of their own, a second tap takes them away again. */
"use strict";
(() => {
  const linesOf = (area) => area.value.split("\n").map((line) => line.trim());

  function toggle(area, words, button) {
    const lines = linesOf(area).filter((line, at, all) => line || at < all.length - 1);
    const at = lines.indexOf(words);
    if (at >= 0) lines.splice(at, 1);
    else lines.push(words);
    area.value = lines.join("\n");
    button.setAttribute("aria-pressed", String(at < 0));
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  for (const area of document.querySelectorAll("textarea[data-usual-words]")) {
    const row = document.createElement("div");
    row.className = "phrase-row";
    for (const words of JSON.parse(area.dataset.usualWords)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "phrase";
      button.lang = "th";
      button.textContent = words;
      button.setAttribute("aria-pressed", String(linesOf(area).includes(words)));
      button.addEventListener("click", () => toggle(area, words, button));
      row.append(button);
    }
    area.before(row);
  }
})();
