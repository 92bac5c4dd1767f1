// What was saved on this page, newest last. Undoing is a new save, so that the trail shows both.

import { showBar } from "./bars.js";

const LONGEST = 100;

export class History {
  #steps = [];
  #isUndoing = false;

  constructor(editor) {
    this.editor = editor;
    this.button = document.querySelector('[data-tool="undo"]');
    this.button.addEventListener("click", () => this.undo());
  }

  // A step is {path, before, after}, {words, acts: [{act, …}]}, or {words, run} with what undoes it.
  remember(step) {
    if (this.#isUndoing) return;
    this.#steps.push(step);
    if (this.#steps.length > LONGEST) this.#steps.shift();
    this.#draw();
  }

  // A bar that says what was done last, and undoes that very step whatever is done until it is pressed.
  offer(words) {
    const step = this.#steps[this.#steps.length - 1];
    step.bar = showBar(words, { button: "撤销", act: () => this.undo(step) });
    return step.bar;
  }

  async undo(wanted = null) {
    await this.editor.flush();
    const step = wanted ?? this.#steps[this.#steps.length - 1];
    if (!this.#steps.includes(step)) return this.editor.announce("没有可以撤销的改动。");
    this.#steps.splice(this.#steps.indexOf(step), 1);
    step.bar?.remove();
    this.#isUndoing = true;
    try {
      if (step.run) await step.run();
      else if (step.acts) for (const { act, ...fields } of step.acts) await this.editor.act(act, fields);
      else await this.#undoField(step);
    } finally {
      this.#isUndoing = false;
      this.#draw();
    }
    this.editor.announce(`已撤销：${step.words ?? this.editor.sheet.label(step.path)}`);
  }

  async #undoField({ path, before }) {
    const control = this.editor.sheet.control(path);
    if (!control) return;
    await this.editor.setField(path, before);
    this.editor.keys.select(control);
  }

  #draw() {
    const last = this.#steps[this.#steps.length - 1];
    this.button.disabled = !last;
    this.button.title = last ? `撤销：${last.words ?? this.editor.sheet.label(last.path)}（Ctrl+Z）` : "还没有可以撤销的改动";
  }
}
