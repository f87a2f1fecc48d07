/** One message, form or home with its controls: what they hold, and what happens while one is used. */

import { fragment, h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";

// For each element: the key of what it holds in Slack's state, the key of what it holds at first, and when empty.
const TEXT = ["value", "initial_value", null];
const ONE = ["selected_option", "initial_option", null];
const MANY = ["selected_options", "initial_options", []];
export const HOLDS = {
  plain_text_input: TEXT,
  email_text_input: TEXT,
  url_text_input: TEXT,
  number_input: TEXT,
  rich_text_input: ["rich_text_value", "initial_value", null],
  datepicker: ["selected_date", "initial_date", null],
  timepicker: ["selected_time", "initial_time", null],
  datetimepicker: ["selected_date_time", "initial_date_time", null],
  static_select: ONE,
  external_select: ONE,
  radio_buttons: ONE,
  checkboxes: MANY,
  multi_static_select: MANY,
  multi_external_select: MANY,
  users_select: ["selected_user", "initial_user", null],
  conversations_select: ["selected_conversation", "initial_conversation", null],
  channels_select: ["selected_channel", "initial_channel", null],
  multi_users_select: ["selected_users", "initial_users", []],
  multi_conversations_select: ["selected_conversations", "initial_conversations", []],
  multi_channels_select: ["selected_channels", "initial_channels", []],
  file_input: ["files", "", []],
};
const SAID = {
  operation_timeout: "Closeout did not answer within 3 seconds.",
  dispatch_failed: "Closeout could not be reached. Is it running?",
};

/** Why an answer to a click or a submission was no good, as a sentence; "" when it was good. */
export function trouble(answer) {
  if (!answer?.error) return "";
  return SAID[answer.error] ?? `Closeout's answer was not one that Slack takes: ${answer.error}`;
}

/** The words of a text object of Slack's, plain or marked up. */
export function words(text, ctx) {
  if (!text) return fragment();
  if (text.type === "mrkdwn") return mrkdwn(text.text, ctx);
  const shown = text.emoji === false ? text.text : withEmoji(text.text);
  return fragment(h("span", { class: "mk" }, shown));
}

/** The words of a text object as a string. */
export function said(text) {
  return text ? withEmoji(text.text ?? "") : "";
}

/** The controls of one surface, by block_id and action_id. */
export class Surface {
  /**
   * @param {object} ctx for renderers
   * @param {Function} act sends {block_id, action_id, type, value|selected, state}; may have `suggest`
   * @param {{held?: object, isForm?: boolean}} [how] `held`: Slack's state.values to begin with
   */
  constructor(ctx, act, { held = {}, isForm = false } = {}) {
    this.ctx = ctx;
    this.act = act;
    this.held = held;
    this.isForm = isForm;
    this.controls = [];
    this.inputs = new Map();
    this.wantsFocus = null;
    this.waiting = new Map();
  }

  /** What an element shows at first: what was typed before, else what its app put in. */
  first(block, element) {
    const [key, initial, empty] = HOLDS[element.type];
    const before = this.held[block.block_id]?.[element.action_id];
    if (before?.type === element.type) return stillOffered(before[key], element) ?? empty;
    return element[initial] ?? empty;
  }

  /** Notes a control: an object with read() and focus(). */
  add(block, element, control) {
    if (element.focus_on_load) this.wantsFocus = control;
    this.controls.push({ block_id: block.block_id, action_id: element.action_id, type: element.type, control });
  }

  /** What every control holds now: {block_id: {action_id: value}}. */
  state() {
    const values = {};
    for (const one of this.controls) {
      values[one.block_id] ??= {};
      values[one.block_id][one.action_id] = one.control.read();
    }
    return values;
  }

  /** The same as Slack writes it into state.values, to be given to the surface that follows. */
  snapshot() {
    const values = {};
    for (const one of this.controls) {
      values[one.block_id] ??= {};
      values[one.block_id][one.action_id] = { type: one.type, [HOLDS[one.type][0]]: one.control.read() };
    }
    return values;
  }

  /** Sends one action; meanwhile its place shows that it works. A second press is ignored, a later choice follows. */
  async send(place, block, element, chosen) {
    if (place.getAttribute("aria-busy") === "true") {
      if ("selected" in chosen) this.waiting.set(place, chosen);
      return false;
    }
    const isGood = await this._send(place, block, element, chosen);
    const later = this.waiting.get(place);
    this.waiting.delete(place);
    return later ? await this.send(place, block, element, later) : isGood;
  }

  async _send(place, block, element, chosen) {
    working(place, true);
    const action = { block_id: block.block_id, action_id: element.action_id, type: element.type, ...chosen };
    let problem = "";
    try {
      const state = this.state();
      problem = trouble(await this.act(Object.keys(state).length ? { ...action, state } : action));
    } catch (error) {
      problem = error.message || "This did not work. Try again.";
    }
    working(place, false);
    if (problem) warn(place, problem);
    return !problem;
  }

  /** Asks the app what a menu offers for these letters. @returns {Promise<object>} {options, option_groups} */
  async suggest(block, element, typed) {
    if (!this.act.suggest) throw new Error("Nothing can be looked up here.");
    const asked = { block_id: block.block_id, action_id: element.action_id, value: typed };
    if (this.isForm) asked.state = this.state();
    return await this.act.suggest(asked);
  }

  /** Shows each sentence beside its field, takes older ones away, and goes to the first. */
  showErrors(errors) {
    for (const [id, input] of this.inputs) input.showError(errors[id] ?? "");
    const first = [...this.inputs].find(([id]) => errors[id]);
    first?.[1].focus();
  }
}

/** What was chosen, as far as the menu still has it: an app may have changed the options meanwhile. */
function stillOffered(held, element) {
  const groups = element.option_groups?.flatMap((one) => one.options);
  const options = element.options ?? groups;
  if (!options || !held) return held;
  const now = (one) => options.find((option) => option.value === one.value);
  return Array.isArray(held) ? held.map(now).filter(Boolean) : now(held);
}

function working(place, isBusy) {
  place.querySelector(":scope > .bk-warn")?.remove();
  place.setAttribute("aria-busy", String(isBusy));
  for (const button of place.querySelectorAll("button, a.bk-button")) {
    if (isBusy) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

/** Slack's small warning sign beside what did not work. */
function warn(place, sentence) {
  const sign = h("span", { class: "bk-sign", "aria-hidden": "true" }, "⚠");
  place.append(h("span", { class: "bk-warn", role: "alert", title: sentence }, sign, ` ${sentence}`));
}
