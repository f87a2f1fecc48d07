/** Slack's question before something happens: https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */

import { h, uid } from "./dom.js";
import { said, words } from "./surface.js";

/**
 * Asks; Escape means no.
 * @param {object|undefined} wanted Slack's confirm object; without one the answer is yes
 * @param {object} ctx for renderers
 * @returns {Promise<boolean>}
 */
export function confirmed(wanted, ctx) {
  if (!wanted) return Promise.resolve(true);
  const ids = { title: uid("confirm"), text: uid("confirm") };
  const kind = wanted.style === "danger" ? "danger" : "primary";
  const yes = h("button", { type: "button", class: `bk-button bk-${kind}` }, said(wanted.confirm));
  const no = h("button", { type: "button", class: "bk-button" }, said(wanted.deny));
  const dialog = h(
    "dialog",
    { class: "bk-confirm", role: "alertdialog", "aria-labelledby": ids.title, "aria-describedby": ids.text },
    h("h2", { id: ids.title }, said(wanted.title)),
    h("div", { id: ids.text, class: "bk-confirm-text" }, words(wanted.text, ctx)),
    h("div", { class: "bk-foot" }, no, yes),
  );
  return answered(dialog, yes, no);
}

function answered(dialog, yes, no) {
  const before = document.activeElement;
  document.body.append(dialog);
  dialog.showModal();
  yes.focus();
  return new Promise((resolve) => {
    const end = (answer) => {
      dialog.close();
      dialog.remove();
      before?.focus?.();
      resolve(answer);
    };
    yes.addEventListener("click", () => end(true));
    no.addEventListener("click", () => end(false));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false);
    });
    // An Escape here is not one for the form below.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
  });
}
