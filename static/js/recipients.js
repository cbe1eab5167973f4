/* Choosing recipients: counts the ticks, finds a name in the list, unticks all. */
"use strict";
(() => {
  const form = document.querySelector("[data-recipients]");
  if (!form) return;
  const boxes = [...form.querySelectorAll("input[name=units]")];
  const count = form.querySelector("[data-count]");
  const show = () => { count.textContent = boxes.filter((box) => box.checked).length; };

  form.addEventListener("change", (event) => {
    if (event.target.name === "units") show();
  });
  form.querySelector("[data-clear-all]").addEventListener("click", () => {
    boxes.forEach((box) => { box.checked = false; });
    show();
  });
  form.querySelector("[data-filter]").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const row of form.querySelectorAll("[data-unit]")) {
      row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
    }
    for (const group of form.querySelectorAll(".unit-group")) {
      group.hidden = !group.querySelector("[data-unit]:not([hidden])");
    }
  });
  form.querySelector("[data-filter]").addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  show();
})();
