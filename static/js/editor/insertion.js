// Putting indicators of the library into the table, from whatever dialog they were ticked in.

import { swapRows } from "./newer.js";
import { post, Unreachable } from "./requests.js";

// Resolves with what is wrong, "" where the indicators are in and the dialog is closed.
export async function insertIndicators(editor, { dialog, address, after, ids }) {
  const fields = [["after", after], ...ids.map((id) => ["indicator", id])];
  try {
    const { status, body } = await post(address, fields);
    if (status === 200) return inserted(editor, dialog, body);
    if (status === 401) {
      const again = await editor.renewSession();
      return again ? insertIndicators(editor, { dialog, address, after, ids }) : "登录已失效，没有插入。";
    }
    return body.problem ?? body.locked ?? `没有插入（${status}），刷新页面后重试。`;
  } catch (error) {
    if (error instanceof Unreachable) return "服务器没有应答，没有插入，稍后重试。";
    throw error;
  }
}

function inserted(editor, dialog, answer) {
  dialog.close();
  swapRows(editor, answer.rows, answer.focus);
  editor.saved(answer);
  editor.flush(); // shows when it was saved
  editor.history.remember({ words: "从指标库插入", acts: [answer.undo] });
  editor.history.offer(answer.said);
  return "";
}
