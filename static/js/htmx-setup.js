/* htmx under a strict CSP: the token in a header, failures and an ended session as
   sentences. Polling that may fail unheard stands in an element with data-quiet. */
"use strict";
(() => {
  const { notice, sessionEnded, words, release } = window.portal;
  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
  });
  const background = (event) => event.detail.elt.closest("[data-quiet]") !== null;
  document.addEventListener("htmx:responseError", (event) => {
    release();
    if (event.detail.xhr.status === 401) return sessionEnded();
    if (background(event)) return;
    const said = event.detail.xhr.getResponseHeader("X-Portal-Message");
    notice(said ? decodeURIComponent(said) : words().textFailed, "danger");
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      release();
      if (!background(event)) notice(words().textOffline, "warning");
    });
  }
  document.addEventListener("htmx:afterRequest", release);
})();
