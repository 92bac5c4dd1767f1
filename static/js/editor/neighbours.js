// Where an arrow leads: the nearest control in that direction that shares a row or a column.

export function neighbour(form, from, direction) {
  const isVertical = direction === "up" || direction === "down";
  const sign = direction === "down" || direction === "right" ? 1 : -1;
  const start = boxOf(from, isVertical);
  let best = null;
  for (const control of form.querySelectorAll("textarea[data-path], .tier-button, [data-row-menu]")) {
    if (control === from || (isVertical && isTool(control) !== isTool(from))) continue;
    const box = boxOf(control, isVertical);
    const distance = sign > 0 ? box.start - start.end : start.start - box.end;
    if (distance < -1) continue;
    const overlap = Math.min(box.sideEnd, start.sideEnd) - Math.max(box.side, start.side);
    if (overlap <= 0) continue;
    // The nearest; of several as near, down and up the leftmost, sideways the uppermost.
    const rank = distance * 1000 + Math.max(box.side - start.side, 0);
    if (!best || rank < best.rank) best = { control, rank };
  }
  return best?.control ?? null;
}

function isTool(control) {
  return control.hasAttribute("data-row-menu");
}

// The cell of a control along the way (start to end) and across it.
function boxOf(control, isVertical) {
  const { left, right, top, bottom } = (isTool(control) ? control : control.closest(".filled")).getBoundingClientRect();
  return isVertical
    ? { start: top, end: bottom, side: left + 1, sideEnd: right - 1 }
    : { start: left, end: right, side: top + 1, sideEnd: bottom - 1 };
}
