// The margin beside a sheet works without this; it only moves notes beside their cells and offers known phrases.

// A note moves down to the height of its cell as long as all notes still end beside the sheet.
function standBesideCells() {
  const notes = [...document.querySelectorAll(".remark[data-beside]")];
  for (const note of notes) note.style.marginTop = "";
  const margin = document.querySelector(".desk.with-margin > .margin");
  const sheet = document.querySelector(".desk.with-margin > .paper");
  if (!margin || !sheet || margin.offsetLeft < sheet.offsetLeft + sheet.offsetWidth) return;
  // It stays in sight while a longer margin scrolls: all of a short sheet, the end of a tall one.
  sheet.style.top = `${Math.min(60, innerHeight - sheet.offsetHeight - 16)}px`;
  let room = sheet.getBoundingClientRect().bottom - margin.lastElementChild.getBoundingClientRect().bottom;
  for (const note of notes) {
    const cell = document.getElementById(note.dataset.beside);
    const gap = cell ? cell.getBoundingClientRect().top - note.getBoundingClientRect().top : 0;
    const step = Math.min(gap, room);
    if (step <= 0) continue;
    note.style.marginTop = `${step}px`;
    room -= step;
  }
}

function offerPhrases() {
  for (const list of document.querySelectorAll("select[data-phrases-for]")) {
    list.hidden = false;
    list.addEventListener("change", () => {
      const text = document.getElementById(list.dataset.phrasesFor);
      if (list.value) text.value = list.value;
    });
  }
}

offerPhrases();
if (document.querySelector(".remark[data-beside]")) {
  standBesideCells();
  addEventListener("resize", standBesideCells);
  document.querySelector(".margin")?.addEventListener("toggle", standBesideCells, true);
}
