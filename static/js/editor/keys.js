// The sheet under the keyboard, as in a spreadsheet: a cell is either selected or being edited.
//
// A selected control has all its text selected, so that typing replaces it natively, an input method included.

import { openHelp } from "./dialogs.js";
import { uidOf } from "./sheet.js";
import { neighbour } from "./neighbours.js";

const ARROWS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

export class Keys {
  #byMouse = false;

  constructor(editor) {
    this.editor = editor;
    this.before = ""; // the text before editing began, for Esc
    const { form } = editor;
    form.addEventListener("mousedown", (event) => this.#press(event));
    form.addEventListener("focusin", (event) => this.#enter(event.target));
    form.addEventListener("focusout", (event) => this.#show(event.target, ""));
    form.addEventListener("input", (event) => this.#input(event.target));
    form.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("keydown", (event) => this.#keyOfPage(event));
  }

  isEditing(control) {
    return control.closest(".filled")?.classList.contains("editing") ?? false;
  }

  select(control) {
    control.focus({ preventScroll: true });
    if (control instanceof HTMLTextAreaElement) {
      control.select();
      this.before = control.value;
    }
    control.scrollIntoView({ block: "nearest" });
    this.#show(control, "selected");
  }

  edit(control) {
    this.before = control.value;
    this.#show(control, "editing");
  }

  #show(control, mode) {
    const cell = control.closest(".filled");
    if (!cell || control.closest(".row-tools")) return;
    cell.classList.toggle("selected", mode === "selected");
    cell.classList.toggle("editing", mode === "editing");
  }

  // A click anywhere in a cell goes into its text.
  #press(event) {
    const control = event.target.closest(".filled")?.querySelector("textarea");
    if (!control || event.target.closest("button, .grip")) return;
    if (control !== document.activeElement) this.#byMouse = true;
    else if (!this.isEditing(control)) this.edit(control);
    if (event.target === control) return;
    event.preventDefault();
    control.focus();
    control.setSelectionRange(control.value.length, control.value.length);
  }

  #enter(control) {
    const isText = control instanceof HTMLTextAreaElement;
    if (isText) this.before = control.value;
    if (isText && !this.#byMouse) control.select();
    this.#show(control, isText && this.#byMouse ? "editing" : "selected");
    this.#byMouse = false;
  }

  #input(control) {
    if (control instanceof HTMLTextAreaElement && !this.isEditing(control)) this.#show(control, "editing");
  }

  #key(event) {
    const control = event.target;
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return; // an input method is at work
    if (control.closest(".float") || !control.closest("[data-path], [data-row-menu]")) return;
    const act = this.#actOf(event, control);
    if (!act) return;
    event.preventDefault();
    act();
  }

  #actOf(event, control) {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    const { rows, history, values } = this.editor;
    const isText = control instanceof HTMLTextAreaElement;
    const uid = uidOf(control.dataset.path ?? "") ?? control.closest("tr").dataset.uid;
    const ctrl = ctrlKey || metaKey;
    if (altKey && uid && (key === "ArrowUp" || key === "ArrowDown")) {
      if (key === "ArrowDown" && this.isEditing(control) && control.dataset.path.endsWith("/value")) {
        return () => values.openPicker(control);
      }
      return () => rows.shift(uid, key === "ArrowUp" ? -1 : 1);
    }
    if (altKey) return null;
    if (uid && ((shiftKey && key === "F10") || key === "ContextMenu")) return () => rows.openMenu(uid);
    if (ctrl && key === "Enter") return uid ? () => rows.addBelow(uid) : () => this.go(control, "down");
    if (key === "Tab") return this.#tab(control, shiftKey);
    if (isText && this.isEditing(control)) return this.#actWhileEditing(event, control);
    if (ctrl && !shiftKey && key.toLowerCase() === "z") return () => history.undo();
    if (ctrl) return null;
    if (ARROWS[key] && !shiftKey) return () => this.go(control, ARROWS[key]);
    if (!isText) return null;
    if (key === "Enter" || key === "F2") {
      return () => {
        this.edit(control);
        control.setSelectionRange(control.value.length, control.value.length);
      };
    }
    if (key === "Delete" || key === "Backspace") return () => this.#clear(control);
    return key === "?" ? openHelp : null;
  }

  #actWhileEditing({ key, ctrlKey, shiftKey }, control) {
    if (key === "Escape") {
      return () => {
        this.editor.setField(control.dataset.path, this.before);
        this.select(control);
      };
    }
    if (key === "Enter" && !shiftKey && !ctrlKey && !control.dataset.lines) return () => this.go(control, "down");
    return null;
  }

  #clear(control) {
    this.before = "";
    this.editor.setField(control.dataset.path, "");
  }

  // Tab goes through what is typed; beyond the last and the first it leaves the sheet as on any page.
  #tab(control, isBack) {
    const all = [...this.editor.form.querySelectorAll("textarea[data-path], .tier-button, [data-row-menu]")];
    const step = isBack ? -1 : 1;
    let place = all.indexOf(control) + step;
    while (all[place] && !(all[place] instanceof HTMLTextAreaElement)) place += step;
    return all[place] ? () => this.select(all[place]) : null;
  }

  go(control, direction) {
    const next = neighbour(this.editor.form, control, direction);
    if (next) this.select(next);
    else if (this.isEditing(control)) this.select(control);
    this.editor.leave(control);
  }

  #keyOfPage(event) {
    const { target, key } = event;
    if (event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const isTyping = target.matches("input, select, textarea");
    if (key === "F1" || (key === "?" && !isTyping)) {
      event.preventDefault();
      openHelp();
    } else if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "s") {
      event.preventDefault();
      this.editor.flush();
    } else if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "z" && target === document.body) {
      event.preventDefault();
      this.editor.history.undo();
    } else if (key === "F6") {
      event.preventDefault();
      this.#nextRegion(event.shiftKey ? -1 : 1);
    }
  }

  #nextRegion(step) {
    const sheet = this.editor.last?.isConnected ? this.editor.last : this.editor.sheet.controls()[0];
    const regions = [
      [this.editor.form, sheet],
      [document.querySelector(".margin"), document.querySelector(".margin")],
      [document.querySelector(".editor-bar"), document.querySelector(".editor-tools button")],
    ];
    const here = regions.findIndex(([region]) => region.contains(document.activeElement));
    const [region, first] = regions[(Math.max(here, 0) + step + regions.length) % regions.length];
    if (region === this.editor.form) this.select(first);
    else first.focus();
  }
}
