// 原值: the list of changes in the margin marks its cells; over the one in focus stands what it held.

import { describe, undescribe } from "./sheet.js";

export function markChanged({ sheet, form }, aside) {
  for (const box of form.querySelectorAll(".former")) {
    for (const control of form.querySelectorAll(`[aria-describedby~="${box.id}"]`)) undescribe(control, box.id);
    box.remove();
  }
  for (const row of form.querySelectorAll("tr.added")) row.classList.remove("added");
  for (const cell of form.querySelectorAll("[data-former]")) delete cell.dataset.former;
  for (const line of aside.querySelectorAll("[data-changed]")) mark(sheet, line);
}

function mark(sheet, line) {
  const control = sheet.control(line.dataset.changed);
  const cell = control?.closest(".filled");
  if (!cell) return;
  const isAdded = "added" in line.dataset;
  const box = boxIn(cell, control);
  box.append(wordsOf(line.querySelector(".changed-text"), isAdded));
  const addedRow = isAdded && cell.closest("tr"); // a new part of a text is marked as its fields are
  box.hidden = Boolean(addedRow);
  if (addedRow) addedRow.classList.add("added");
  else cell.dataset.former = "";
  for (const each of addedRow ? addedRow.querySelectorAll("textarea") : [control]) describe(each, box.id);
}

function boxIn(cell, control) {
  let box = cell.querySelector(".former");
  if (box) return box; // the name of a row stands for its tiers too
  box = document.createElement("div");
  box.className = "former";
  box.id = `${control.id}-former`;
  cell.append(box);
  return box;
}

function wordsOf(text, isAdded) {
  const words = document.createElement("p");
  const name = document.createElement("b");
  name.textContent = text.dataset.name;
  words.append(name);
  if (isAdded) return words;
  const held = text.cloneNode(true);
  for (const added of held.querySelectorAll("ins")) added.remove();
  words.append(" ", ...(held.textContent ? held.childNodes : ["（空）"]));
  return words;
}
