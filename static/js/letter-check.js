/* Compares a chosen or dropped file with a letter's SHA-256, without sending it anywhere. */
(() => {
  "use strict";

  const box = document.querySelector("[data-letter-check]");
  if (!box || !window.crypto || !crypto.subtle) return;

  const input = box.querySelector("input[type=file]");
  const verdict = box.querySelector(".letter-verdict");

  const hexOf = (buffer) =>
    [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  const say = (word) => {
    verdict.textContent = verdict.dataset[word];
    verdict.dataset.verdict = word;
  };

  const compare = async (file) => {
    try {
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      say(hexOf(digest) === box.dataset.letterCheck ? "same" : "other");
    } catch {
      say("failed");
    }
  };

  input.addEventListener("change", () => {
    if (input.files.length) compare(input.files[0]);
  });
  box.addEventListener("dragover", (event) => event.preventDefault());
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) compare(event.dataTransfer.files[0]);
  });
  box.hidden = false;
})();
