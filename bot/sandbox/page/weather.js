// The weather of the practice workspace: how slow Slack is, how patient, and whether it is there at all.

import { el, sign } from "./make.js";
import { openMenu } from "./menu.js";
import { subscribe } from "./store.js";

const LATENCIES = [
  [0, "At once"], [100, "A good day"], [500, "A slow day"], [2000, "A bad day"],
];
const BUSY = { method: "*", kind: "429", times: null, retry_after: 3 };
const STATES = [
  ["up", "Up", "Every call is answered."],
  ["busy", "Busy", "Every call is refused: too many, wait 3 seconds."],
  ["down", "Down", "Every call fails. Commands and clicks still come through."],
];

/** Draws the switches and follows what others switch. @param {HTMLElement} root @param {object} server
 * @param {object} conditions as the door `conditions` shows them */
export function weather(root, server, conditions) {
  const now = { ...conditions };
  const set = (wanted) => server.act("conditions", wanted).then(take, (problem) => (said.textContent = problem.message));
  const latency = strip(() => latencyMenu(now, set), "Latency");
  const slack = strip(() => slackMenu(now, set), "Slack");
  const said = el("span", { class: "weather-said unseen", role: "status" });
  const take = (fresh) => {
    Object.assign(now, fresh);
    name(latency, `Latency ${Math.round(now.latency_ms)} ms`, now.latency_ms > 0);
    name(slack, `Slack: ${state(now)}${now.rates ? ", limited" : ""}`, state(now) !== "up" || now.rates);
    said.textContent = words(now);
  };
  root.replaceChildren(latency, slack, said);
  take(conditions);
  subscribe((kind, data) => kind === "conditions" && take(data));
}

function strip(items, label) {
  const button = el("button", { type: "button", class: "strip-button", "aria-haspopup": "menu", "aria-expanded": "false" });
  button.addEventListener("click", () => openMenu(button, items(), label));
  return button;
}

function name(button, text, isOn) {
  button.replaceChildren(el("span", { text }), sign("down"));
  button.classList.toggle("weather-on", isOn);
}

function latencyMenu(now, set) {
  const items = LATENCIES.map(([ms, note]) => ({
    label: `${ms} ms`, note, isChecked: now.latency_ms === ms, run: () => set({ latency_ms: ms }),
  }));
  return [{ heading: "Slack answers each call after" }, ...items];
}

function slackMenu(now, set) {
  const states = STATES.map(([key, label, note]) => ({
    label, note, isChecked: state(now) === key,
    run: () => set({ down: key === "down", faults: key === "busy" ? [BUSY] : [] }),
  }));
  const limits = [[true, "On", "As strict as Slack's own."], [false, "Off", "As many calls as you like."]].map(([rates, label, note]) => ({
    label, note, isChecked: now.rates === rates, run: () => set({ rates }),
  }));
  return [{ heading: "Slack is" }, ...states, { line: true }, { heading: "Rate limits" }, ...limits];
}

function state(now) {
  if (now.down) return "down";
  return now.faults.some((one) => one.method === "*" && one.kind === "429" && one.times === null) ? "busy" : "up";
}

/** What is on, in words, for those who do not see the buttons change. */
function words(now) {
  const parts = [];
  if (now.down) parts.push("Slack is down.");
  if (state(now) === "busy") parts.push("Slack refuses every call as too many.");
  if (now.latency_ms) parts.push(`Slack answers after ${now.latency_ms} milliseconds.`);
  if (now.rates) parts.push("Rate limits are on.");
  return parts.join(" ") || "Slack is up.";
}
