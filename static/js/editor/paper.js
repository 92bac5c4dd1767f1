// Paper that is typed on and saved field by field: what the table and the narrative have in common.
//
// A page adds `keys` ({isEditing, select}), `margin`, `act`, `absorb` and `catchUp`.

import { showBar } from "./bars.js";
import { resolveConflict } from "./conflict.js";
import { openDialog } from "./dialogs.js";
import { Drafts, offerDrafts } from "./drafts.js";
import { get } from "./requests.js";
import { Saving } from "./saving.js";
import { renewSession } from "./session.js";
import { grow, Sheet } from "./sheet.js";
import { Status } from "./status.js";
import { History } from "./undo.js";

export class Paper {
  constructor(form) {
    this.form = form;
    this.revision = Number(form.dataset.revision);
    this.sheet = new Sheet(form);
    this.drafts = new Drafts(form);
    this.status = new Status(() => this.saving.retry());
    this.saving = new Saving(this);
    this.history = new History(this);
    this.announce = (text) => this.status.announce(text);
    form.addEventListener("input", (event) => this.typed(event.target));
    form.addEventListener("focusout", (event) => this.leave(event.target));
    form.addEventListener("submit", (event) => event.preventDefault());
    document.addEventListener("visibilitychange", () => this.leave(document.activeElement));
  }

  // Once the page is put together: what an earlier visit left, and what was typed before this ran.
  open() {
    this.form.editor = this;
    document.body.classList.add("scripted");
    offerDrafts(this);
    for (const control of this.sheet.controls()) grow(control);
    this.flush();
  }

  // Save all that is typed; resolves when it is done.
  flush() {
    return this.saving.flush();
  }

  // Fetch the page and take over what is newer.
  async reload() {
    const { status, body } = await get(location.pathname);
    if (status === 200) this.absorb(body);
  }

  setField(path, text) {
    const control = this.sheet.control(path);
    if (!(control instanceof HTMLTextAreaElement)) return Promise.resolve();
    this.sheet.put(control, text);
    this.typed(control);
    return this.saving.leave(path);
  }

  dialog(content) {
    if (typeof content !== "string") return openDialog(content);
    const holder = document.createElement("template");
    holder.innerHTML = content;
    return openDialog(holder.content);
  }

  typed(control) {
    if (!(control instanceof HTMLTextAreaElement)) return;
    grow(control);
    this.sheet.accept(control.dataset.path);
    this.saving.touch(control.dataset.path);
    this.margin.postpone();
  }

  leave(control) {
    const path = control?.dataset?.path;
    if (!(control instanceof HTMLTextAreaElement) || !path) return;
    if (this.sheet.respelled.has(path)) this.sheet.settle(path);
    else if (this.sheet.isChanged(path) && !this.sheet.refused.has(path)) this.saving.leave(path);
  }

  saved({ revision, saved_at, tally }) {
    const isBehind = Number(revision) > this.revision + 1; // somebody else saved in between
    this.setRevision(revision);
    this.saving.savedAt = saved_at;
    if (tally) this.status.tally(tally);
    this.margin.refresh();
    if (isBehind) this.flush().then(() => this.catchUp());
  }

  // Show a newer stored text in a field nobody has changed here.
  refresh(path, text) {
    const control = this.sheet.control(path);
    if (!(control instanceof HTMLTextAreaElement) || this.sheet.stored.get(path) === text) return;
    if (this.sheet.isChanged(path) || this.keys.isEditing(control)) return;
    this.sheet.stored.set(path, text);
    this.sheet.put(control, text);
    const cell = control.closest(".filled");
    cell.classList.add("flash");
    setTimeout(() => cell.classList.remove("flash"), 2000);
  }

  setRevision(revision) {
    this.revision = Number(revision);
    this.form.dataset.revision = revision;
    this.form.elements.revision.value = revision;
  }

  resolveConflict(body) {
    return resolveConflict(this, body);
  }

  renewSession() {
    return renewSession(this.form);
  }

  warn(text, more = "") {
    showBar(`${text}${more}`, { button: "知道了", seconds: 0, isAlert: true });
  }

  // The row was removed by somebody else; what was typed into it stays as a draft.
  lost({ path }, words, typed) {
    this.warn(words, typed ? `刚才填写的是“${typed}”，保留在本机，重新打开本页时列出。` : "");
    if (path) this.drafts.keep(path, this.sheet.stored.get(path), typed, this.sheet.label(path), "已被删除");
    if (path) this.sheet.stored.set(path, typed);
    this.reload();
  }
}
