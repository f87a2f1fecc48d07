/** Fields to type or tick in: words, numbers, dates, boxes, files. Each is a control: node, target, read(), focus(). */

import { debounced, h, uid } from "./dom.js";
import { fromLocal, toLocal } from "./dates.js";
import { said, words } from "./surface.js";

const LONGEST = 3000;
const REST = 500; // milliseconds without a letter before the app hears of what was typed
const MODES = { number_input: "decimal", email_text_input: "email", url_text_input: "url" };

/** A field for words, an address or a number. @param {{onChange: Function, onSend?: Function}} how */
export function text(element, block, surface, how) {
  const attrs = { class: "bk-field", placeholder: said(element.placeholder), autocomplete: "off", "aria-label": how.label };
  const target = element.multiline
    ? h("textarea", { ...attrs, rows: 4 })
    : h("input", { ...attrs, type: "text", inputmode: MODES[element.type] });
  target.value = surface.first(block, element) ?? "";
  const left = h("span", { class: "bk-left", "aria-hidden": "true" });
  const node = h("div", { class: "bk-text" }, target, left);
  const read = () => target.value || null;
  const count = () => showLeft(left, target.value.length, element);
  target.addEventListener("input", count);
  target.addEventListener("input", () => how.onTyped());
  listen(target, element, () => how.onChange(read(), () => {}));
  count();
  return { node, target, read, focus: () => target.focus() };
}

/** Says how many letters are left when it matters; below nothing it is too long, as at Slack. */
function showLeft(left, length, element) {
  const most = element.max_length ?? (element.type === "plain_text_input" ? LONGEST : 0);
  const rest = most - length;
  left.textContent = most && (rest < 0 || rest <= most / 5) ? String(rest) : "";
  left.classList.toggle("bk-over", rest < 0);
}

function listen(target, element, send) {
  const on = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const typed = debounced(REST, send);
  if (on.includes("on_character_entered")) target.addEventListener("input", () => typed());
  target.addEventListener("keydown", (event) => {
    const isLine = event.key === "Enter" && !element.multiline && !event.ctrlKey && !event.metaKey;
    if (!isLine || !target.dataset.dispatches || !on.includes("on_enter_pressed")) return;
    event.preventDefault();
    typed.cancel();
    send();
  });
}

/** A field for a longer text that Slack keeps as rich text; here it is typed without styles. */
export function richText(element, block, surface, how) {
  const plain = { ...element, multiline: true, initial_value: "" };
  const control = text(plain, { block_id: "" }, { first: () => "" }, how);
  control.target.value = flat(surface.first(block, element));
  return { ...control, read: () => (control.target.value ? rich(control.target.value) : null) };
}

function rich(value) {
  const section = { type: "rich_text_section", elements: [{ type: "text", text: value }] };
  return { type: "rich_text", elements: [section] };
}

function flat(value) {
  if (!value || typeof value === "string") return value ?? "";
  if (value.text != null) return value.text;
  const isBlock = value.type === "rich_text" || value.type === "rich_text_list";
  return (value.elements ?? []).map(flat).join(isBlock ? "\n" : "");
}

const TYPES = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };

/** A day, a time of day, or a moment in the person's zone. */
export function moment(element, block, surface, how) {
  const tz = surface.ctx.me?.tz || "UTC";
  const isMoment = element.type === "datetimepicker";
  const shown = (held) => (isMoment && held ? toLocal(held, tz) : (held ?? ""));
  const type = TYPES[element.type];
  const target = h("input", { type, class: "bk-field bk-moment", "aria-label": how.label, max: { date: "9999-12-31", "datetime-local": "9999-12-31T23:59" }[type] });
  const read = () => (isMoment ? fromLocal(target.value, tz) : target.value || null);
  target.value = shown(surface.first(block, element));
  let before = target.value;
  // Typing a year passes through others; only where it comes to rest counts.
  const tell = debounced(REST, () => {
    if (target.value === before) return;
    const old = before;
    before = target.value;
    how.onChange(read(), () => (target.value = before = old));
  });
  target.addEventListener("change", () => tell());
  target.addEventListener("input", () => how.onTyped());
  target.addEventListener("blur", () => tell.flush());
  const zone = isMoment || element.timezone ? h("span", { class: "bk-note" }, element.timezone || tz) : null;
  return { node: h("div", { class: "bk-when" }, target, zone), target, read, focus: () => target.focus() };
}

/** Boxes to tick, or one of several to choose. */
export function ticks(element, block, surface, how) {
  const isMany = element.type === "checkboxes";
  const first = surface.first(block, element);
  const held = new Set((isMany ? first : [first]).filter(Boolean).map((one) => one.value));
  const name = uid("ticks");
  const boxes = element.options.map((option) => tick(option, { isMany, name, isOn: held.has(option.value) }, surface.ctx));
  const target = h("div", { class: "bk-ticks", role: isMany ? "group" : "radiogroup", "aria-label": how.label }, boxes.map((one) => one.node));
  const on = () => boxes.filter((one) => one.input.checked);
  const read = () => (isMany ? on().map((one) => one.option) : (on()[0]?.option ?? null));
  let before = on().map((one) => one.option.value);
  target.addEventListener("change", () => {
    const old = before;
    before = on().map((one) => one.option.value);
    const back = () => {
      before = old;
      for (const one of boxes) one.input.checked = old.includes(one.option.value);
    };
    how.onChange(read(), back);
  });
  return { node: target, target, read, focus: () => (on()[0] ?? boxes[0]).input.focus() };
}

function tick(option, { isMany, name, isOn }, ctx) {
  const id = uid("tick");
  const note = option.description ? h("span", { class: "bk-note", id: `${id}-note` }, words(option.description, ctx)) : null;
  const input = h("input", { type: isMany ? "checkbox" : "radio", id, name, "aria-describedby": note ? note.id : null });
  input.checked = isOn;
  const node = h("div", { class: "bk-tick" }, input, h("label", { for: id }, h("span", {}, words(option.text, ctx)), note));
  return { node, input, option };
}

/** Files from this computer; the practice workspace keeps their names and sizes. */
export function files(element, block, surface, how) {
  const kinds = (element.filetypes ?? []).map((one) => `.${one.replace(/^\./, "")}`).join(",");
  const target = h("input", { type: "file", class: "bk-files", accept: kinds || null, "aria-label": how.label });
  target.multiple = (element.max_files ?? 10) > 1;
  let before = surface.first(block, element);
  const list = h("ul", { class: "bk-file-list" });
  const show = () => list.replaceChildren(...before.map((one) => h("li", {}, `${one.name} (${Math.ceil(one.size / 1024)} kB)`)));
  target.addEventListener("change", () => {
    before = [...target.files].map((one) => ({ name: one.name, title: one.name, mimetype: one.type, size: one.size }));
    show();
    how.onChange(before, () => {});
  });
  show();
  return { node: h("div", {}, target, list), target, read: () => before, focus: () => target.focus() };
}
