// The margin beside a sheet works without this; it only moves notes beside their cells and offers known phrases.

const SPACE = 16;

// What is sticky at the top of the page, in pixels.
export function topOfDesk() {
  const bar = document.querySelector(".editor-bar") ?? document.querySelector(".topbar");
  return bar.getBoundingClientRect().height + (parseFloat(getComputedStyle(bar).top) || 0);
}

// A note moves down to the height of its cell as long as all notes still end beside the sheet.
export function standBesideCells() {
  const notes = [...document.querySelectorAll(".remark[data-beside]")];
  for (const note of notes) note.style.marginTop = "";
  const margin = document.querySelector(".desk.with-margin > .margin");
  const sheet = document.querySelector(".desk.with-margin > .paper");
  if (!margin || !sheet || margin.offsetLeft < sheet.offsetLeft + sheet.offsetWidth) return;
  // It stays in sight while a longer margin scrolls: all of a short sheet, the end of a tall one.
  sheet.style.top = `${Math.min(topOfDesk() + SPACE, innerHeight - sheet.offsetHeight - SPACE)}px`;
  let room = sheet.getBoundingClientRect().bottom - margin.lastElementChild.getBoundingClientRect().bottom;
  const gaps = notes.map((note) => {
    const cell = document.getElementById(note.dataset.beside);
    return cell ? cell.getBoundingClientRect().top - note.getBoundingClientRect().top : 0;
  });
  let moved = 0; // every note below one that moves down moves with it
  notes.forEach((note, place) => {
    const step = Math.min(gaps[place] - moved, room);
    if (step <= 0) return;
    note.style.marginTop = `${step}px`;
    room -= step;
    moved += step;
  });
}

export function offerPhrases() {
  for (const list of document.querySelectorAll("select[data-phrases-for][hidden]")) {
    list.hidden = false;
    list.addEventListener("change", () => {
      const text = document.getElementById(list.dataset.phrasesFor);
      if (list.value) text.value = list.value;
    });
  }
}

offerPhrases();
standBesideCells();
addEventListener("resize", standBesideCells);
document.querySelector(".margin")?.addEventListener("toggle", standBesideCells, true);
