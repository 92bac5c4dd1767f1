// What becomes of a job that the server did not take.

export const CONFLICT = "与他人修改冲突";

// True where the job is done with; false where it is to be tried again.
export async function refused(editor, job, { status, body }, typed) {
  if (status === 401) return !(await editor.saving.renewed());
  if (status === 409 && body.conflict) return editor.resolveConflict(body);
  if (status === 409 && body.locked) {
    editor.saving.lock();
    editor.warn(body.locked, "填写的内容仍在本页，需要时先复制保留。");
  } else if (status === 409 && body.gone) {
    editor.lost(job, body.gone, typed);
  } else {
    const reason = body.problem ?? `服务器没有接受（${status}）。`;
    if (job.path) hold(editor, job.path, reason, typed);
    else editor.warn(reason);
  }
  job.resolve?.(null);
  return true;
}

// The text stays in its cell and in the draft.
function hold({ sheet, drafts, announce }, path, reason, typed) {
  if (sheet.control(path)?.value !== typed) return; // typed on meanwhile: the next save tells
  sheet.refuse(path, reason);
  drafts.keep(path, sheet.stored.get(path), typed, sheet.label(path), "未被接受");
  announce(`${sheet.label(path)} 未保存：${reason}`);
}
