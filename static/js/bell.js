/* The bell does not ask in a tab that nobody looks at, and asks at once when somebody does. */
"use strict";
(() => {
  const bell = () => document.querySelector("[data-bell] [hx-get]");
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.closest("[data-bell]")) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) bell()?.dispatchEvent(new Event("bell:refresh"));
  });
  document.addEventListener("notifications:changed", () => bell()?.dispatchEvent(new Event("bell:refresh")));
})();
