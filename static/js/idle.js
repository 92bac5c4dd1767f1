// A session ends when nobody acts for a while. This warns before, keeps it while somebody types or reads, and
// leads to the login page after; where something is typed and not stored, one logs in on the page instead.

import { get, post, Unreachable } from "./editor/requests.js";

const TICK = 1000;
const PATIENCE = 5000; // between two questions to a server that does not answer
const SHARE = 30; // the server notes an act as often (departments/idle.py)
const ACTS = ["keydown", "pointerdown", "wheel", "input"];
const RENEWED = "session-renewed"; // said by whoever logged in on the page

class Idle {
  #isAsked = false; // the server, whether the warning is due
  #isOver = false;
  #askedAt = 0;
  #keptAt = Date.now();

  constructor(template) {
    const { user, left, warning, session, login } = template.dataset;
    [this.warning, this.end] = template.content.cloneNode(true).querySelectorAll("dialog");
    this.key = `perfbudget:session-ends:${user}`;
    this.limit = Number(warning) * 1000;
    this.period = (Number(left) * 1000) / SHARE;
    this.address = session;
    this.loginPage = login;
    this.#put(Number(left));
    this.#listen();
    setInterval(() => this.look(), TICK);
  }

  #listen() {
    this.warning.querySelector("button").addEventListener("click", () => this.keep());
    this.warning.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.keep();
    });
    this.end.addEventListener("cancel", (event) => event.preventDefault());
    this.end.querySelector("form").addEventListener("submit", (event) => this.#login(event));
    for (const name of ACTS) addEventListener(name, () => this.#act(), { capture: true, passive: true });
    document.addEventListener(RENEWED, () => this.#renewed());
  }

  // When it ends, in milliseconds: the tabs of a browser share one session and this.
  get #left() {
    return Number(localStorage.getItem(this.key)) - Date.now();
  }

  #put(seconds) {
    localStorage.setItem(this.key, Date.now() + seconds * 1000);
  }

  look() {
    const left = this.#left;
    if (left > this.limit) return this.#calm();
    if (this.#isOver) return undefined;
    // What was saved meanwhile, here or elsewhere, only the server knows.
    if (!this.#isAsked || left <= 0) return this.#ask();
    this.warning.querySelector("[role=timer]").textContent = spoken(Math.ceil(left / 1000));
    return show(this.warning);
  }

  // Somebody acted, maybe in another tab, or has logged in again.
  #calm() {
    this.#isAsked = false;
    this.#isOver = false;
    hide(this.warning);
    hide(this.end);
  }

  #act() {
    if (this.#isOver || this.warning.open || Date.now() - this.#keptAt < this.period) return;
    this.keep();
  }

  async keep() {
    this.#keptAt = Date.now();
    await this.#hear(() => post(this.address, {}));
    if (!this.#isOver) this.look();
  }

  async #ask() {
    if (Date.now() - this.#askedAt < PATIENCE && this.#isAsked) return;
    this.#askedAt = Date.now();
    this.#isAsked = true;
    await this.#hear(() => get(this.address, { isBackground: true }));
  }

  // Where the server does not answer, the count goes on: it may be back in time.
  async #hear(send) {
    try {
      const { status, body } = await send();
      if (status === 200) this.#put(body.left);
      else if (status === 401) this.#over();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
  }

  #over() {
    if (this.#isOver) return;
    this.#isOver = true;
    hide(this.warning);
    if (holdsText()) return show(this.end);
    const here = encodeURIComponent(location.pathname + location.search);
    location.assign(`${this.loginPage}?next=${here}`);
  }

  async #login(event) {
    event.preventDefault();
    const form = event.target;
    const reason = await refusal(form);
    const problem = form.querySelector(".wrong");
    problem.textContent = reason;
    problem.hidden = !reason;
    form.password.value = "";
    if (reason) form.password.focus();
    else document.dispatchEvent(new Event(RENEWED));
  }

  // The token in the forms of the page is of before the login.
  async #renewed() {
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
    this.#isOver = false;
    await this.keep();
  }
}

// Why the login was refused; "" where it was not.
async function refusal(form) {
  try {
    const fields = { username: form.username.value, password: form.password.value };
    const { status, body } = await post(form.getAttribute("action"), fields);
    return status === 200 ? "" : body.problem ?? `登录没有成功（${status}），稍后重试。`;
  } catch (error) {
    if (error instanceof Unreachable) return "服务器没有应答，稍后重试。";
    throw error;
  }
}

function show(dialog) {
  if (dialog.open) return;
  document.body.append(dialog);
  dialog.showModal();
}

function hide(dialog) {
  if (!dialog.open) return;
  dialog.close();
  dialog.remove();
}

// Is there anything on the page that nobody has stored? An editor keeps what it holds.
function holdsText() {
  if (document.getElementById("table-form")?.dataset.session) return true;
  return [...document.querySelectorAll("main textarea, main input, main select, dialog textarea")].some(isChanged);
}

function isChanged(control) {
  if (control.type === "hidden") return false;
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  if (control.type === "file") return control.files.length > 0;
  if (!control.options) return control.value !== control.defaultValue;
  const atFirst = [...control.options].findIndex((option) => option.defaultSelected);
  return control.selectedIndex !== Math.max(atFirst, 0);
}

function spoken(seconds) {
  const minutes = Math.floor(seconds / 60);
  return minutes ? `${minutes}分${String(seconds % 60).padStart(2, "0")}秒` : `${seconds}秒`;
}

const template = document.getElementById("idle-dialogs");
if (template) new Idle(template);
