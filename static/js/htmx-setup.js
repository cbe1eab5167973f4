/* htmx under a strict CSP: the token in a header, failures as sentences, a sign-in page never
   swapped into a fragment. */
"use strict";
(() => {
  const { notice, sessionEnded, words, release } = window.portal;
  const signIn = new URL(document.body.dataset.signIn || "/", location.origin).pathname;
  const token = () => document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/)?.[1]
    ?? document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const url = event.detail.xhr.responseURL;
    if (url && new URL(url).pathname === signIn && location.pathname !== signIn) {
      event.detail.shouldSwap = false;
      sessionEnded();
    }
  });
  const background = (event) => event.detail.elt.closest("[data-quiet]") !== null;
  document.addEventListener("htmx:responseError", (event) => {
    release();
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
