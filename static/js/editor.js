// The official table as a form. Each concern has a module of its own in editor/; this puts them together.

import { openHelp } from "./editor/dialogs.js";
import { dragRows } from "./editor/drag.js";
import { Keys } from "./editor/keys.js";
import { Margin } from "./editor/margin.js";
import { absorb, catchUp, swapRows } from "./editor/newer.js";
import { Paper } from "./editor/paper.js";
import { watchPresence } from "./editor/presence.js";
import { Rows } from "./editor/rows.js";
import { Values } from "./editor/values.js";

class Editor extends Paper {
  constructor(form) {
    super(form);
    this.last = null; // the control that had the focus last
    this.margin = new Margin(this);
    this.values = new Values(this);
    this.rows = new Rows(this);
    this.keys = new Keys(this);
    dragRows(this);
    form.addEventListener("focusin", (event) => this.#entered(event.target));
    document.querySelector('[data-tool="help"]').addEventListener("click", openHelp);
  }

  async act(name, fields, focus = "") {
    this.flush();
    const texts = Object.entries(fields).map(([key, value]) => [key, typeof value === "object" ? JSON.stringify(value) : value]);
    const answer = await this.saving.act(name, Object.fromEntries(texts));
    if (answer) swapRows(this, answer.rows, answer.focus || focus);
    return answer;
  }

  selected() {
    return this.last?.isConnected ? this.last.dataset.path ?? null : null;
  }

  saved(answer, path) {
    super.saved(answer);
    this.values.remember(answer.text, answer.reading);
    if (path === "name") this.reload(); // the title is made of it
  }

  catchUp() {
    return catchUp(this);
  }

  absorb(html) {
    absorb(this, html);
  }

  #entered(control) {
    if (control.dataset.path) this.last = control;
  }
}

// After every module of the page has run, so that those of other features hear editor:ready.
addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("table-form");
  const editor = new Editor(form);
  editor.open();
  watchPresence(editor);
  form.dispatchEvent(new CustomEvent("editor:ready", { bubbles: true }));
});
