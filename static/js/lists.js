// A list of projects works without this; it ticks a whole page at once and says how many are ticked and their sum.

const FEN_PER_WAN = 1000000;

// 元 as the server writes it (“18000.00”) in 分: whole numbers, so that nothing is rounded.
function inFen(yuan) {
  const [whole, decimals = ""] = yuan.replace("-", "").split(".");
  const fen = Number(whole) * 100 + Number(decimals.padEnd(2, "0").slice(0, 2));
  return yuan.startsWith("-") ? -fen : fen;
}

// 分 in 万元 as the wan filter prints it: thousands separated, two to six decimals.
export function inWan(fen) {
  const size = Math.abs(fen);
  const whole = String(Math.floor(size / FEN_PER_WAN)).replace(/\B(?=(\d{3})+$)/g, ",");
  const decimals = String(size % FEN_PER_WAN).padStart(6, "0").replace(/0{1,4}$/, "");
  return `${fen < 0 ? "-" : ""}${whole}.${decimals}`;
}

export function ticking(form) {
  const all = form.querySelector("[data-tick-all]");
  const said = form.querySelector("[data-picked]");
  const scope = form.elements.scope;
  const boxes = [...form.querySelectorAll("input[data-budget]")];

  function say() {
    const ticked = boxes.filter((box) => box.checked);
    all.checked = ticked.length > 0 && ticked.length === boxes.length;
    all.indeterminate = ticked.length > 0 && ticked.length < boxes.length;
    const sum = ticked.reduce((total, box) => total + inFen(box.dataset.budget), 0);
    said.textContent = `已勾选${ticked.length}个，预算数${inWan(sum)}万元`;
    said.hidden = !ticked.length || scope?.value === "all";
  }

  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    say();
  });
  form.addEventListener("change", (event) => event.target !== all && say());
  addEventListener("pageshow", say); // the browser puts ticks back after “back”
  say();
}

const list = document.getElementById("project-list");
if (list?.querySelector("[data-tick-all]")) ticking(list);
