// The parts of the narrative: add, remove, order, link to projects. The server does it and sends the parts.

import { openMenu } from "../editor/menus.js";
import { newUid } from "../editor/rows.js";

const FIRST_FIELD = { sub_goals: "/title", safeguards: "/title" }; // by list; other parts are one field

export class Parts {
  constructor(editor) {
    this.editor = editor;
    editor.form.addEventListener("click", (event) => this.#click(event));
    editor.form.addEventListener("change", (event) => this.#change(event.target));
    editor.form.addEventListener("keydown", (event) => this.#key(event));
    editor.form.addEventListener("pointerdown", (event) => this.#grab(event));
  }

  add(list, after = "") {
    const uid = newUid();
    const step = { words: "增加一项", acts: [{ act: "remove", part: `${list}/${uid}` }] };
    return this.#do("add", { list, uid, after }, step, `${list}/${uid}${FIRST_FIELD[list] ?? ""}`);
  }

  async remove(part) {
    const answer = await this.#do("remove", { part }, { words: "删除一项" });
    if (answer?.undo) this.editor.history.offer("已删除一项");
  }

  move(part, before) {
    const parts = this.#siblings(part);
    const place = parts.indexOf(part);
    const below = parts[place + 1] ?? "";
    if (before === part || before === below) return null;
    const back = [{ act: "move", part, before: uidOf(below) }];
    return this.#do("move", { part, before: uidOf(before) }, { words: "移动一项", acts: back }, this.#field(part));
  }

  shift(part, step) {
    const parts = this.#siblings(part);
    const place = parts.indexOf(part);
    if (!parts[place + step]) return this.editor.announce(step < 0 ? "已是第一项。" : "已是最后一项。");
    return this.move(part, parts[step < 0 ? place - 1 : place + 2] ?? "");
  }

  openMenu(anchor, part) {
    const parts = this.#siblings(part);
    const place = parts.indexOf(part);
    openMenu(anchor, [
      { label: "在下面加一项", hint: "Ctrl+Enter", act: () => this.add(listOf(part), uidOf(part)) },
      { label: "上移", hint: "Alt+↑", disabled: !place, act: () => this.shift(part, -1) },
      { label: "下移", hint: "Alt+↓", disabled: place === parts.length - 1, act: () => this.shift(part, 1) },
      { rule: true },
      { label: "删除", act: () => this.remove(part) },
    ]);
  }

  async #do(name, fields, step, focus = "") {
    const answer = await this.editor.act(name, fields, focus);
    if (!answer) return null;
    const acts = answer.undo ? [answer.undo] : step.acts;
    if (acts) this.editor.history.remember({ ...step, acts });
    return answer;
  }

  #click(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if ("add" in button.dataset) this.add(button.dataset.add);
    else if ("partMenu" in button.dataset) this.openMenu(button, button.closest("[data-part]").dataset.part);
  }

  #change(tick) {
    const links = tick.closest("[data-links]");
    if (!links) return;
    const codes = [...links.querySelectorAll("input:checked")].map((one) => one.value).join(",");
    const before = [...links.querySelectorAll("input")].filter((one) => one.defaultChecked).map((one) => one.value).join(",");
    const part = links.dataset.links;
    this.#do("link", { part, codes }, { words: "对应项目", acts: [{ act: "link", part, codes: before }] });
  }

  #key(event) {
    const part = event.target.closest(".typed")?.dataset.part;
    if (!part || event.isComposing) return;
    const isArrow = event.key === "ArrowUp" || event.key === "ArrowDown";
    if (event.altKey && isArrow) this.shift(part, event.key === "ArrowUp" ? -1 : 1);
    else if ((event.ctrlKey || event.metaKey) && event.key === "Enter") this.add(listOf(part), uidOf(part));
    else return;
    event.preventDefault();
  }

  // Drag by the grip: a line shows before which part it will stand.
  #grab(event) {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    const { part } = grip.closest("[data-part]").dataset;
    const parts = this.#siblings(part);
    let before = part;
    const follow = ({ clientY }) => {
      this.#unmark();
      before = parts.find((one) => clientY < middle(this.#element(one))) ?? "";
      this.#element(before || parts[parts.length - 1]).classList.add(before ? "drop-before" : "drop-after");
    };
    const stop = ({ type }) => {
      this.#unmark();
      document.body.classList.remove("dragging");
      grip.removeEventListener("pointermove", follow);
      grip.removeEventListener("pointerup", stop);
      grip.removeEventListener("pointercancel", stop);
      if (type === "pointerup") this.move(part, before);
    };
    document.body.classList.add("dragging");
    grip.addEventListener("pointermove", follow);
    grip.addEventListener("pointerup", stop);
    grip.addEventListener("pointercancel", stop);
  }

  #unmark() {
    for (const one of this.editor.form.querySelectorAll(".drop-before, .drop-after")) {
      one.classList.remove("drop-before", "drop-after");
    }
  }

  #element(part) {
    return this.editor.form.querySelector(`.typed[data-part="${CSS.escape(part)}"]`);
  }

  #field(part) {
    return this.#element(part).querySelector("textarea").dataset.path;
  }

  // The parts of the same list, in order.
  #siblings(part) {
    const list = listOf(part);
    const all = [...this.editor.form.querySelectorAll(".typed[data-part]")].map((one) => one.dataset.part);
    return all.filter((one) => listOf(one) === list);
  }
}

function listOf(part) {
  return part.slice(0, part.lastIndexOf("/"));
}

function uidOf(part) {
  return part.slice(part.lastIndexOf("/") + 1);
}

function middle(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return (top + bottom) / 2;
}
