// Parts that several views use: problems, dialogs.

import { h, say } from "./dom.js";
import { t } from "./i18n.js";

function wording(problem) {
  if (problem.status === 0) {
    return navigator.onLine ? [t("unreachable"), t("unreachableHint")] : [t("offline"), t("offlineHint")];
  }
  if (problem.status === 429) return [problem.title ?? t("busy"), problem.detail];
  if (problem.status === 503) return [problem.title ?? t("unavailable"), problem.detail];
  return [problem.title ?? t("failed"), problem.detail ?? problem.message];
}

/** A box that tells what went wrong; `retry`, if any, is offered, and done by itself once it can help. */
export function problemBox(problem, retry) {
  const [title, detail] = wording(problem);
  const box = h("div.notice.problem", { role: "alert" }, h("h2", {}, title));
  if (detail && detail !== title) box.append(h("p", {}, detail));
  if (problem.id) box.append(h("p.small", {}, t("requestId", { id: problem.id })));
  const again = () => { if (box.isConnected) retry(); };
  if (retry) {
    box.append(h("button", { type: "button", onclick: again }, t("retry")));
    if (problem.status === 0) addEventListener("online", again, { once: true });
    if (problem.wait && (problem.status === 429 || problem.status === 503)) {
      const left = h("p.small.countdown", { "aria-hidden": "true" });
      box.append(left);
      countdown(problem.wait, (n) => { left.textContent = t("busyHint", { n }); return box.isConnected || n === problem.wait; }).then((whole) => whole && again());
    }
  }
  return box;
}

/** Calls `tell` with the seconds left; ends true at zero, false when `tell` gives false. */
export async function countdown(seconds, tell) {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left <= 0) return true;
    if (tell(left) === false) return false;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** A dialog with `parts` in a form; ends with the form's data when confirmed, else null. */
export function dialog(title, parts, { confirm, danger = false }) {
  return new Promise((resolve) => {
    const form = h("form", { method: "dialog" },
      h("h2", { id: "dialog-title" }, title),
      ...parts,
      h("div.buttons", {},
        h("button", { type: "submit", value: "", formnovalidate: true }, t("cancel")),
        h(danger ? "button.primary.danger" : "button.primary", { type: "submit", value: "yes" }, confirm)));
    const box = h("dialog", { "aria-labelledby": "dialog-title" }, form);
    // Enter in a field means the second button, not the first.
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input")) {
        event.preventDefault();
        form.requestSubmit(form.querySelector(".primary"));
      }
    });
    box.addEventListener("close", () => {
      resolve(box.returnValue === "yes" ? new FormData(form) : null);
      box.remove();
    });
    document.body.append(box);
    box.showModal();
  });
}

/** Ask the person for a token, telling what was `wrong` with the one before; null when they would rather not. */
export async function tokenDialog(wrong) {
  const parts = [
    h("p", {}, t("tokenWhy")),
    wrong && h("p.problem", { role: "alert" }, wrong),
    h("label", {}, t("tokenLabel"), h("input", { type: "password", name: "token", required: true, autocomplete: "off", autofocus: true })),
  ].filter(Boolean);
  const data = await dialog(t("token"), parts, { confirm: t("tokenUse") });
  return data?.get("token").trim() || null;
}

/** Lines that stand where text will be. */
export const skeleton = (...widths) => h("div.skeleton", { "aria-hidden": "true" }, widths.map((w) => h(`i.w${w}`)));

/** Copy text; where that is not allowed, show it for copying by hand. */
export async function copy(text, what, beside) {
  try {
    await navigator.clipboard.writeText(text);
    say(t("copied", { what }));
    return true;
  } catch {
    const box = h("textarea", { readonly: true, rows: 4, "aria-label": t("copyFailed") });
    box.value = text;
    beside.replaceChildren(h("p", {}, t("copyFailed")), box);
    box.select();
    return false;
  }
}
