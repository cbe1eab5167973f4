/* Uploads ahead of the form: drag and drop, several at once, progress, cancel, order.
   Works on [data-upload] (templates/files/upload_field.html), also when it arrives later. */
"use strict";
(() => {
  if (window.portalUpload) return;
  const ATONCE = 3;

  class Field {
    constructor(root) {
      this.root = root;
      this.list = root.querySelector("[data-upload-list]");
      this.input = root.querySelector("[data-upload-input]");
      this.drop = root.querySelector("[data-upload-drop]");
      this.status = root.querySelector("[data-upload-status]");
      this.waiting = [];
      this.running = new Set();
      root.dataset.uploadReady = "";
      root.querySelector("[data-upload-hint]").hidden = false;
      this.items().forEach((item) => this.upgrade(item));
      this.input.addEventListener("change", () => this.add(this.input.files));
      this.listenToDrops();
      this.listenToButtons();
      this.listenToDragging();
      this.input.form?.addEventListener("submit", (event) => this.holdBack(event), true);
    }

    items() { return [...this.list.querySelectorAll("[data-upload-item]")]; }

    say(key, values = {}) {
      const text = this.root.dataset[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
      this.status.textContent = text;
      return text;
    }

    changed() { this.root.dispatchEvent(new Event("change", { bubbles: true })); }

    add(files) {
      const chosen = [...files];
      this.input.value = "";
      let room = Number(this.root.dataset.maxFiles) - this.items().length - this.waiting.length - this.running.size;
      for (const file of chosen) {
        if (room <= 0) this.failed(file.name, this.root.dataset.textTooMany);
        else if (file.size > Number(this.root.dataset.maxBytes)) this.failed(file.name, this.root.dataset.textTooLarge);
        else { this.queue(file); room -= 1; }
      }
      this.next();
    }

    row(kind, name) {
      const row = this.root.querySelector(`[data-upload-${kind}]`).content.firstElementChild.cloneNode(true);
      row.querySelectorAll("[data-name]").forEach((place) => { place.textContent = name; });
      this.list.append(row);
      return row;
    }

    queue(file) {
      const job = { file, row: this.row("pending", file.name), xhr: new XMLHttpRequest() };
      job.row.querySelector("[data-cancel]").addEventListener("click", () => this.cancel(job));
      this.waiting.push(job);
    }

    next() {
      while (this.running.size < ATONCE && this.waiting.length) this.send(this.waiting.shift());
    }

    send(job) {
      this.running.add(job);
      const { xhr, row } = job;
      const bar = row.querySelector("[data-progress]");
      xhr.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) bar.value = Math.round(100 * event.loaded / event.total);
      });
      xhr.addEventListener("load", () => this.answered(job));
      xhr.addEventListener("error", () => this.broken(job));
      xhr.addEventListener("timeout", () => this.broken(job));
      xhr.addEventListener("loadend", () => { this.running.delete(job); this.next(); });
      xhr.open("POST", this.root.dataset.uploadUrl);
      xhr.setRequestHeader("X-CSRFToken", token());
      xhr.setRequestHeader("X-Requested-With", "fetch");
      const body = new FormData();
      body.append("rules", this.root.dataset.uploadRules);
      body.append("file", job.file, job.file.name);
      xhr.send(body);
    }

    answered(job) {
      let answer;
      try { answer = JSON.parse(job.xhr.responseText); } catch { this.broken(job); return; }
      for (const file of answer.files ?? []) {
        const holder = document.createElement("template");
        holder.innerHTML = file.html.trim();
        const item = holder.content.firstElementChild;
        job.row.before(item);
        this.upgrade(item);
        this.say("textAdded", { name: file.name });
      }
      for (const error of answer.errors ?? []) this.failed(job.file.name, error.message);
      job.row.remove();
      this.changed();
    }

    broken(job) {
      this.failed(job.file.name, this.root.dataset.textFailed);
      job.row.remove();
    }

    cancel(job) {
      this.waiting = this.waiting.filter((other) => other !== job);
      if (this.running.has(job)) job.xhr.abort();
      job.row.remove();
      this.say("textRemoved", { name: job.file.name });
      this.input.focus();
    }

    failed(name, message) {
      const row = this.row("failed", name);
      row.querySelector("[data-message]").textContent = message;
      row.querySelector("[data-dismiss-failed]").addEventListener("click", () => { row.remove(); this.input.focus(); });
      this.status.textContent = `${name}: ${message}`;
    }

    upgrade(item) {
      item.querySelector("[data-without-script]")?.remove();
      item.querySelectorAll("[data-move], [data-remove]").forEach((button) => { button.hidden = false; });
      item.querySelector("[data-grip]").hidden = false;
    }

    listenToButtons() {
      this.list.addEventListener("click", (event) => {
        const item = event.target.closest("[data-upload-item]");
        const move = event.target.closest("[data-move]");
        if (move) this.move(item, Number(move.dataset.move), move);
        const remove = event.target.closest("[data-remove]");
        if (remove) this.remove(item, remove.dataset.discardUrl);
      });
    }

    move(item, step, button) {
      const items = this.items();
      const target = items[items.indexOf(item) + step];
      if (!target) return;
      if (step < 0) target.before(item); else target.after(item);
      button.focus();
      this.moved(item);
    }

    moved(item) {
      this.say("textMoved", { name: item.dataset.name, number: this.items().indexOf(item) + 1 });
      this.changed();
    }

    remove(item, url) {
      const beside = item.nextElementSibling ?? item.previousElementSibling;
      item.remove();
      this.say("textRemoved", { name: item.dataset.name });
      this.changed();
      (beside?.querySelector("[data-remove]") ?? this.input).focus();
      // What is attached already stays; the server only drops uploads that nothing uses.
      fetch(url, { method: "POST", headers: { "X-CSRFToken": token() } }).catch(() => {});
    }

    listenToDrops() {
      const over = (event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        this.drop.classList.add("is-over");
      };
      this.root.addEventListener("dragenter", over);
      this.root.addEventListener("dragover", over);
      this.root.addEventListener("dragleave", (event) => {
        if (!this.root.contains(event.relatedTarget)) this.drop.classList.remove("is-over");
      });
      this.root.addEventListener("drop", (event) => {
        this.drop.classList.remove("is-over");
        if (!event.dataTransfer?.files.length) return;
        event.preventDefault();
        this.add(event.dataTransfer.files);
      });
    }

    listenToDragging() {
      let dragged = null;
      // Only the grip drags, so that text in the title can still be selected.
      this.list.addEventListener("pointerdown", (event) => {
        const item = event.target.closest("[data-grip]")?.closest("[data-upload-item]");
        if (item) item.draggable = true;
      });
      this.list.addEventListener("dragstart", (event) => {
        dragged = event.target.closest?.("[data-upload-item]") ?? null;
        dragged?.classList.add("is-dragged");
      });
      this.list.addEventListener("dragover", (event) => {
        const target = event.target.closest("[data-upload-item]");
        if (!dragged || !target || target === dragged) return;
        event.preventDefault();
        const box = target.getBoundingClientRect();
        if (event.clientY < box.top + box.height / 2) target.before(dragged); else target.after(dragged);
      });
      this.list.addEventListener("dragend", () => {
        if (!dragged) return;
        dragged.classList.remove("is-dragged");
        dragged.draggable = false;
        this.moved(dragged);
        dragged = null;
      });
    }

    holdBack(event) {
      if (!this.running.size && !this.waiting.length) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const text = this.say("textBusy");
      window.portal?.notice?.(text, "warning");
    }
  }

  const token = () => document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/)?.[1]
    ?? document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

  const start = (where) => where.querySelectorAll("[data-upload]:not([data-upload-ready])").forEach((root) => new Field(root));
  window.portalUpload = { start };
  start(document);
  document.addEventListener("htmx:load", (event) => start(event.detail.elt.parentElement ?? document));
})();
