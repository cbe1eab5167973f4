/* Places the receipt stamp on the picture of the page: by pointer, by arrow keys (Shift: 5 mm),
   or by the two numbers of the form, which always say where it stands. Lengths are millimetres. */
"use strict";
(() => {
  const page = document.querySelector("[data-stamp-page]");
  if (!page) return;
  const box = page.querySelector("[data-stamp-box]");
  const where = document.querySelector("[data-stamp-where]");
  const left = document.getElementById("id_left");
  const top = document.getElementById("id_top");
  const number = (name) => Number(page.dataset[name]);
  const room = { x: Math.max(number("width") - number("stampWidth"), 0), y: Math.max(number("height") - number("stampHeight"), 0) };
  const clamp = (value, most) => Math.min(Math.max(Math.round(value * 2) / 2, 0), Math.floor(most * 2) / 2);

  function place() {
    return {
      x: left.value === "" ? Math.max(room.x - number("margin"), 0) : Number(left.value),
      y: top.value === "" ? Math.min(number("margin"), room.y) : Number(top.value),
    };
  }

  function show({ x, y }) {
    box.style.setProperty("--x", String(x / number("width")));
    box.style.setProperty("--y", String(y / number("height")));
  }

  function move(x, y) {
    const spot = { x: clamp(x, room.x), y: clamp(y, room.y) };
    left.value = spot.x;
    top.value = spot.y;
    show(spot);
    where.textContent = where.dataset.text.replace("{left}", spot.x).replace("{top}", spot.y);
  }

  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  box.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const { x, y } = place();
    const size = event.shiftKey ? 5 : 1;
    move(x + step[0] * size, y + step[1] * size);
  });

  let held = null;
  box.addEventListener("pointerdown", (event) => {
    const { x, y } = place();
    held = { x, y, fromX: event.clientX, fromY: event.clientY, mm: number("width") / page.clientWidth };
    box.setPointerCapture(event.pointerId);
    event.preventDefault();
    box.focus();
  });
  box.addEventListener("pointermove", (event) => {
    if (held) move(held.x + (event.clientX - held.fromX) * held.mm, held.y + (event.clientY - held.fromY) * held.mm);
  });
  for (const end of ["pointerup", "pointercancel"]) box.addEventListener(end, () => { held = null; });
  for (const input of [left, top]) input.addEventListener("input", () => show(place()));

  page.style.setProperty("--stamp-width", String(number("stampWidth") / number("width")));
  page.style.setProperty("--stamp-height", String(number("stampHeight") / number("height")));
  box.hidden = false;
  show(place());
})();
