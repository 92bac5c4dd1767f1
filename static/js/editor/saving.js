// One queue of jobs and one request in flight. A job stays at the head until the server has answered it.

import { watchLeaving } from "./leaving.js";
import { CONFLICT, refused } from "./refusals.js";
import { post, Unreachable } from "./requests.js";

const IDLE = 3000;
const MOST_FAULTS = 3;
const PAUSES = [1000, 2000, 4000, 8000, 15000, 30000]; // milliseconds between attempts while nothing answers

export class Saving {
  #jobs = [];
  #running = null;
  #idle = 0;
  #failures = 0;
  #wake = null;
  #isLocked = false;

  constructor(editor) {
    this.editor = editor;
    addEventListener("online", () => this.retry());
    watchLeaving(editor);
  }

  // Something was typed: the draft is kept at once, the server asked after a pause.
  touch(path) {
    const { sheet, drafts, status } = this.editor;
    const control = sheet.control(path);
    if (sheet.isChanged(path)) drafts.keep(path, sheet.stored.get(path), control.value, sheet.label(path));
    else drafts.drop(path);
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.leave(path), IDLE);
    if (this.#failures) return;
    if (sheet.isChanged(path)) status.show("typing", "未保存");
    else if (this.isIdle) this.#conclude();
  }

  // A field is to be saved now; resolves when all that waits is done.
  leave(path) {
    clearTimeout(this.#idle);
    if (this.editor.sheet.isChanged(path)) {
      if (!this.#jobs.some((job) => job.path === path && !job.isSent)) this.#jobs.push({ path });
    } else {
      this.editor.sheet.accept(path);
      this.editor.drafts.drop(path);
    }
    return this.#run();
  }

  // A structural act; resolves with the answer, or null where it was refused.
  act(name, fields) {
    return new Promise((resolve) => {
      this.#jobs.push({ name, fields, resolve, faults: 0 });
      this.#run();
    });
  }

  flush() {
    for (const path of this.editor.sheet.changedPaths()) {
      if (!this.editor.sheet.refused.has(path)) this.leave(path);
    }
    return this.#run();
  }

  retry() {
    this.#failures = 0;
    for (const path of this.editor.sheet.changedPaths()) this.leave(path);
    this.#wake?.();
  }

  lock() {
    this.#isLocked = true;
  }

  get isIdle() {
    return !this.#jobs.length;
  }

  hasUnsaved() {
    return !this.isIdle || this.editor.sheet.changedPaths().length > 0;
  }

  #run() {
    this.#running ??= this.#work().finally(() => {
      this.#running = null;
      if (this.#jobs.length && !this.#isLocked) return this.#run(); // it came when the queue had just run dry
      return this.#conclude();
    });
    return this.#running;
  }

  async #work() {
    while (this.#jobs.length && !this.#isLocked) {
      const [job] = this.#jobs;
      try {
        if (await (job.path ? this.#saveField(job) : this.#actOn(job))) this.#jobs.shift();
        this.#failures = 0;
      } catch (error) {
        if (!(error instanceof Unreachable)) {
          this.#jobs.shift();
          throw error;
        }
        if (error.isFault) this.#setBack(job);
        await this.#pause();
      }
    }
  }

  // What makes the server fail must not keep the rest waiting: an act is given up, a field comes last.
  #setBack(job) {
    this.#jobs.shift();
    if (job.path) this.#jobs.push(job);
    else if (++job.faults < MOST_FAULTS) this.#jobs.unshift(job);
    else {
      this.editor.warn("服务器处理时出错，这一步没有完成；已经填写的内容不受影响。");
      job.resolve(null);
    }
  }

  async #pause() {
    const pause = PAUSES[Math.min(this.#failures++, PAUSES.length - 1)];
    this.editor.status.show("unsaved", "未保存", "重试");
    await new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, pause);
    });
    this.#wake = null;
  }

  async #saveField(job) {
    const { sheet, drafts, status, form, history } = this.editor;
    const { path } = job;
    if (!sheet.isChanged(path)) return true;
    const typed = sheet.control(path).value;
    const base = sheet.stored.get(path);
    job.isSent = true;
    status.show("saving", "保存中");
    const answer = await post(form.dataset.save, { path, base, value: typed });
    job.isSent = false;
    if (answer.status !== 200) return refused(this.editor, job, answer, typed);
    const control = sheet.control(path);
    sheet.stored.set(path, answer.body.text);
    sheet.accept(path);
    if (answer.body.changed) history.remember({ path, before: base, after: answer.body.text });
    if (control?.value === typed) {
      sheet.respelled.set(path, { typed, stored: answer.body.text });
      if (control !== document.activeElement || !this.editor.keys.isEditing(control)) sheet.settle(path);
      drafts.drop(path);
    } else if (control) {
      drafts.keep(path, answer.body.text, control.value, sheet.label(path));
    }
    this.editor.saved(answer.body, path);
    return true;
  }

  async #actOn(job) {
    this.editor.status.show("saving", "保存中");
    const answer = await post(this.editor.form.dataset.rows, { act: job.name, ...job.fields });
    if (answer.status !== 200) return refused(this.editor, job, answer);
    job.resolve(answer.body);
    this.editor.saved(answer.body);
    return true;
  }

  // After a session ended: true once somebody logged in again. Else everything waits for the button.
  async renewed() {
    this.editor.status.show("unsaved", "未保存", "重试");
    if (await this.editor.renewSession()) return true;
    await new Promise((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
    return true;
  }

  #conclude() {
    const { sheet, status } = this.editor;
    if (this.#isLocked) return status.show("unsaved", "未保存，不能修改");
    const changed = sheet.changedPaths();
    const held = changed.filter((path) => sheet.refused.has(path));
    const inConflict = held.some((path) => sheet.refused.get(path) === CONFLICT);
    if (inConflict) return status.show("conflict", CONFLICT, "查看");
    if (held.length) return status.show("unsaved", `${held.length} 处未保存`, "重试");
    if (changed.length) return status.show("typing", "未保存");
    return status.show("saved", `已保存 ${this.savedAt ?? ""}`.trim());
  }
}
