/** The interactive elements of Block Kit: https://docs.slack.dev/reference/block-kit/block-elements */

import { button, feedback, iconButton, overflow, workflowButton } from "./buttons.js";
import { confirmed } from "./confirm.js";
import { h } from "./dom.js";
import { files, moment, richText, text, ticks } from "./fields.js";
import { picture } from "./media.js";
import { menu } from "./menus.js";
import { HOLDS, said } from "./surface.js";

const PRESSED = {
  button,
  overflow,
  workflow_button: workflowButton,
  icon_button: iconButton,
  feedback_buttons: feedback,
};
const FIELDS = {
  plain_text_input: text,
  email_text_input: text,
  url_text_input: text,
  number_input: text,
  rich_text_input: richText,
  datepicker: moment,
  timepicker: moment,
  datetimepicker: moment,
  radio_buttons: ticks,
  checkboxes: ticks,
  file_input: files,
};
// What a control without a label of its own is called.
const CALLED = {
  datepicker: "Date",
  timepicker: "Time",
  datetimepicker: "Date and time",
  radio_buttons: "Choose one",
  checkboxes: "Choose any",
  users_select: "Person",
  multi_users_select: "People",
  channels_select: "Channel",
  multi_channels_select: "Channels",
  conversations_select: "Conversation",
  multi_conversations_select: "Conversations",
};

/**
 * An element of a section or of a row of actions: what is done with it is sent at once.
 * @param {object} wanted the element @param {object} block where it stands
 * @param {import("./surface.js").Surface} surface @param {string} [label] what it is about
 * @returns {Node|null}
 */
export function element(wanted, block, surface, label = "") {
  if (wanted.type === "image") return picture(wanted, surface.ctx);
  if (PRESSED[wanted.type]) return PRESSED[wanted.type](wanted, block, surface);
  if (!HOLDS[wanted.type]) return h("span", { class: "bk-note" }, `An element of type ${wanted.type}, which is not shown here.`);
  const box = h("div", { class: "bk-el" });
  const called = label || said(wanted.placeholder) || CALLED[wanted.type] || "Choose an option";
  const control = made(wanted, block, surface, { box, label: called, isSent: true, isInput: false });
  box.prepend(control.node);
  return box;
}

/** The control of an input block; it is sent at once only where the block asks for it.
 * @param {{box: HTMLElement, isSent: boolean, onTyped: Function}} how */
export function inputControl(wanted, block, surface, how) {
  const control = made(wanted, block, surface, { ...how, isInput: true });
  if (how.isSent) control.target.dataset.dispatches = "yes";
  return control;
}

function made(wanted, block, surface, { box, label, isSent, isInput, onTyped = () => {} }) {
  const onChange = async (value, undo) => {
    onTyped();
    if (!isSent) return;
    if (await confirmed(wanted.confirm, surface.ctx)) surface.send(box, block, wanted, { selected: value });
    else undo();
  };
  const make = FIELDS[wanted.type] ?? menu;
  const control = make(wanted, block, surface, { label, isInput, onChange, onTyped });
  surface.add(block, wanted, control);
  return control;
}
