// Who else is editing, and what they saved: cells nobody touches here are brought up to date.

import { get, post, Unreachable } from "./requests.js";

const PERIOD = 20_000;

export function watchPresence(editor) {
  const look = () => {
    if (document.visibilityState === "visible") meet(editor);
  };
  setInterval(look, PERIOD);
  addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);
  look();
}

async function meet(editor) {
  const { form } = editor;
  try {
    const { status, body } = await post(form.dataset.presence, {}, { isBackground: true });
    if (status !== 200) return; // an ended session is asked about when something is saved
    tell(body.others);
    const isBehind = editor.isBehind || Number(body.revision) > editor.revision;
    if (isBehind && editor.saving.isIdle) await catchUp(editor);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
}

function tell(others) {
  const place = document.getElementById("others");
  place.hidden = !others.length;
  place.textContent = others.map(({ name, since }) => `${name}（${since}起）`).join("、") + "也在填报";
  place.title = place.textContent;
}

// Bring what is shown up to what is stored.
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
