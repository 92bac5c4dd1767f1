// 指标值: how the typed text is read appears under its cell; it can be picked from sign, number and unit too.

import { get, Unreachable } from "./requests.js";
import { place } from "./menus.js";
import { template } from "./dialogs.js";

const PAUSE = 250;

export class Values {
  #readings = new Map(); // text → how it is read
  #box = null;
  #timer = 0;

  constructor(editor) {
    this.editor = editor;
    editor.form.addEventListener("focusin", (event) => this.#show(event.target));
    editor.form.addEventListener("input", (event) => this.#show(event.target, PAUSE));
    editor.form.addEventListener("focusout", (event) => {
      if (!this.#box?.contains(event.relatedTarget)) this.close();
    });
  }

  close() {
    clearTimeout(this.#timer);
    const box = this.#box;
    this.#box = null; // first: removing what has the focus comes back here
    box?.remove();
  }

  remember(text, reading) {
    if (reading) this.#readings.set(text, reading);
  }

  #show(control, pause = 0) {
    clearTimeout(this.#timer);
    if (!control.dataset.path?.endsWith("/value")) return;
    this.#timer = setTimeout(() => this.#draw(control), pause);
  }

  async #draw(control) {
    const text = control.value.trim();
    const reading = text ? await this.#read(text) : { words: "例如 ≥95%、9月底前、优良" };
    if (control !== document.activeElement || control.value.trim() !== text || this.#box?.matches("form")) return;
    this.close();
    if (!reading) return;
    const box = document.createElement("div");
    box.className = "float reading";
    const words = document.createElement("span");
    words.textContent = reading.words;
    const pick = document.createElement("button");
    pick.className = "plain";
    pick.type = "button";
    pick.tabIndex = -1;
    pick.textContent = "选填";
    pick.title = "选填符号、数值、单位（编辑时 Alt+↓）";
    pick.addEventListener("mousedown", (event) => event.preventDefault()); // the cell keeps the focus
    pick.addEventListener("click", () => this.openPicker(control));
    box.append(words, pick);
    this.#put(box, control);
    control.setAttribute("aria-description", reading.words);
  }

  async openPicker(control) {
    const text = control.value.trim();
    const reading = (text && (await this.#read(text))) || {};
    this.close();
    const picker = template("picker").firstElementChild;
    picker.classList.add("float");
    const { comparator, number, unit } = picker.elements;
    comparator.value = reading.comparator ?? "≥";
    number.value = [reading.number, reading.upper].filter(Boolean).join("-");
    unit.value = reading.unit ?? "";
    const back = () => {
      this.close();
      this.editor.keys.select(control);
    };
    picker.addEventListener("submit", (event) => {
      event.preventDefault();
      this.editor.setField(control.dataset.path, comparator.value + number.value.trim() + unit.value.trim());
      back();
    });
    picker.addEventListener("keydown", (event) => {
      if (event.key === "Escape") back();
    });
    picker.querySelector("[data-close]").addEventListener("click", back);
    picker.addEventListener("focusout", (event) => {
      if (!picker.contains(event.relatedTarget)) this.close();
    });
    this.#put(picker, control);
    (text ? number : comparator).focus();
  }

  #put(box, control) {
    this.#box = box;
    document.getElementById("main").append(box);
    place(box, control.closest(".filled"));
  }

  async #read(text) {
    if (this.#readings.has(text)) return this.#readings.get(text);
    try {
      const { status, body } = await get(`${this.editor.form.dataset.reading}?${new URLSearchParams({ text })}`);
      if (status !== 200) return null;
      this.#readings.set(text, body);
      return body;
    } catch (error) {
      if (error instanceof Unreachable) return null; // a courtesy: saving tells that nobody answers
      throw error;
    }
  }
}
