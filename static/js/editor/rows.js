// Rows of indicators: add, duplicate, remove, move, change of tier. The server does it and sends the rows.

import { openMenu } from "./menus.js";

export class Rows {
  constructor(editor) {
    this.editor = editor;
    this.offers = []; // of other features: (uid) → an item of the row's menu
    editor.form.addEventListener("click", (event) => this.#click(event.target.closest("button")));
    editor.margin.aside.addEventListener("click", (event) => {
      const button = event.target.closest('button[name="restore"]');
      if (button) this.restore(button.value);
    });
  }

  get tiers() {
    return [...this.editor.form.querySelectorAll("[data-add]")].map(({ dataset }) => [dataset.first, dataset.second]);
  }

  addBelow(uid) {
    const { first, second } = this.editor.sheet.row(uid).dataset;
    return this.add(first, second, uid);
  }

  add(first_tier, second_tier, after = "") {
    const uid = newUid();
    const step = { words: "加一行", acts: [{ act: "remove", uid }] };
    return this.#do("add", { uid, after, first_tier, second_tier }, step, `indicators/${uid}/name`);
  }

  duplicate(uid) {
    const copy = newUid();
    const step = { words: "复制一行", acts: [{ act: "remove", uid: copy }] };
    return this.#do("duplicate", { uid, new: copy }, step, `indicators/${copy}/name`);
  }

  async remove(uid) {
    const { sheet, history } = this.editor;
    const rows = sheet.rows();
    const place = rows.indexOf(sheet.row(uid));
    const name = sheet.control(`indicators/${uid}/name`).value;
    const next = rows[place + 1] ?? rows[place - 1];
    const words = `删除第${place + 1}行${name && `“${name}”`}`;
    const answer = await this.#do("remove", { uid }, { words }, next && `indicators/${next.dataset.uid}/name`);
    if (answer?.undo) history.offer(`已${words}`);
  }

  // A row that the version before had, as the server wrote it down.
  restore(row) {
    return this.#do("restore", { row }, { words: "恢复一行" }, `indicators/${JSON.parse(row).uid}/name`);
  }

  // One place up (-1) or down (1).
  shift(uid, step) {
    const rows = this.editor.sheet.rows();
    const place = rows.indexOf(this.editor.sheet.row(uid));
    if (!rows[place + step]) return this.editor.announce(step < 0 ? "已是第一行。" : "已是最后一行。");
    return this.move(uid, rows[step < 0 ? place - 1 : place + 2]?.dataset.uid ?? "");
  }

  move(uid, before) {
    const { sheet } = this.editor;
    const row = sheet.row(uid);
    const rows = sheet.rows();
    const below = rows[rows.indexOf(row) + 1]?.dataset.uid ?? "";
    if (before === below || before === uid) return null;
    const { first, second } = row.dataset;
    const back = [
      { act: "move", uid, before: below },
      { act: "tier", uids: uid, first_tier: first, second_tier: second },
    ];
    return this.#do("move", { uid, before }, { words: "移动一行", acts: back }, this.editor.last?.dataset.path);
  }

  setTier(uids, first_tier, second_tier, focus) {
    const groups = new Map(); // back to where each row was
    for (const uid of uids) {
      const { first, second } = this.editor.sheet.row(uid).dataset;
      const key = JSON.stringify([first, second]);
      groups.set(key, [...(groups.get(key) ?? []), uid]);
    }
    const acts = [...groups].map(([key, rows]) => {
      const [first, second] = JSON.parse(key);
      return { act: "tier", uids: rows.join(","), first_tier: first, second_tier: second };
    });
    return this.#do("tier", { uids: uids.join(","), first_tier, second_tier }, { words: "改类别", acts }, focus);
  }

  openMenu(uid) {
    const row = this.editor.sheet.row(uid);
    const place = this.editor.sheet.rows().indexOf(row);
    const anchor = row.querySelector("[data-row-menu]");
    openMenu(anchor, [
      { heading: `第${place + 1}行` },
      { label: "在下面加一行", hint: "Ctrl+Enter", act: () => this.addBelow(uid) },
      { label: "复制", act: () => this.duplicate(uid) },
      { label: "上移", hint: "Alt+↑", disabled: !place, act: () => this.shift(uid, -1) },
      { label: "下移", hint: "Alt+↓", disabled: place === this.editor.sheet.rows().length - 1, act: () => this.shift(uid, 1) },
      { label: "改类别…", act: () => this.openTierMenu(anchor, [uid]) },
      ...this.offers.map((offer) => offer(uid)),
      { rule: true },
      { label: "删除", act: () => this.remove(uid) },
    ]);
  }

  openTierMenu(anchor, uids) {
    const present = uids.map((uid) => this.editor.sheet.row(uid).dataset);
    const isOf = (first, second) => present.every((row) => row.first === first && row.second === second);
    const items = [{ heading: uids.length > 1 ? `把这 ${uids.length} 行改为` : "改为" }];
    let heading = "";
    for (const [one, two] of this.tiers) {
      if (one !== heading) items.push({ rule: true }, { heading: one });
      heading = one;
      const focus = `indicators/${uids[0]}/second_tier`;
      items.push({
        label: two,
        checked: isOf(one, two),
        act: () => this.setTier(uids, one, two, focus),
      });
    }
    const { first, second } = present[0];
    if (second && isOf(first, second)) {
      items.push({ rule: true }, { label: `在“${second}”加一行`, act: () => this.addBelow(uids[uids.length - 1]) });
    }
    openMenu(anchor, items);
  }

  #click(button) {
    if (!button) return;
    const { dataset } = button;
    const uid = button.closest("tr")?.dataset.uid;
    if ("add" in dataset) this.add(dataset.first, dataset.second);
    else if ("rowMenu" in dataset) this.openMenu(uid);
    else if (button.classList.contains("tier-button")) this.openTierMenu(button, this.#group(uid, Number(dataset.rows)));
  }

  // The rows a merged tier cell stands for.
  #group(uid, count) {
    const rows = this.editor.sheet.rows();
    const start = rows.indexOf(this.editor.sheet.row(uid));
    return rows.slice(start, start + count).map((row) => row.dataset.uid);
  }

  async #do(name, fields, step, focus) {
    const answer = await this.editor.act(name, fields, focus);
    if (!answer) return null;
    const acts = answer.undo ? [answer.undo] : step.acts;
    if (acts) this.editor.history.remember({ ...step, acts });
    return answer;
  }
}

// 32 hexadecimal digits: a row's id from birth.
export function newUid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
