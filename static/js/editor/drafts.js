// What is typed and not yet saved, kept in the browser from the first keystroke. Cleared once saved, and at logout.

export class Drafts {
  constructor(form) {
    this.key = `perfbudget:draft:${form.dataset.user}:${form.dataset.declaration}`;
  }

  all() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? {};
    } catch {
      return {}; // storage is switched off, or holds what is not ours
    }
  }

  keep(path, base, value, label, reason = "") {
    this.#write({ ...this.all(), [path]: { base, value, label, reason, at: clock() } });
  }

  drop(path) {
    const drafts = this.all();
    if (!(path in drafts)) return;
    delete drafts[path];
    this.#write(drafts);
  }

  #write(drafts) {
    try {
      if (Object.keys(drafts).length) localStorage.setItem(this.key, JSON.stringify(drafts));
      else localStorage.removeItem(this.key);
    } catch {
      // Storage is full or switched off: the text is still in its cell, and saving goes on.
    }
  }
}

export function clock() {
  return new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
}

// Offer back what an earlier visit left unsaved: a list of what differs, and a choice.
export function offerDrafts(editor) {
  const { sheet, drafts } = editor;
  const left = Object.entries(drafts.all()).filter(([path, draft]) => {
    const differs = draft.value !== sheet.stored.get(path);
    if (!differs) drafts.drop(path);
    return differs;
  });
  if (!left.length) return;
  const bar = document.createElement("div");
  bar.className = "note notice draft-bar";
  bar.setAttribute("role", "alert");
  bar.innerHTML = `<p><b></b></p><table class="list"><thead><tr><th scope="col">位置</th><th scope="col">系统中的内容</th>
<th scope="col">上次填写、尚未保存的内容</th></tr></thead><tbody></tbody></table>
<p><button class="btn btn-sm btn-primary" type="button">恢复</button>
<button class="btn btn-sm btn-outline-secondary" type="button">放弃</button></p>`;
  bar.querySelector("b").textContent = `本机保留着上次填写、尚未保存的内容 ${left.length} 处。`;
  for (const [path, draft] of left) bar.querySelector("tbody").append(difference(sheet, path, draft));
  document.querySelector(".desk.editor").before(bar);
  const [restore, discard] = bar.querySelectorAll("button");
  restore.addEventListener("click", () => {
    bar.remove();
    restoreDrafts(editor, left);
  });
  discard.addEventListener("click", () => {
    bar.remove();
    for (const [path] of left) drafts.drop(path);
    editor.announce("已放弃上次未保存的内容。");
  });
}

function difference(sheet, path, draft) {
  const line = document.createElement("tr");
  const isGone = !sheet.control(path);
  const texts = [
    `${isGone ? draft.label : sheet.label(path)}（${draft.at}${draft.reason ? `，${draft.reason}` : ""}）`,
    isGone ? "（该行已被删除，不能恢复，可以复制右侧内容）" : sheet.stored.get(path) || "（空）",
    draft.value || "（空）",
  ];
  for (const text of texts) line.insertCell().textContent = text;
  return line;
}

function restoreDrafts({ sheet, saving, drafts, announce }, left) {
  let restored = 0;
  for (const [path, draft] of left) {
    const control = sheet.control(path);
    if (!control) {
      drafts.drop(path);
      continue;
    }
    sheet.stored.set(path, draft.base); // so that what somebody else saved meanwhile is asked about
    sheet.put(control, draft.value);
    saving.leave(path);
    restored += 1;
  }
  announce(`已恢复 ${restored} 处。`);
}
