// Moving a row by its grip, with mouse, pen or finger. A line shows where it will stand.

const EDGE = 60; // pixels at the window's edge where the page scrolls along

export function dragRows(editor) {
  editor.form.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    drag(editor, grip, event.clientY);
  });
}

function drag(editor, grip, startY) {
  const row = grip.closest("tr");
  const rows = editor.sheet.rows();
  const paper = editor.form.closest(".paper");
  const line = document.createElement("div");
  line.className = "drop-line";
  paper.append(line);
  row.classList.add("dragged");
  document.body.classList.add("dragging");
  let place = rows.indexOf(row);
  follow({ clientY: startY });

  function follow({ clientY }) {
    const boxes = rows.map((one) => one.querySelector("td:last-child").getBoundingClientRect());
    place = boxes.findIndex((box) => clientY < (box.top + box.bottom) / 2);
    if (place < 0) place = rows.length;
    const y = place < rows.length ? boxes[place].top : boxes[rows.length - 1].bottom;
    line.style.top = `${y - paper.getBoundingClientRect().top - 2}px`;
    const to = (rows[place - 1] ?? rows[0]).dataset.second;
    line.dataset.tier = to === row.dataset.second || rows[place]?.dataset.second === row.dataset.second ? "" : to;
    if (clientY > innerHeight - EDGE) scrollBy(0, 12);
    else if (clientY < EDGE * 3) scrollBy(0, -12);
  }

  function stop(event) {
    grip.removeEventListener("pointermove", follow);
    grip.removeEventListener("pointerup", stop);
    grip.removeEventListener("pointercancel", stop);
    document.removeEventListener("keydown", cancel, true);
    line.remove();
    row.classList.remove("dragged");
    document.body.classList.remove("dragging");
    if (event?.type === "pointerup") editor.rows.move(row.dataset.uid, rows[place]?.dataset.uid ?? "");
  }

  function cancel(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    stop();
  }

  grip.addEventListener("pointermove", follow);
  grip.addEventListener("pointerup", stop);
  grip.addEventListener("pointercancel", stop);
  document.addEventListener("keydown", cancel, true);
}
