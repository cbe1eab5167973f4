/* Keys of the central registry's mail page: Alt+L to the form, Ctrl+Enter registers. */
(() => {
  "use strict";
  const form = document.getElementById("mail-register");
  if (!form) return;
  document.addEventListener("keydown", (event) => {
    if (event.altKey && event.code === "KeyL") {
      event.preventDefault();
      form.querySelector("input:not([type=hidden])").focus();
    }
    if (event.ctrlKey && event.key === "Enter" && form.contains(document.activeElement)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
})();
