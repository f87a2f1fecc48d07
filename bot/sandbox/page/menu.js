// A small menu beside the thing that opened it; arrows move, Enter chooses, Escape goes back.

import { el } from "./make.js";

let current = null;

/** Closes the open menu, if there is one. @param {boolean} [isFocusKept] gives the focus back to its opener */
export function closeMenu(isFocusKept = false) {
  if (!current) return;
  const { box, opener } = current;
  current = null;
  box.remove();
  opener.setAttribute("aria-expanded", "false");
  if (isFocusKept) opener.focus();
}

/** Opens a menu below or above its opener. An item is {label, note, mark, isChecked, href, run, isDanger},
 * or {heading}, or {line: true}.
 * @param {HTMLElement} opener @param {object[]} items @param {string} label */
export function openMenu(opener, items, label) {
  const isSame = current?.opener === opener;
  closeMenu();
  if (isSame) return null;
  const box = el("div", { class: "menu", role: "menu", "aria-label": label, tabindex: "-1" });
  box.append(...items.filter(Boolean).map(drawn));
  box.addEventListener("keydown", (event) => moved(event, box));
  show(opener, box);
  (box.querySelector("[role^=menuitem]") ?? box).focus({ preventScroll: true });
  return box;
}

/** Puts any box beside its opener, as a menu is. */
export function show(opener, box) {
  closeMenu();
  document.body.append(box);
  opener.setAttribute("aria-expanded", "true");
  current = { box, opener };
  put(box, opener.getBoundingClientRect());
}

function drawn(item) {
  if (item.line) return el("hr", { role: "separator" });
  if (item.heading) return el("p", { class: "menu-heading", role: "presentation", text: item.heading });
  const attrs = { role: "isChecked" in item ? "menuitemradio" : "menuitem", tabindex: "-1" };
  attrs.class = `menu-item${item.isDanger ? " danger" : ""}`;
  if ("isChecked" in item) attrs["aria-checked"] = String(Boolean(item.isChecked));
  const inside = [item.mark ?? null, el("span", { class: "menu-label", text: item.label })];
  if (item.note) inside.push(el("span", { class: "menu-note", text: item.note }));
  if (item.href) return el("a", { ...attrs, href: item.href, target: item.target, on: { click: () => closeMenu() } }, ...inside);
  const click = () => {
    closeMenu(true);
    item.run();
  };
  return el("button", { ...attrs, type: "button", on: { click } }, ...inside);
}

function moved(event, box) {
  const items = [...box.querySelectorAll("[role^=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items[(to + items.length) % items.length]?.focus();
}

/** Keeps the box inside the window, below its opener if there is room. */
function put(box, by) {
  const { offsetWidth: width, offsetHeight: height } = box;
  const left = Math.max(8, Math.min(by.left, innerWidth - width - 8));
  const isRoomBelow = by.bottom + height + 8 < innerHeight;
  const top = isRoomBelow ? by.bottom + 4 : Math.max(8, by.top - height - 4);
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}

document.addEventListener("pointerdown", (event) => {
  if (current && !current.box.contains(event.target) && !current.opener.contains(event.target)) closeMenu();
});
document.addEventListener("keydown", (event) => {
  if (!current || event.key === "Tab") return closeMenu();
  if (event.key !== "Escape") return undefined;
  event.stopPropagation();
  event.preventDefault();
  return closeMenu(true);
}, true);
addEventListener("resize", () => closeMenu());
