// Paste from Excel, Word and WPS: a copied table is shown in a preview first, a single cell is the browser's.

import { showBar } from "./bars.js";
import { openDialog } from "./dialogs.js";

const LARGEST = 2_000_000; // characters of HTML that the server reads
const LARGEST_TEXT = 400_000; // of text; far more than a table can hold
const LARGEST_REQUEST = 2_400_000; // bytes of both

export function pasting(form) {
  const tool = document.querySelector('[data-tool="paste"]');
  return tool && new Pasting(form, tool);
}

class Pasting {
  #dialog = null;
  #isReading = false;

  constructor(form, tool) {
    this.form = form;
    this.address = tool.getAttribute("href");
    form.addEventListener("paste", (event) => this.#paste(event));
    tool.addEventListener("click", (event) => {
      event.preventDefault();
      if (!this.#dialog) this.#openEmpty();
    });
  }

  #paste(event) {
    if (this.#dialog || event.defaultPrevented || !event.clipboardData) return;
    const html = event.clipboardData.getData("text/html");
    const text = event.clipboardData.getData("text/plain");
    const isEdited = this.#isEdited(event.target);
    const hasLines = Boolean(event.target.dataset.lines);
    if (isEdited && hasLines) return; // a text of many lines takes everything
    if (!isBlock(html, text, isEdited || hasLines)) return;
    event.preventDefault();
    this.open(html, text);
  }

  #isEdited(target) {
    return target instanceof HTMLTextAreaElement && this.form.editor.keys.isEditing(target);
  }

  async open(html, text) {
    if (this.#isReading) return;
    this.#isReading = true;
    const { editor } = this.form;
    const fields = new FormData();
    const isTooLarge = html.length > LARGEST || new Blob([html, text]).size > LARGEST_REQUEST;
    fields.append("html", isTooLarge ? "" : html);
    fields.append("text", text.slice(0, LARGEST_TEXT));
    fields.append("path", editor.selected() ?? "");
    await editor.flush();
    const answer = await this.#send(this.address, fields);
    this.#isReading = false;
    if (answer) this.#show(answer.html);
    else this.#fail("没有连上服务器，内容尚未粘贴；稍后重新粘贴。");
  }

  #show(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    if (!holder.content.querySelector(".paste-preview")) return this.#fail("页面已过期，内容尚未粘贴；刷新页面后重新粘贴。");
    if (!this.#dialog) this.#openDialog(holder.content);
    else {
      const name = this.#dialog.contains(document.activeElement) ? document.activeElement.name : "";
      this.#dialog.replaceChildren(holder.content);
      this.#focus(name);
    }
    const problem = this.#dialog.querySelector("[role=alert]");
    if (problem) this.form.editor.announce(problem.textContent.trim());
    return this.#dialog;
  }

  #openDialog(content) {
    this.#dialog = openDialog(content, { wide: true });
    this.#dialog.classList.add("paste-dialog");
    this.#dialog.addEventListener("close", () => {
      this.#dialog = null;
    });
    this.#dialog.addEventListener("change", (event) => this.#changed(event.target));
    this.#dialog.addEventListener("submit", (event) => this.#submit(event));
    this.#dialog.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) this.#dialog.close();
    });
    this.#focus();
  }

  #focus(name = "") {
    const again = name && this.#dialog.querySelector(`[name="${name}"]`);
    (again || this.#dialog.querySelector(".paste-acts .btn-primary"))?.focus();
  }

  // A corrected column or setting is read again by the server; what is done with one row needs no reading.
  async #changed(control) {
    if (control.name.startsWith("act-")) control.closest("tr").dataset.act = control.value;
    if (control.name.startsWith("act-") || control.name === "text") return;
    const preview = control.closest(".paste-preview");
    const answer = await this.#send(preview.dataset.preview, new FormData(preview));
    if (!this.#dialog) return;
    if (answer) this.#show(answer.html);
    else this.#fail("没有连上服务器，设置尚未更改；稍后重试。");
  }

  async #submit(event) {
    const preview = event.target;
    if (preview.method === "dialog") return;
    event.preventDefault();
    if (preview.dataset.sent) return;
    preview.dataset.sent = "yes";
    const answer = await this.#send(preview.action, new FormData(preview));
    delete preview.dataset.sent;
    if (!answer) this.#fail("没有连上服务器，内容尚未粘贴；预览仍在，可以再次点击粘贴。");
    else if (!answer.done) this.#show(answer.html);
    else await this.#finish(answer.done);
  }

  async #finish(done) {
    this.#dialog?.close();
    const { editor } = this.form;
    await editor.reload();
    const step = { words: "粘贴表格", run: () => this.#undo(done.undo.token) };
    editor.history.remember(step);
    const control = editor.sheet.control(done.focus);
    if (control) editor.keys.select(control);
    const words = [done.message, ...done.refused].join("");
    editor.announce(words);
    return editor.history.offer(words);
  }

  async #undo(token) {
    const fields = new FormData();
    fields.append("token", token);
    const answer = await this.#send(`${this.address}undo/`, fields);
    const { editor } = this.form;
    if (!answer?.done) return editor.warn(answer?.problem ?? "没有连上服务器，尚未撤销粘贴；稍后重试。");
    await editor.reload();
    if (answer.done.refused.length) editor.warn(answer.done.refused.join(""));
    return answer;
  }

  // An empty preview to paste into: for those who look for a button.
  #openEmpty() {
    const content = document.createElement("form");
    content.className = "paste-preview narrower";
    content.method = "dialog";
    content.setAttribute("aria-labelledby", "paste-title");
    content.innerHTML = EMPTY;
    this.#openDialog(content);
    const area = content.querySelector("textarea");
    area.focus();
    area.addEventListener("paste", (event) => {
      event.preventDefault();
      const data = event.clipboardData;
      this.open(data.getData("text/html"), data.getData("text/plain"));
    });
  }

  // {html} of a preview, {done} of what was written, {problem} in words; null where the server was not reached.
  async #send(address, body) {
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
    const headers = {
      "X-Requested-With": "fetch",
      "X-CSRFToken": token,
      "X-Signed-In-As": this.form.dataset.user,
    };
    body.delete("csrfmiddlewaretoken"); // the one of the page may be of before a new login
    try {
      const response = await fetch(address, { method: "POST", body, headers, credentials: "same-origin" });
      if (response.status === 401) return (await this.form.editor.renewSession()) ? this.#send(address, body) : null;
      if (response.status >= 500) return null;
      const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
      if (!isJson) return { html: await response.text() };
      const answer = await response.json();
      return response.ok ? { done: answer } : { html: "", problem: answer.problem };
    } catch (error) {
      if (error instanceof TypeError) return null; // no connection
      throw error;
    }
  }

  #fail(words) {
    const preview = this.#dialog?.querySelector(".paste-preview");
    if (!preview) return showBar(words, { button: "知道了", seconds: 0, isAlert: true });
    preview.querySelector(".paste-failure")?.remove();
    const note = document.createElement("div");
    note.className = "note error paste-failure";
    note.setAttribute("role", "alert");
    note.textContent = words;
    return preview.querySelector(".paste-acts").before(note);
  }
}

const EMPTY = `<h2 id="paste-title">粘贴表格</h2>
<p>在 Excel、Word 或 WPS 中选中并复制，然后在下框中按 Ctrl+V。也可以不打开本窗口，选中表格中的单元格后直接按 Ctrl+V。</p>
<textarea class="form-control" name="text" rows="6" aria-label="在此粘贴"></textarea>
<p class="paste-acts"><button class="btn btn-outline-secondary" type="button" data-close>取消</button></p>`;

// A table of several cells; or text of several cells, or of several lines where no text is being typed.
export function isBlock(html, text, takesLines) {
  if (html && countCells(html) > 1) return true;
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  if (html && countCells(html) === 1) return false;
  return lines.includes("\t") || (lines.includes("\n") && !takesLines);
}

function countCells(html) {
  if (html.length > LARGEST) return 2;
  // Parsed, every style attribute in it would be a breach of the content policy.
  return html.replace(/<!--[^]*?-->/g, "").match(/<t[dh][\s>]/gi)?.length ?? 0;
}

document.addEventListener("editor:ready", (event) => pasting(event.target));
