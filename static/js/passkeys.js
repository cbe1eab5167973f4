/* Offers passkeys where the browser can use them, says when one was not accepted, and lets a
   form ask for one instead of a code:
   data-passkey-offer     shown only with a browser that knows passkeys
   data-passkey-error     where the sentence of data-text-failed is shown
   data-passkey-options   a button: address of the question, data-passkey-field the hidden field */
"use strict";
(() => {
  const known = "PublicKeyCredential" in window;

  function failed() {
    const place = document.querySelector("[data-passkey-error]");
    if (!place) return;
    place.textContent = place.dataset.textFailed;
    place.hidden = false;
  }

  async function answer(button) {
    const field = document.getElementById(button.dataset.passkeyField);
    const response = await fetch(button.dataset.passkeyOptions, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error("no question");
    const credential = await window.webauthnJSON.get(await response.json());
    field.value = JSON.stringify(credential);
    field.form.requestSubmit(field.form.querySelector("[type=submit]"));
  }

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    failed();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-passkey-options]");
    if (!button) return;
    event.preventDefault();
    answer(button).catch(failed);
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (!known) return;
    for (const part of document.querySelectorAll("[data-passkey-offer]")) part.hidden = false;
  });
})();
