/** Buttons, the menu behind three dots, and thumbs up or down. */

import { confirmed } from "./confirm.js";
import { h, safeUrl, uid } from "./dom.js";
import { emoji } from "./emoji.js";
import { place as put } from "./popup.js";
import { said } from "./surface.js";

const STYLES = { primary: "bk-button bk-primary", danger: "bk-button bk-danger" };

/** A button; with an address it opens that in another tab, and the app hears of it too. */
export function button(element, block, surface) {
  const href = safeUrl(element.url ?? "");
  const attrs = { class: STYLES[element.style] ?? "bk-button", "aria-label": element.accessibility_label };
  const made = href
    ? h("a", { ...attrs, href, target: "_blank", rel: "noopener noreferrer" }, said(element.text))
    : h("button", { ...attrs, type: "button" }, said(element.text));
  const box = h("span", { class: "bk-el" }, made);
  made.addEventListener("click", (event) => pressed(event, { element, block, surface, box, href }));
  return box;
}

async function pressed(event, { element, block, surface, box, href }) {
  if (element.confirm) {
    event.preventDefault();
    if (!(await confirmed(element.confirm, surface.ctx))) return;
    if (href) window.open(href, "_blank", "noopener,noreferrer");
  }
  await surface.send(box, block, element, { value: element.value });
}

/** A button of a workflow, of which a practice workspace has none. */
export function workflowButton(element) {
  const title = "Workflows do not run in the practice workspace.";
  return h("button", { type: "button", class: STYLES[element.style] ?? "bk-button", "aria-disabled": "true", title }, said(element.text));
}

/** A small button with a sign; only for those whom the app names, if it names any. */
export function iconButton(element, block, surface) {
  const only = element.visible_to_user_ids;
  if (only && !only.includes(surface.ctx.me?.id)) return null;
  const sign = { trash: emoji("wastebasket") }[element.icon] ?? emoji(element.icon);
  const label = element.accessibility_label || said(element.text);
  const made = h("button", { type: "button", class: "bk-icon", "aria-label": label, title: said(element.text) }, sign || said(element.text));
  const box = h("span", { class: "bk-el" }, made);
  made.addEventListener("click", (event) => pressed(event, { element, block, surface, box, href: "" }));
  return box;
}

/** Two buttons, of which the one that was pressed stays marked. */
export function feedback(element, block, surface) {
  const box = h("span", { class: "bk-el bk-feedback" });
  const one = (wanted, sign) => {
    const label = wanted.accessibility_label || said(wanted.text);
    const made = h("button", { type: "button", class: "bk-icon", "aria-label": label, title: said(wanted.text), "aria-pressed": "false" }, emoji(sign));
    made.addEventListener("click", async () => {
      if (!(await surface.send(box, block, element, { value: wanted.value }))) return;
      for (const other of box.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === made));
    });
    return made;
  };
  box.append(one(element.positive_button, "thumbsup"), one(element.negative_button, "thumbsdown"));
  return box;
}

/** The menu behind three dots. */
export function overflow(element, block, surface) {
  const id = uid("overflow");
  const opener = h("button", { type: "button", class: "bk-button bk-dots", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": id }, "⋯");
  const menu = h("div", { id, class: "bk-menu", role: "menu", "aria-label": "More actions", popover: "manual" });
  const box = h("span", { class: "bk-el" }, opener, menu);
  const choose = async (option) => {
    close(opener, menu);
    if (!(await confirmed(element.confirm, surface.ctx))) return;
    const href = safeUrl(option.url ?? "");
    if (href) window.open(href, "_blank", "noopener,noreferrer");
    await surface.send(box, block, element, { selected: option });
  };
  menu.append(...element.options.map((option) => menuItem(option, choose)));
  opener.addEventListener("click", () => (menu.matches(":popover-open") ? close(opener, menu) : open(opener, menu)));
  menu.addEventListener("keydown", (event) => moved(event, opener, menu));
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget) && event.relatedTarget !== opener) close(opener, menu, false);
  });
  return box;
}

function menuItem(option, choose) {
  const note = option.description ? h("span", { class: "bk-note" }, said(option.description)) : null;
  return h("button", { type: "button", class: "bk-menu-item", role: "menuitem", tabindex: "-1", click: () => choose(option) }, said(option.text), note);
}

function open(opener, menu) {
  if (opener.getAttribute("aria-disabled")) return;
  menu.showPopover();
  put(menu, opener);
  opener.setAttribute("aria-expanded", "true");
  menu.firstElementChild?.focus();
}

function close(opener, menu, isFocusKept = true) {
  if (menu.matches(":popover-open")) menu.hidePopover();
  opener.setAttribute("aria-expanded", "false");
  if (isFocusKept) opener.focus();
}

function moved(event, opener, menu) {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) items[(to + items.length) % items.length].focus();
  else if (event.key === "Escape") close(opener, menu);
  else if (event.key === "Tab") return close(opener, menu);
  else return undefined;
  event.preventDefault();
  return event.stopPropagation();
}
