// The world outside: rings alerts, and shows PagerDuty's incidents, the pages and the mail that Closeout sent.

import { el, soon } from "./make.js";
import * as server from "./server.js";
import { alertForm } from "./ring.js";
import { Mailbox } from "./mail.js";
import { ago, clock } from "./time.js";

const $ = (id) => document.getElementById(id);
const NO_ALERTS = "Nothing has rung yet. Send an alert above: a SEV1 is declared, and its channel opens in the chat.";
const NO_PAGES = "Closeout has paged nobody yet. In the channel of an incident, say /incident page Checkout, or /incident page @ben.";
const PHASES = { triggered: "rings", acknowledged: "acknowledged", resolved: "resolved" };
const world = { people: [], zone: "UTC", skew: 0 };

async function start() {
  server.speakAs("ada");
  const boot = await server.get("boot");
  world.people = boot.people.filter((one) => !one.is_bot && !one.deleted && !one.is_restricted && one.id !== "USLACKBOT");
  world.zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  world.skew = boot.now * 1000 - Date.now();
  link("status-link", boot.links.status);
  link("web-link", boot.links.web);
  const pager = await server.get("pager");
  alertForm($("ring"), $("ring-said"), pager, (wanted) => server.act("alert", wanted));
  const mailbox = new Mailbox($("mail"), server, told);
  await Promise.all([draw(), mailbox.load()]);
  const redraw = soon(() => draw().catch(trouble));
  server.listen("ada", { pager: redraw, mail: () => mailbox.load(), connected, reload: () => location.reload() }, boot.last);
}

function link(id, address) {
  if (!address) return;
  $(id).href = address;
  $(id).hidden = false;
}

function connected(isOpen) {
  $("offline").hidden = isOpen;
}

/** A time said twice: how long ago, and when. @param {number} at seconds since 1970 */
function told(at) {
  const date = new Date(at * 1000);
  const now = new Date(Date.now() + world.skew);
  return el("time", { datetime: date.toISOString(), title: date.toLocaleString(), text: `${clock(date, world.zone)} (${ago(date, now)})` });
}

async function draw() {
  const [{ incidents }, { pages }] = await Promise.all([server.get("pager"), server.get("pages")]);
  list($("alerts"), incidents, NO_ALERTS);
  list($("pages"), pages, NO_PAGES);
}

/** Draws again only what has changed, so that nobody loses their place. */
function list(root, incidents, empty) {
  if (!incidents.length) return root.replaceChildren(el("p", { class: "hint", text: empty }));
  const known = new Map([...root.querySelectorAll("article")].map((one) => [one.dataset.id, one]));
  return root.replaceChildren(...incidents.map((one) => {
    const old = known.get(one.id);
    const state = JSON.stringify(one);
    if (old?.dataset.state === state) return old;
    const chosen = old?.querySelector("select")?.value;
    return card(one, state, chosen);
  }));
}

function card(one, state, chosen) {
  const marks = [one.priority, one.urgency === "low" ? "low urgency" : ""].filter(Boolean).join(" · ");
  const who = one.is_page ? `rings ${one.for.join(", ") || "nobody"}` : `on call: ${one.for.join(", ") || "nobody"}`;
  return el("article", { class: `alert ${one.status}`, data: { id: one.id, state } },
    el("h3", {}, el("span", { class: "alert-status", text: PHASES[one.status] }), " ", el("span", { text: one.title })),
    el("p", { class: "hint", text: [one.service, marks, who].filter(Boolean).join(" · ") }),
    el("ul", { class: "alert-log" }, ...one.log.map(line)),
    one.delivery && el("p", { class: "hint", text: delivered(one.delivery) }),
    one.status === "resolved" ? null : deeds(one, chosen));
}

const line = (entry) => {
  const by = entry.by ? ` by ${entry.by}` : "";
  return el("li", {}, told(entry.at), ` ${entry.what}${by}${entry.text ? `: ${entry.text}` : ""}`);
};

/** What became of the last webhook. */
export function delivered({ kind, status, ms, error, tries }) {
  const what = kind.replace("incident.", "");
  if (status !== null && status < 300) return `Closeout was told (${what}) and answered ${status} in ${Math.round(ms)} ms.`;
  const why = error === "not connected" ? "no bot is connected" : status ? `it answered ${status}` : "it does not answer";
  return `Closeout could not be told (${what}): ${why}${tries > 1 ? `, after ${tries} tries` : ""}.`;
}

function deeds(one, chosen) {
  const id = `who-${one.id}`;
  const select = el("select", { id }, ...world.people.map((person) =>
    el("option", { value: person.name, text: person.real_name, selected: person.name === chosen })));
  if (!chosen) select.value = world.people.find((person) => one.for.includes(person.real_name))?.name ?? "ada";
  const button = (label, verb) => el("button", { type: "button", text: label, on: { click: () => move(verb, one.id, select.value) } });
  return el("div", { class: "alert-deeds" }, el("label", { for: id, text: "In PagerDuty's app, as" }), select,
    one.status === "triggered" && button("Acknowledge", "acknowledge_alert"), button("Resolve", "resolve_alert"));
}

const move = (verb, id, user) => server.act(verb, { id, user }).then(draw).catch(trouble);

function trouble(problem) {
  $("toast").textContent = problem.message;
  $("toast").hidden = false;
  clearTimeout(world.toasting);
  world.toasting = setTimeout(() => ($("toast").hidden = true), 6000);
}

start().catch((problem) => {
  $("world").append(el("p", { class: "trouble", role: "alert", text: problem.message }));
});
