/** Slack's Block Kit as nodes: https://docs.slack.dev/reference/block-kit/blocks */

import { fragment, h, uid } from "./dom.js";
import { element, inputControl } from "./elements.js";
import { loose } from "./loose.js";
import { markdown } from "./markdown.js";
import { call, file, image, video } from "./media.js";
import { richText } from "./rich.js";
import { said, Surface, words } from "./surface.js";

/**
 * Draws a list of blocks.
 * @param {object[]} list Slack's blocks, with block_id and action_id
 * @param {object} ctx {me, people, groups, channels, now(), goTo(channelId)}
 * @param {Function} act async ({block_id, action_id, type, value|selected, state}): sends a click; throws, or answers
 *   with `error`, when it failed. `act.suggest({block_id, action_id, value})` asks for the options of a menu.
 * @param {Surface} [surface] gathers the controls, for a form
 * @returns {DocumentFragment}
 */
export function blocks(list, ctx, act, surface = new Surface(ctx, act)) {
  const shown = Array.isArray(list) ? list : [];
  return fragment(h("div", { class: "bk" }, shown.map((block) => drawn(block, ctx, surface))));
}

function drawn(block, ctx, surface) {
  const draw = DRAWERS[block?.type] ?? loose;
  const node = draw(block, ctx, surface);
  node?.setAttribute("data-block", block.block_id ?? "");
  return node;
}

function section(block, ctx, surface) {
  const id = uid("section");
  const text = block.text ? h("div", { class: "bk-words", id }, words(block.text, ctx)) : null;
  const fields = block.fields?.map((one) => h("div", { class: "bk-cell" }, words(one, ctx)));
  const body = h("div", { class: "bk-body" }, text, fields ? h("div", { class: "bk-cells" }, fields) : null);
  const beside = block.accessory ? element(block.accessory, block, surface) : null;
  if (text) describe(beside, id);
  return h("div", { class: `bk-section bk-beside-${block.accessory?.type ?? "none"}` }, body, beside);
}

/** Tells a screen reader what a control beside a text is about. */
function describe(beside, id) {
  beside?.querySelector?.("button, a, input, [role=group], [role=radiogroup]")?.setAttribute("aria-describedby", id);
}

function header(block) {
  const level = block.level ?? 1;
  return h("p", { class: `bk-header bk-header-${level}`, role: "heading", "aria-level": level + 2 }, said(block.text));
}

function context(block, ctx, surface) {
  const inside = block.elements.map((one) => (one.type === "image" ? element(one, block, surface) : words(one, ctx)));
  return h("div", { class: "bk-context" }, inside);
}

function actions(block, ctx, surface) {
  return h("div", { class: "bk-actions" }, block.elements.map((one) => element(one, block, surface)));
}

const GROUPS = new Set(["checkboxes", "radio_buttons"]);

/** A field with its label, its hint, and the place of its error. */
function input(block, ctx, surface) {
  const ids = { field: uid("field"), label: uid("label"), hint: uid("hint"), error: uid("error") };
  const optional = block.optional ? h("span", { class: "bk-optional" }, " (optional)") : null;
  const isGroup = GROUPS.has(block.element.type);
  const label = h(isGroup ? "span" : "label", { class: "bk-label", id: ids.label, for: isGroup ? null : ids.field }, said(block.label), optional);
  const hint = block.hint ? h("p", { class: "bk-hint", id: ids.hint }, said(block.hint)) : null;
  const error = h("p", { class: "bk-error", id: ids.error, hidden: true });
  const box = h("div", { class: "bk-el" });
  const showError = (sentence) => mark(control.target, error, sentence, hint?.id);
  const onTyped = () => !error.hidden && showError("");
  const control = inputControl(block.element, block, surface, { box, isSent: Boolean(block.dispatch_action), onTyped });
  name(control.target, ids, { isGroup, isOptional: Boolean(block.optional) });
  showError("");
  surface.inputs.set(block.block_id, { showError, focus: control.focus });
  box.prepend(control.node);
  return h("div", { class: "bk-input" }, label, box, hint, error);
}

function name(target, ids, { isGroup, isOptional }) {
  target.id = ids.field;
  if (isGroup) target.setAttribute("aria-labelledby", ids.label);
  if (isOptional) return;
  if (target.getAttribute("role") === "radiogroup") target.setAttribute("aria-required", "true");
  else if (!isGroup) target.required = true;
}

function mark(target, error, sentence, hint) {
  error.textContent = sentence;
  error.hidden = !sentence;
  const about = [sentence ? error.id : "", hint ?? ""].filter(Boolean).join(" ");
  if (about) target.setAttribute("aria-describedby", about);
  else target.removeAttribute("aria-describedby");
  if (sentence && target.getAttribute("role") !== "group") target.setAttribute("aria-invalid", "true");
  else target.removeAttribute("aria-invalid");
}

function table(block, ctx) {
  const [head = [], ...rows] = block.rows ?? [];
  const classes = (number) => {
    const how = block.column_settings?.[number] ?? {};
    return `bk-align-${how.align ?? "left"}${how.is_wrapped === false ? " bk-one-line" : ""}`;
  };
  const cell = (tag, one, number) => h(tag, { class: classes(number), scope: tag === "th" ? "col" : null }, cellWords(one, ctx));
  const top = h("thead", {}, h("tr", {}, head.map((one, number) => cell("th", one, number))));
  const body = h("tbody", {}, rows.map((row) => h("tr", {}, row.map((one, number) => cell("td", one, number)))));
  return h("div", { class: "bk-table", role: "region", "aria-label": "Table", tabindex: "0" }, h("table", {}, top, body));
}

function cellWords(cell, ctx) {
  if (cell?.type === "rich_text") return richText(cell, ctx);
  return String(cell?.text ?? cell?.value ?? "");
}

const SIGNS = { info: "ℹ️", warning: "⚠️", error: "⛔", success: "✅" };

function alert(block, ctx) {
  const sign = SIGNS[block.level] ? h("span", { "aria-hidden": "true" }, `${SIGNS[block.level]} `) : null;
  return h("div", { class: `bk-alert bk-alert-${block.level ?? "default"}`, role: "note" }, sign, words(block.text, ctx));
}

const DRAWERS = {
  section,
  header,
  context,
  actions,
  context_actions: actions,
  input,
  table,
  alert,
  image,
  video,
  file,
  call,
  divider: () => h("hr", { class: "bk-divider" }),
  rich_text: richText,
  markdown: (block) => markdown(block.text),
};
