// The form by which a monitor rings at PagerDuty.

import { el } from "./make.js";

const EXAMPLES = {
  "Checkout": "Error rate on checkout is 41 %", "Payments API": "Payments API: p99 latency is 9 s",
  "Web shop": "Web shop answers 503 to one of three", "Search": "Search index is 3 h behind",
  "Identity": "Sign-in fails for all customers in Europe", "Data pipeline": "Nightly export has not finished",
};
const NO_PRIORITY = "none";

/** Fills the form and sends it. @param {HTMLFormElement} form @param {HTMLElement} said where the outcome is told
 * @param {{services: object[], priorities: string[]}} pager @param {(wanted: object) => Promise<object>} send */
export function alertForm(form, said, pager, send) {
  const service = select("ring-service", pager.services.map((one) => [one.name, `${one.name} (on call: ${one.on_call[0] ?? "nobody"})`]));
  const title = el("input", { id: "ring-what", value: EXAMPLES[service.value] ?? "", maxlength: "1024", "aria-describedby": "ring-trouble", autocomplete: "off" });
  const priority = select("ring-priority", [...pager.priorities.map((one) => [one, one]), ["", NO_PRIORITY]]);
  const urgency = select("ring-urgency", [["high", "high"], ["low", "low"]]);
  const trouble = el("p", { id: "ring-trouble", class: "trouble", role: "alert" });
  const button = el("button", { class: "primary", text: "Send the alert" });
  service.addEventListener("change", () => {
    if (!title.value || Object.values(EXAMPLES).includes(title.value)) title.value = EXAMPLES[service.value] ?? "";
  });
  form.replaceChildren(field("Service", service), field("What is wrong", title), trouble,
    el("div", { class: "ring-row" }, field("Priority", priority), field("Urgency", urgency)), button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ring({ title, trouble, button, said }, { service: service.value, title: title.value, priority: priority.value, urgency: urgency.value }, send);
  });
}

/** What was typed stays, so that the same alert can ring twice. */
async function ring({ title, trouble, button, said }, wanted, send) {
  const isEmpty = !wanted.title.trim();
  title.toggleAttribute("aria-invalid", false);
  trouble.textContent = isEmpty ? "Say what is wrong, in a few words." : "";
  said.textContent = "";
  if (isEmpty) {
    title.setAttribute("aria-invalid", "true");
    return title.focus();
  }
  button.disabled = true;
  try {
    const { delivery } = await send(wanted);
    said.replaceChildren(...outcome(delivery));
  } catch (problem) {
    trouble.textContent = problem.message;
  } finally {
    button.disabled = false;
  }
  return undefined;
}

function outcome({ status, ms, error }) {
  if (status !== null && status < 300) {
    const where = el("a", { href: "/#/ada/C0INCIDENTS", text: "#incidents" });
    return [`PagerDuty told Closeout, which answered ${status} in ${Math.round(ms)} ms. Look into `, where, "."];
  }
  if (error === "not connected") return ["PagerDuty has an incident, but no bot is connected here. Connect one, then send it again."];
  return [`PagerDuty has an incident, but Closeout ${status ? `answered ${status}` : "does not answer"}. PagerDuty tries again.`];
}

function select(id, options) {
  return el("select", { id }, ...options.map(([value, text]) => el("option", { value, text })));
}

const field = (label, input) => el("p", { class: "ring-field" }, el("label", { for: input.id, text: label }), input);
