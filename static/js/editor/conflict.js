// Two people changed one cell: both texts and a choice. Nothing is decided by who was faster.

import { closing, openDialog, template } from "./dialogs.js";
import { CONFLICT } from "./refusals.js";

// Resolves true where the job is done with, false where it is to be sent again over the other's text.
export async function resolveConflict(editor, { conflict }) {
  const { sheet, drafts, status, announce } = editor;
  const { path, theirs } = conflict;
  const content = template("conflict-dialog");
  const mine = sheet.control(path).value;
  const place = conflict.place || sheet.label(path);
  content.querySelector("[data-who]").textContent =
    `“${place}”在打开之后已被${conflict.by || "他人"}${conflict.at ? `于${conflict.at}` : ""}修改，选择保留哪一个。`;
  content.querySelector("[data-mine]").textContent = mine || "（空）";
  content.querySelector("[data-theirs]").textContent = theirs || "（空）";
  const dialog = openDialog(content);
  // Keys meant for the next cell must not choose.
  dialog.tabIndex = -1;
  dialog.focus();
  status.show("conflict", CONFLICT);
  announce(`${place} 与他人修改冲突`);
  const choice = await closing(dialog);
  if (choice === "mine") {
    sheet.stored.set(path, theirs);
    return false;
  }
  if (choice === "theirs") {
    sheet.stored.set(path, theirs);
    sheet.accept(path);
    sheet.put(sheet.control(path), theirs);
    drafts.drop(path);
    announce(`${place} 已采用对方的内容`);
    return true;
  }
  sheet.refuse(path, CONFLICT);
  drafts.keep(path, sheet.stored.get(path), mine, sheet.label(path), CONFLICT);
  return true;
}
