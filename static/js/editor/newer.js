// Newer rows, or a newer page, take the place of what is shown. What is typed and not saved stays.

import { showBar } from "./bars.js";
import { get } from "./requests.js";

// Put a new tbody in the place of the rows; `focus` is the path to select, else the one that had the focus.
export function swapRows(editor, html, focus = "") {
  const { sheet, keys, form } = editor;
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const rows = holder.content.querySelector("tbody");
  const active = form.contains(document.activeElement) ? document.activeElement : null;
  const path = focus || active?.dataset.path;
  const place = sheet.rows().indexOf(active?.closest("tr"));
  const caret = !focus && active && keys.isEditing(active) ? [active.selectionStart, active.selectionEnd, keys.before] : null;
  const unsaved = sheet.changedPaths().map((changed) => unsavedOf(sheet, changed));
  form.querySelector("#indicator-rows").replaceWith(rows);
  sheet.read(rows);
  for (const text of unsaved) putBack(sheet, text);
  editor.margin.mark();
  if (!focus && active?.isConnected) return;
  const control = (path && sheet.control(path)) ?? (active && inRow(sheet, place, path));
  if (!control) return;
  keys.select(control);
  if (!caret || control.dataset.path !== path) return;
  keys.edit(control);
  control.setSelectionRange(caret[0], caret[1]);
  [, , keys.before] = caret;
}

// Where the focused control is gone: the same column of the row that stands in its place now.
function inRow(sheet, place, path = "") {
  const rows = sheet.rows();
  const row = rows[Math.min(Math.max(place, 0), rows.length - 1)];
  const field = path.split("/")[2] ?? "name";
  return row?.querySelector(`[data-path$="/${field}"]`) ?? row?.querySelector('[data-path$="/name"]');
}

export function unsavedOf(sheet, path) {
  return { path, base: sheet.stored.get(path), value: sheet.control(path).value, reason: sheet.refused.get(path) };
}

// The base stays too: if somebody else changed the cell meanwhile, saving asks.
export function putBack(sheet, { path, base, value, reason }) {
  const control = sheet.control(path);
  if (!control) return;
  sheet.stored.set(path, base);
  sheet.put(control, value);
  if (reason) sheet.refuse(path, reason);
}

// Bring what is shown up to what is stored, but for cells that are touched here.
export async function catchUp(editor) {
  const { sheet, form } = editor;
  const { status, body } = await get(form.dataset.fields, { isBackground: true });
  editor.isBehind = status !== 200 || !editor.saving.isIdle;
  if (editor.isBehind) return;
  const shown = sheet.rows().map((row) => row.dataset.uid);
  if (shown.join() !== body.rows.join()) {
    const active = document.activeElement;
    editor.isBehind = form.contains(active) && editor.keys.isEditing(active); // rows do not go from under a typing hand
    if (!editor.isBehind) await editor.reload();
    return;
  }
  editor.setRevision(body.revision);
  for (const [path, text] of Object.entries(body.fields)) editor.refresh(path, text);
  editor.margin.refresh();
}

// Take over all of a newer page: fields, rows, title, margin, and what it has to say.
export function absorb(editor, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const form = page.getElementById("table-form");
  if (!form) return;
  editor.setRevision(form.dataset.revision);
  for (const control of form.querySelectorAll("textarea[data-path]")) {
    editor.refresh(control.dataset.path, control.value);
  }
  swapRows(editor, form.querySelector("#indicator-rows").outerHTML);
  for (const line of form.querySelectorAll(".line[id]")) {
    const shown = document.getElementById(line.id);
    if (shown) shown.innerHTML = line.innerHTML;
  }
  document.querySelector(".editor-title h1").textContent = page.querySelector(".editor-title h1").textContent;
  editor.margin.put(page.querySelector(".desk .margin").innerHTML);
  for (const button of page.querySelectorAll("[data-jump]")) {
    editor.status.tally({ ...tallyOf(), [button.dataset.jump]: button.querySelector("span").textContent });
  }
  for (const message of page.querySelectorAll("main > .note[role]")) {
    if (message.getAttribute("role") === "alert") editor.warn(message.textContent);
    else showBar(message.textContent, { seconds: 6 });
  }
}

function tallyOf() {
  const buttons = [...document.querySelectorAll("[data-jump]")];
  return Object.fromEntries(buttons.map((button) => [button.dataset.jump, button.querySelector("span").textContent]));
}
