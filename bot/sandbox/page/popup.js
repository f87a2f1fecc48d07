/** Where a list or a menu stands beside what opened it. */

const GAP = 4;

/** Puts an open popover below its opener, or above it where there is more room.
 * @param {HTMLElement} box @param {HTMLElement} opener @param {{isAsWide?: boolean}} [how] */
export function place(box, opener, { isAsWide = false } = {}) {
  const by = opener.getBoundingClientRect();
  box.style.minWidth = isAsWide ? `${by.width}px` : "";
  const below = innerHeight - by.bottom - 2 * GAP;
  const above = by.top - 2 * GAP;
  const isBelow = below >= Math.min(box.scrollHeight, 220) || below >= above;
  box.style.maxHeight = `${Math.max(96, Math.min(320, isBelow ? below : above))}px`;
  box.style.left = `${Math.max(8, Math.min(by.left, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = isBelow ? `${by.bottom + GAP}px` : `${Math.max(GAP, by.top - box.offsetHeight - GAP)}px`;
}
