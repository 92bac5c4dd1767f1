// The margin while one edits: fetched again after saves, marks on the cells, jumps, fixes and reasons in place.

import { get, post, Unreachable } from "./requests.js";
import { showBar } from "./bars.js";
import { markChanged } from "./former.js";
import { offerPhrases, standBesideCells } from "../margin.js";

const SOON = 1000;
const ACROSS = 5000; // the rules across tables are slower: when nobody has typed for a while

export class Margin {
  #soon = 0;
  #across = 0;
  #isLate = false;
  #jumps = {};

  constructor(editor) {
    this.editor = editor;
    this.aside = document.querySelector(".desk .margin");
    this.aside.addEventListener("click", (event) => this.#lead(event));
    this.aside.addEventListener("submit", (event) => this.#submit(event));
    this.aside.addEventListener("focusout", () => {
      if (this.#isLate) this.refresh();
    });
    for (const button of document.querySelectorAll("[data-jump]")) {
      button.addEventListener("click", () => this.#jump(button.dataset.jump));
    }
    this.mark();
    if (this.aside.querySelector(".pending")) this.refresh();
  }

  refresh() {
    clearTimeout(this.#soon);
    clearTimeout(this.#across);
    this.#soon = setTimeout(() => this.#fetch(""), SOON);
    this.#across = setTimeout(() => this.#fetch("?across=1"), ACROSS);
  }

  // Somebody types: what runs across all tables waits.
  postpone() {
    if (!this.#across) return;
    clearTimeout(this.#across);
    this.#across = setTimeout(() => this.#fetch("?across=1"), ACROSS);
  }

  async #fetch(query) {
    if (query) this.#across = 0;
    this.#isLate = Boolean(document.activeElement?.closest(".margin form"));
    if (this.#isLate) return; // the form somebody writes in stays
    try {
      const { status, body } = await get(this.editor.form.dataset.margin + query, { isBackground: true });
      if (status === 200 && !document.activeElement?.closest(".margin form")) this.put(body);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
  }

  put(html) {
    const open = new Map([...this.aside.querySelectorAll(".remark")].map((note) => [note.id, folds(note)]));
    const focused = document.activeElement?.closest(".margin .remark")?.id;
    const changed = document.activeElement?.closest(".margin [data-changed]")?.dataset.changed;
    const isFolded = this.aside.querySelector(".changes-block > details")?.open === false;
    this.aside.innerHTML = html;
    if (isFolded) this.aside.querySelector(".changes-block > details")?.removeAttribute("open");
    if (changed) this.aside.querySelector(`[data-changed="${CSS.escape(changed)}"] a`)?.focus({ preventScroll: true });
    for (const note of this.aside.querySelectorAll(".remark")) {
      open.get(note.id)?.forEach((isOpen, place) => {
        const fold = note.querySelectorAll("details")[place];
        if (fold) fold.open = isOpen;
      });
    }
    if (focused) document.getElementById(focused)?.querySelector("summary").focus({ preventScroll: true });
    offerPhrases();
    this.mark();
    standBesideCells();
  }

  // The gravest note about a cell marks it.
  mark() {
    const marks = new Map();
    for (const severity of ["hint", "warning", "error"]) {
      for (const link of this.aside.querySelectorAll(`.remark.${severity} .places a[href^="#at-"]`)) {
        const cell = document.getElementById(link.hash.slice(1))?.closest(".filled");
        if (cell) marks.set(cell, severity);
      }
    }
    for (const cell of this.editor.form.querySelectorAll(".filled[data-mark]")) {
      if (!marks.has(cell)) delete cell.dataset.mark;
    }
    for (const [cell, severity] of marks) cell.dataset.mark = severity;
    markChanged(this.editor, this.aside);
  }

  // From a note to its control.
  #lead(event) {
    const link = event.target.closest('a[href^="#at-"]');
    const control = link && document.getElementById(link.hash.slice(1));
    if (!control) return;
    event.preventDefault();
    control.scrollIntoView({ block: "center" });
    if (control.matches("textarea, button")) this.editor.keys.select(control);
  }

  // From the summary to the next note of that severity.
  #jump(severity) {
    const notes = [...this.aside.querySelectorAll(`.remark.${severity}`)];
    if (!notes.length) return this.editor.announce("没有这类提示。");
    const place = (this.#jumps[severity] ?? -1) + 1;
    this.#jumps[severity] = place % notes.length;
    const note = notes[this.#jumps[severity]];
    note.scrollIntoView({ block: "center" });
    note.querySelector("summary").focus({ preventScroll: true });
  }

  // A fix or a reason is sent beside the page; what it changed comes back with the page itself.
  async #submit(event) {
    const form = event.target;
    event.preventDefault();
    await this.editor.flush();
    const fields = new FormData(form);
    if (event.submitter?.name) fields.append(event.submitter.name, event.submitter.value);
    fields.delete("csrfmiddlewaretoken"); // it may be older than the last login
    if (fields.has("next")) fields.set("next", location.pathname);
    if (fields.has("revision")) fields.set("revision", this.editor.revision);
    document.activeElement?.blur(); // so that the new margin may take the place of this form
    try {
      const answer = await post(form.action, fields);
      if (answer.status === 200 && new URL(answer.address).pathname === location.pathname) {
        this.editor.absorb(answer.body);
      } else if (answer.status === 401 && (await this.editor.renewSession())) form.requestSubmit(event.submitter);
      else if (answer.status !== 401) form.submit();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      showBar("服务器没有应答，没有提交，稍后重试。", { button: "知道了", isAlert: true });
    }
  }
}

function folds(note) {
  return [...note.querySelectorAll("details")].map((fold) => fold.open);
}
