// Who else is editing, and whether they saved something: then the editor catches up.

import { post, Unreachable } from "./requests.js";

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
    if (isBehind && editor.saving.isIdle) await editor.catchUp();
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
