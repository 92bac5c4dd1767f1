// The official table as a form. Each concern has a module of its own in editor/; this puts them together.

import { showBar } from "./editor/bars.js";
import { resolveConflict } from "./editor/conflict.js";
import { openDialog, openHelp } from "./editor/dialogs.js";
import { dragRows } from "./editor/drag.js";
import { Drafts, offerDrafts } from "./editor/drafts.js";
import { Keys } from "./editor/keys.js";
import { Margin } from "./editor/margin.js";
import { absorb, swapRows } from "./editor/newer.js";
import { catchUp, watchPresence } from "./editor/presence.js";
import { get } from "./editor/requests.js";
import { Rows } from "./editor/rows.js";
import { Saving } from "./editor/saving.js";
import { renewSession } from "./editor/session.js";
import { grow, Sheet } from "./editor/sheet.js";
import { Status } from "./editor/status.js";
import { History } from "./editor/undo.js";
import { Values } from "./editor/values.js";

class Editor {
  constructor(form) {
    this.form = form;
    this.revision = Number(form.dataset.revision);
    this.last = null; // the control that had the focus last
    this.sheet = new Sheet(form);
    this.drafts = new Drafts(form);
    this.status = new Status(() => this.saving.retry());
    this.saving = new Saving(this);
    this.history = new History(this);
    this.margin = new Margin(this);
    this.values = new Values(this);
    this.rows = new Rows(this);
    this.keys = new Keys(this);
    this.announce = (text) => this.status.announce(text);
    dragRows(this);
    form.addEventListener("input", (event) => this.#typed(event.target));
    form.addEventListener("focusin", (event) => this.#entered(event.target));
    form.addEventListener("focusout", (event) => this.leave(event.target));
    form.addEventListener("submit", (event) => event.preventDefault());
    document.querySelector('[data-tool="help"]').addEventListener("click", openHelp);
    document.addEventListener("visibilitychange", () => this.leave(document.activeElement));
  }

  // What other features use.

  flush() {
    return this.saving.flush();
  }

  async act(name, fields, focus = "") {
    this.flush();
    const texts = Object.entries(fields).map(([key, value]) => [key, typeof value === "object" ? JSON.stringify(value) : value]);
    const answer = await this.saving.act(name, Object.fromEntries(texts));
    if (answer) swapRows(this, answer.rows, answer.focus || focus);
    return answer;
  }

  async reload() {
    const { status, body } = await get(location.pathname);
    if (status === 200) absorb(this, body);
  }

  selected() {
    return this.last?.isConnected ? this.last.dataset.path ?? null : null;
  }

  setField(path, text) {
    const control = this.sheet.control(path);
    if (!(control instanceof HTMLTextAreaElement)) return Promise.resolve();
    this.sheet.put(control, text);
    this.#typed(control);
    return this.saving.leave(path);
  }

  dialog(content) {
    if (typeof content !== "string") return openDialog(content);
    const holder = document.createElement("template");
    holder.innerHTML = content;
    return openDialog(holder.content);
  }

  // What the modules tell one another.

  leave(control) {
    const path = control?.dataset?.path;
    if (!(control instanceof HTMLTextAreaElement) || !path) return;
    if (this.sheet.respelled.has(path)) this.sheet.settle(path);
    else if (this.sheet.isChanged(path) && !this.sheet.refused.has(path)) this.saving.leave(path);
  }

  saved({ revision, saved_at, tally, text, reading }, path) {
    const isBehind = Number(revision) > this.revision + 1; // somebody else saved in between
    this.setRevision(revision);
    if (isBehind) this.flush().then(() => catchUp(this));
    this.saving.savedAt = saved_at;
    if (tally) this.status.tally(tally);
    this.values.remember(text, reading);
    this.margin.refresh();
    if (path === "name") this.reload(); // the title is made of it
  }

  setRevision(revision) {
    this.revision = Number(revision);
    this.form.dataset.revision = revision;
    this.form.elements.revision.value = revision;
  }

  // Show a newer stored text in a cell nobody has changed here.
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

  absorb(html) {
    absorb(this, html);
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
    if (path) this.drafts.keep(path, this.sheet.stored.get(path), typed, this.sheet.label(path), "该行已被删除");
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

  #entered(control) {
    if (control.dataset.path) this.last = control;
  }
}

export function createEditor(form) {
  form.editor = new Editor(form);
  document.body.classList.add("scripted");
  offerDrafts(form.editor);
  for (const control of form.editor.sheet.controls()) grow(control);
  form.editor.flush(); // what was typed before this ran
  watchPresence(form.editor);
  form.dispatchEvent(new CustomEvent("editor:ready", { bubbles: true }));
}

// After every module of the page has run, so that those of other features hear editor:ready.
addEventListener("DOMContentLoaded", () => createEditor(document.getElementById("table-form")));
