// The pane that shows each call between Slack and the bot: which way, what, how long, and what was said.

import { el, signButton, soon } from "./make.js";
import { store } from "./store.js";

const KEPT = 1000;
const DRAWN = 300;
const WAYS = [["all", "All"], ["from_bot", "From the bot"], ["to_bot", "To the bot"], ["failed", "Failed"]];
const SLOW = 1000; // milliseconds

/** A list that is filled while it is open; newest first. */
export class Traffic {
  constructor(root, server) {
    Object.assign(this, { root, server, calls: new Map(), way: "all", words: "", since: 0 });
    this.button = document.getElementById("traffic-button");
    this.draw = soon(() => this._draw());
    this._build();
  }

  _build() {
    const find = el("input", { type: "search", "aria-label": "Filter calls", placeholder: "Filter: method, channel, error" });
    find.addEventListener("input", () => this._filter({ words: find.value.trim().toLowerCase() }));
    this.ways = el("div", { class: "traffic-ways", role: "group", "aria-label": "Which calls" }, ...WAYS.map(([way, text]) =>
      el("button", { type: "button", data: { way }, text, "aria-pressed": String(way === this.way), on: { click: () => this._filter({ way }) } })));
    this.totals = el("p", { class: "traffic-totals", role: "status" });
    this.list = el("ol", { class: "traffic-calls", "aria-label": "Calls, newest first", tabindex: "0" });
    const clear = el("button", { type: "button", class: "head-button", text: "Clear", on: { click: () => this._clear() } });
    const head = el("header", { class: "side-head" }, el("div", {}, el("h2", { text: "Traffic" }), el("span", { class: "side-note", text: "between Slack and the bot" })),
      el("div", { class: "traffic-deeds" }, clear, signButton("close", "Close the traffic", () => this.open(false))));
    this.root.replaceChildren(head, el("div", { class: "traffic-tools" }, find, this.ways, this.totals), this.list);
    this.root.addEventListener("keydown", (event) => event.key === "Escape" && this._escape(event));
  }

  /** Opens the pane, or closes it when it is open. */
  open(isOpen = this.root.hidden) {
    this.root.hidden = !isOpen;
    this.button?.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this._load();
    else this.button?.focus();
  }

  _escape(event) {
    event.stopPropagation();
    this.open(false);
  }

  async _load() {
    try {
      const { calls } = await this.server.get(`traffic/brief?since=${this.since}&limit=${KEPT}`);
      for (const call of calls) this.calls.set(call.n, call);
    } catch (problem) {
      this.totals.textContent = problem.message;
      return;
    }
    this.draw();
  }

  /** Takes a call that has just ended. @param {object} call */
  add(call) {
    if (this.root.hidden || call.n <= this.since) return;
    this.calls.set(call.n, call);
    if (this.calls.size > KEPT) this.calls.delete(this.calls.keys().next().value);
    this.draw();
  }

  _filter(change) {
    Object.assign(this, change);
    for (const button of this.ways.children) button.setAttribute("aria-pressed", String(button.dataset.way === this.way));
    this.draw();
  }

  async _clear() {
    const { last } = await this.server.forget("traffic");
    this.since = last;
    this.calls.clear();
    this.draw();
  }

  _wanted(call) {
    if (this.way === "failed" ? !call.error : this.way !== "all" && call.direction !== this.way) return false;
    return !this.words || `${call.method} ${named(call.about)} ${call.error} ${call.status}`.toLowerCase().includes(this.words);
  }

  _draw() {
    const wanted = [...this.calls.values()].filter((call) => this._wanted(call)).sort((a, b) => b.n - a.n);
    this.totals.textContent = totals(wanted);
    const shown = new Map([...this.list.children].map((row) => [row.dataset.n, row]));
    this.list.replaceChildren(...wanted.slice(0, DRAWN).map((call) => shown.get(String(call.n)) ?? this._row(call)));
  }

  _row(call) {
    const isIn = call.direction === "to_bot";
    const way = el("span", { class: "traffic-way", title: isIn ? "to the bot" : "from the bot" },
      el("span", { "aria-hidden": "true", text: isIn ? "→" : "←" }), el("span", { class: "unseen", text: isIn ? "to the bot:" : "from the bot:" }));
    const ms = el("span", { class: `traffic-ms${call.ms >= SLOW ? " slow" : ""}`, text: took(call.ms) });
    const end = el("span", { class: "traffic-end", text: call.error || String(call.status ?? "") });
    const head = el("button", { type: "button", class: "traffic-head", "aria-expanded": "false" }, way,
      el("span", { class: "traffic-method" }, el("strong", { text: call.method }), " ", el("span", { text: named(call.about) })), ms, end);
    const row = el("li", { class: call.error ? "failed" : "", data: { n: call.n } }, head);
    head.addEventListener("click", () => this._expand(row, head, call));
    return row;
  }

  async _expand(row, head, call) {
    const isOpen = head.getAttribute("aria-expanded") === "true";
    head.setAttribute("aria-expanded", String(!isOpen));
    row.querySelector(".traffic-more")?.remove();
    if (isOpen) return;
    const more = el("div", { class: "traffic-more", text: "…" });
    row.append(more);
    try {
      const whole = await this.server.get(`traffic/${call.n}`);
      more.replaceChildren(...part("Said", whole.args), ...part("Answered", whole.answer));
    } catch (problem) {
      more.textContent = problem.message;
    }
  }
}

/** "#incidents" for an id that this window knows. */
function named(about) {
  const channel = store.channels.get(about);
  return channel?.name ? `#${channel.name}` : (store.people.get(about)?.real_name ?? about);
}

function part(title, value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return [el("h3", { text: title }), el("pre", { tabindex: "0", "aria-label": title, text: text || "nothing" })];
}

const took = (ms) => (ms === null ? "" : ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`);

/** "128 calls, 2 failed; half of them within 8 ms, the slowest took 120 ms". @param {object[]} calls */
export function totals(calls) {
  if (!calls.length) return "No calls yet. Say something to the bot, and they appear here.";
  const times = calls.map((call) => call.ms ?? 0).sort((a, b) => a - b);
  const failed = calls.filter((call) => call.error).length;
  const count = `${calls.length} call${calls.length === 1 ? "" : "s"}, ${failed ? `${failed} failed` : "none failed"}`;
  return `${count}. Half of them within ${took(times[Math.floor(times.length / 2)])}, the slowest took ${took(times.at(-1))}.`;
}
