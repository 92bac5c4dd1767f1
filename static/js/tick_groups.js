// A tick in the head of a list ticks all rows of a name: <input type="checkbox" data-ticks="projects" hidden>.

for (const head of document.querySelectorAll("input[data-ticks]")) {
  const rows = () => [...document.querySelectorAll(`input[name="${head.dataset.ticks}"]:enabled`)];
  const show = () => {
    const ticked = rows().filter((row) => row.checked).length;
    head.checked = ticked > 0 && ticked === rows().length;
    head.indeterminate = ticked > 0 && !head.checked;
  };
  head.hidden = false;
  head.addEventListener("change", () => {
    for (const row of rows()) row.checked = head.checked;
  });
  document.addEventListener("change", show);
  show();
}
