// The narrative of a department's year as a form: saved field by field like the table, parts put in order.

import { Margin } from "./editor/margin.js";
import { putBack, unsavedOf } from "./editor/newer.js";
import { Paper } from "./editor/paper.js";
import { watchPresence } from "./editor/presence.js";
import { get } from "./editor/requests.js";
import { Parts } from "./narrative/parts.js";

class NarrativeEditor extends Paper {
  constructor(form) {
    super(form);
    this.keys = { isEditing: (control) => control === document.activeElement, select };
    this.margin = new Margin(this);
    this.parts = new Parts(this);
    form.addEventListener("keydown", (event) => this.#key(event));
  }

  async act(name, fields, focus = "") {
    this.flush();
    const answer = await this.saving.act(name, fields);
    if (answer) this.swap(answer.parts, focus);
    return answer;
  }

  // Newer parts take the place of what is shown; what is typed and not saved stays.
  swap(html, focus = "") {
    const { sheet } = this;
    const unsaved = sheet.changedPaths().map((path) => unsavedOf(sheet, path));
    const place = this.form.querySelector("#narrative-parts");
    place.innerHTML = html;
    sheet.read(place);
    for (const text of unsaved) putBack(sheet, text);
    this.margin.mark();
    const control = focus && sheet.control(focus);
    if (control) select(control);
  }

  absorb(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const form = page.getElementById("table-form");
    if (!form) return;
    this.#take(form);
    this.margin.put(page.querySelector(".desk .margin").innerHTML);
  }

  // Bring what is shown up to what is stored; under a typing hand only the texts of other fields, the rest later.
  async catchUp() {
    const { status, body } = await get(location.pathname, { isBackground: true });
    const form = new DOMParser().parseFromString(body, "text/html").getElementById("table-form");
    this.isBehind = status !== 200 || !form || !this.saving.isIdle || this.form.contains(document.activeElement);
    if (form && this.isBehind) {
      for (const field of form.querySelectorAll("textarea[data-path]")) this.refresh(field.dataset.path, field.value);
    } else if (form) {
      this.#take(form);
    }
    this.margin.refresh();
  }

  #take(form) {
    this.setRevision(form.dataset.revision);
    this.swap(form.querySelector("#narrative-parts").innerHTML);
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
  const editor = new NarrativeEditor(document.getElementById("table-form"));
  editor.open();
  watchPresence(editor);
});
