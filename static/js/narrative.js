// The narrative of a department's year as a form: saved field by field like the table, parts put in order.

import { showBar } from "./editor/bars.js";
import { resolveConflict } from "./editor/conflict.js";
import { openDialog } from "./editor/dialogs.js";
import { offerDrafts, Drafts } from "./editor/drafts.js";
import { Margin } from "./editor/margin.js";
import { get } from "./editor/requests.js";
import { Saving } from "./editor/saving.js";
import { renewSession } from "./editor/session.js";
import { grow, Sheet } from "./editor/sheet.js";
import { Status } from "./editor/status.js";
import { History } from "./editor/undo.js";
import { Parts } from "./narrative/parts.js";

class NarrativeEditor {
  constructor(form) {
    this.form = form;
    this.revision = Number(form.dataset.revision);
    this.settle = new Map();
    this.sheet = new Sheet(form);
    this.drafts = new Drafts(form);
    this.status = new Status(() => this.saving.retry());
    this.saving = new Saving(this);
    this.history = new History(this);
    this.keys = { isEditing: (control) => control === document.activeElement, select };
    this.margin = new Margin(this);
    this.parts = new Parts(this);
    this.announce = (text) => this.status.announce(text);
    form.addEventListener("input", (event) => this.#typed(event.target));
    form.addEventListener("focusout", (event) => this.leave(event.target));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("visibilitychange", () => this.leave(document.activeElement));
  }

  flush() {
    return this.saving.flush();
  }

  async act(name, fields, focus = "") {
    this.flush();
    const answer = await this.saving.act(name, fields);
    if (answer) this.swap(answer.parts, focus);
    return answer;
  }

  setField(path, text) {
    const control = this.sheet.control(path);
    if (!control) return Promise.resolve();
    this.sheet.put(control, text);
    this.#typed(control);
    return this.saving.leave(path);
  }

  leave(control) {
    const path = control?.dataset?.path;
    if (!(control instanceof HTMLTextAreaElement) || !path) return;
    if (this.settle.get(path) === control.value) this.sheet.put(control, this.sheet.stored.get(path));
    this.settle.delete(path);
    if (this.sheet.isChanged(path) && !this.sheet.refused.has(path)) this.saving.leave(path);
  }

  saved({ revision, saved_at, tally }) {
    this.revision = Number(revision);
    this.form.dataset.revision = revision;
    this.form.elements.revision.value = revision;
    this.saving.savedAt = saved_at;
    if (tally) this.status.tally(tally);
    this.margin.refresh();
  }

  // Newer parts take the place of what is shown; what is typed and not saved stays.
  swap(html, focus = "") {
    const { sheet } = this;
    const unsaved = sheet.changedPaths().map((path) => ({
      path,
      base: sheet.stored.get(path),
      value: sheet.control(path).value,
    }));
    const place = this.form.querySelector("#narrative-parts");
    place.innerHTML = html;
    sheet.read(place);
    for (const { path, base, value } of unsaved) {
      const control = sheet.control(path);
      if (!control) continue;
      sheet.stored.set(path, base);
      sheet.put(control, value);
    }
    this.margin.mark();
    const control = focus && sheet.control(focus);
    if (control) select(control);
  }

  absorb(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const form = page.getElementById("table-form");
    if (!form) return;
    this.saved({ revision: form.dataset.revision, saved_at: this.saving.savedAt });
    this.swap(form.querySelector("#narrative-parts").innerHTML);
    this.margin.put(page.querySelector(".desk .margin").innerHTML);
  }

  async reload() {
    const { status, body } = await get(location.pathname);
    if (status === 200) this.absorb(body);
  }

  resolveConflict(body) {
    return resolveConflict(this, body);
  }

  renewSession() {
    return renewSession(this.form);
  }

  dialog(content) {
    return openDialog(content);
  }

  warn(text, more = "") {
    showBar(`${text}${more}`, { button: "知道了", seconds: 0, isAlert: true });
  }

  // The part was removed by somebody else; what was typed into it stays as a draft.
  lost({ path }, words, typed) {
    this.warn(words, typed ? `刚才填写的是“${typed}”，保留在本机，重新打开本页时列出。` : "");
    if (path) this.drafts.keep(path, this.sheet.stored.get(path), typed, this.sheet.label(path), "该项已被删除");
    if (path) this.sheet.stored.set(path, typed);
    this.reload();
  }

  #typed(control) {
    if (!(control instanceof HTMLTextAreaElement)) return;
    grow(control);
    this.sheet.accept(control.dataset.path);
    this.saving.touch(control.dataset.path);
    this.margin.postpone();
  }

  #key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    this.flush();
  }
}

function select(control) {
  control.focus({ preventScroll: true });
  control.scrollIntoView({ block: "nearest" });
}

addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("table-form");
  form.editor = new NarrativeEditor(form);
  document.body.classList.add("scripted");
  offerDrafts(form.editor);
});
