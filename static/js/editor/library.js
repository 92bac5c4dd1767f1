// Choosing from the indicator library in the editor: a dialog that searches as one types; what is ticked is put in.

import { insertIndicators } from "./insertion.js";
import { get, Unreachable } from "./requests.js";
import { uidOf } from "./sheet.js";

const PAUSE = 150; // milliseconds after the last letter
const HINT = "勾选一条或几条，指标值按本项目填写。";

export function library(form) {
  const { editor } = form;
  const tool = document.querySelector('[data-tool="library"]');
  if (!tool) return;
  const address = tool.getAttribute("href");
  const open = () => openLibrary(editor, address);
  tool.addEventListener("click", (event) => {
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    open();
  });
  editor.rows.offers.push((uid) => ({
    label: "加入指标库…",
    act: () => propose(editor, `${address}propose/${uid}/`),
  }));
}

// What is typed is saved first, so that the proposal begins with it.
async function propose(editor, address) {
  await editor.flush();
  location.assign(address);
}

// The dialog is there at once, so that what one types on goes into its search field and not into the cell.
async function openLibrary(editor, address) {
  const row = rowOf(editor);
  const shell = document.createElement("div");
  shell.className = "library-shell";
  shell.setAttribute("aria-labelledby", "library-title");
  shell.innerHTML = `<h2 id="library-title">从指标库选</h2>
<div class="library-body"><p class="library-search filters"><input class="form-control" type="search" aria-label="查找"></p>
<p class="library-picks" role="status">正在打开指标库</p></div>
<p class="wrong" role="alert" hidden></p>
<p class="dialog-acts"><span class="chosen" role="status">${HINT}</span>
<button class="btn btn-outline-secondary" type="button" data-close>取消</button>
<button class="btn btn-primary" type="submit" form="library-picks" disabled>插入所选</button></p>`;
  const dialog = editor.dialog(shell);
  dialog.classList.add("library-dialog");
  const early = shell.querySelector("input");
  early.focus();
  const answer = await asked(editor, `${address}?${new URLSearchParams({ tier: row?.dataset.second ?? "" })}`);
  if (!answer || !dialog.open) {
    dialog.close();
    return;
  }
  shell.querySelector(".library-body").innerHTML = answer;
  new Chooser(editor, dialog, address, row?.dataset.uid ?? "").begin(early.value);
}

function rowOf(editor) {
  const uid = uidOf(editor.selected() ?? "");
  return uid ? editor.sheet.row(uid) : null;
}

// What the server answers; null where it does not, which the page then says.
async function asked(editor, address) {
  try {
    const { status, body } = await get(address);
    if (status === 200) return body;
    if (status === 401) return (await editor.renewSession()) ? asked(editor, address) : null;
    editor.warn(body.problem ?? `指标库没有打开（${status}），刷新页面后重试。`);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    editor.warn("服务器没有应答，指标库没有打开，稍后重试。");
  }
  return null;
}

class Chooser {
  #typing = 0;
  #asked = 0; // the newest search; the answer to an older one comes too late
  #picked = new Map(); // id → name, kept over several searches

  constructor(editor, dialog, address, after) {
    Object.assign(this, { editor, dialog, address, after });
    this.search = dialog.querySelector(".library-search");
    this.picks = dialog.querySelector(".library-picks");
    this.found = dialog.querySelector(".library-found");
    this.submit = dialog.querySelector('[type="submit"][form]');
    this.search.addEventListener("input", (event) => this.#later(event.target));
    this.search.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#step(null, 1);
    });
    this.picks.addEventListener("change", (event) => this.#tick(event.target));
    this.picks.addEventListener("click", (event) => this.#click(event));
    this.picks.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#insert();
    });
    dialog.addEventListener("keydown", (event) => this.#key(event));
  }

  begin(text) {
    const { q } = this.search.elements;
    q.value = text;
    q.focus();
    if (text) this.#find();
  }

  #later(control) {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#find(), control.matches("select") ? 0 : PAUSE);
  }

  async #find() {
    const turn = ++this.#asked;
    const answer = await asked(this.editor, `${this.search.dataset.search}?${new URLSearchParams(new FormData(this.search))}`);
    if (answer === null || turn !== this.#asked) return;
    this.found.innerHTML = answer.found;
    this.picks.scrollTop = 0;
    for (const box of this.#boxes()) {
      box.checked = this.#picked.has(box.value);
      box.closest("li").classList.toggle("ticked", box.checked);
    }
  }

  #boxes() {
    return [...this.found.querySelectorAll("input:not(:disabled)")];
  }

  #tick(box) {
    if (box.checked) this.#picked.set(box.value, box.closest("li").querySelector("b").textContent);
    else this.#picked.delete(box.value);
    box.closest("li").classList.toggle("ticked", box.checked);
    const names = [...this.#picked.values()];
    this.submit.disabled = !names.length;
    this.dialog.querySelector(".chosen").textContent = names.length
      ? `已选${names.length}条：${names.slice(0, 3).join("、")}${names.length > 3 ? "等" : ""}`
      : HINT;
  }

  // The whole of an entry can be clicked.
  #click(event) {
    const box = event.target.closest("li")?.querySelector("input:not(:disabled)");
    if (!box || event.target === box || event.target.closest("label") || getSelection().toString()) return;
    box.click();
    box.focus();
  }

  // From the search field into the list and along it; Enter in the list puts in what is ticked, or the entry itself.
  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const { key, target } = event;
    const box = target.closest(".library-results") && target;
    if ((key === "ArrowDown" || key === "ArrowUp") && !target.matches("select")) {
      event.preventDefault();
      this.#step(box, key === "ArrowDown" ? 1 : -1);
    } else if (key === "Enter" && box) {
      event.preventDefault();
      if (!this.#picked.size) box.click();
      this.#insert();
    }
  }

  #step(box, step) {
    const boxes = this.#boxes();
    const place = box ? boxes.indexOf(box) + step : step > 0 ? 0 : -1;
    (boxes[place] ?? (place < 0 ? this.search.elements.q : boxes[boxes.length - 1]))?.focus();
  }

  async #insert() {
    if (!this.#picked.size || this.submit.disabled) return;
    this.submit.disabled = true;
    await this.editor.flush();
    const { editor, dialog, address, after } = this;
    const problem = await insertIndicators(editor, { dialog, address, after, ids: [...this.#picked.keys()] });
    this.submit.disabled = false;
    const wrong = this.dialog.querySelector(".wrong");
    wrong.hidden = !problem;
    wrong.textContent = problem;
  }
}

document.addEventListener("editor:ready", (event) => library(event.target));
