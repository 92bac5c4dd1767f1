// The controls of the sheet. Each stands for one path; `stored` is what the server is known to hold there.

export class Sheet {
  constructor(form) {
    this.form = form;
    this.stored = new Map();
    this.refused = new Map(); // path → why its text is not saved
    this.respelled = new Map(); // path → {typed, stored}: 2 is stored as 2.00
    this.read();
  }

  // Take what the page says as stored; after rows were swapped too.
  read(root = this.form) {
    for (const control of root.querySelectorAll("textarea[data-path]")) {
      this.stored.set(control.dataset.path, control.defaultValue); // the value may be typed on already
    }
    for (const control of root.querySelectorAll("[data-path]")) control.id ||= anchorOf(control.dataset.path);
  }

  controls() {
    return [...this.form.querySelectorAll("textarea[data-path]")];
  }

  control(path) {
    return this.form.querySelector(`[data-path="${CSS.escape(path)}"]`);
  }

  row(uid) {
    return this.form.querySelector(`tr[data-uid="${CSS.escape(uid)}"]`);
  }

  rows() {
    return [...this.form.querySelectorAll("tr[data-uid]")];
  }

  label(path) {
    return this.control(path)?.getAttribute("aria-label") ?? path;
  }

  isChanged(path) {
    const control = this.control(path);
    if (!(control instanceof HTMLTextAreaElement)) return false;
    return control.value !== this.stored.get(path) && !this.#isRespelled(path, control.value);
  }

  // Show the stored spelling, once nobody is typing any more.
  settle(path) {
    const control = this.control(path);
    if (control && this.#isRespelled(path, control.value)) this.put(control, this.stored.get(path));
    this.respelled.delete(path);
  }

  #isRespelled(path, text) {
    const known = this.respelled.get(path);
    return known !== undefined && known.typed === text && known.stored === this.stored.get(path);
  }

  changedPaths() {
    return this.controls().map((control) => control.dataset.path).filter((path) => this.isChanged(path));
  }

  // Put a text into a control without taking it for typed.
  put(control, text) {
    if (control.value !== text) control.value = text;
    grow(control);
  }

  // Show under the cell why its text was not saved.
  refuse(path, reason) {
    this.accept(path);
    this.refused.set(path, reason);
    const control = this.control(path);
    if (!control) return;
    const note = document.createElement("p");
    note.className = "refusal";
    note.id = `${control.id}-refusal`;
    note.innerHTML = "<b>未保存</b> ";
    note.append(reason);
    control.parentElement.after(note);
    control.closest(".filled").classList.add("refused");
    control.setAttribute("aria-invalid", "true");
    describe(control, note.id);
  }

  accept(path) {
    this.refused.delete(path);
    const control = this.control(path);
    if (!control?.hasAttribute("aria-invalid")) return;
    control.removeAttribute("aria-invalid");
    undescribe(control, `${control.id}-refusal`);
    control.closest(".filled").classList.remove("refused");
    document.getElementById(`${control.id}-refusal`)?.remove();
  }
}

// What is said of a control beside its name; several notes may describe one.
export function describe(control, id) {
  undescribe(control, id);
  control.setAttribute("aria-describedby", [...notesOf(control), id].join(" "));
}

export function undescribe(control, id) {
  const left = notesOf(control).filter((each) => each !== id);
  if (left.length) control.setAttribute("aria-describedby", left.join(" "));
  else control.removeAttribute("aria-describedby");
}

function notesOf(control) {
  return (control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
}

// The ids that the server gives to cells: indicators/views/marking.py, cell_id.
export function anchorOf(path) {
  return `at-${path.replace(/[^\p{L}\p{N}_-]/gu, "-")}`;
}

// The printed text under a control gives the cell its height. A line break at its end needs something after it.
export function grow(control) {
  const { value } = control;
  control.previousElementSibling.textContent = value.endsWith("\n") ? `${value} ` : value;
}

// The address of a row's uid in a path such as indicators/<uid>/value; null elsewhere.
export function uidOf(path) {
  const steps = path.split("/");
  return steps[0] === "indicators" ? steps[1] : null;
}
