// A small form for one answer; what goes wrong is said beside the field, and what was typed stays.

import { el } from "./make.js";

/** Asks for one line. `run(value)` does what is asked; what it throws is shown.
 * @param {{title, label, action, value?, hint?, options?: object, run: (value: string, isChecked: boolean) => Promise<void>, check?: string}} wanted */
export function ask(wanted) {
  const field = el("input", { id: "ask-field", value: wanted.value ?? "", autocomplete: "off", "aria-describedby": "ask-hint ask-trouble" });
  const check = wanted.check && el("input", { type: "checkbox", id: "ask-check" });
  const trouble = el("p", { class: "trouble", id: "ask-trouble", role: "alert" });
  const cancel = el("button", { type: "button", class: "plain", text: "Cancel", on: { click: () => dialog.close() } });
  const form = el("form", { method: "dialog" },
    el("h2", { id: "ask-title", text: wanted.title }),
    el("label", { for: "ask-field", text: wanted.label }), field,
    el("p", { class: "hint", id: "ask-hint", text: wanted.hint ?? "" }),
    check && el("label", { class: "check" }, check, wanted.check), trouble,
    el("p", { class: "dialog-buttons" }, cancel, el("button", { class: "primary", text: wanted.action })));
  const dialog = el("dialog", { class: "ask", "aria-labelledby": "ask-title", on: { close: () => dialog.remove() } }, form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(wanted, field, check, trouble, dialog);
  });
  document.body.append(dialog);
  dialog.showModal();
  field.select();
}

async function send(wanted, field, check, trouble, dialog) {
  try {
    await wanted.run(field.value.trim(), Boolean(check?.checked));
    dialog.close();
  } catch (problem) {
    trouble.textContent = problem.message;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  }
}
