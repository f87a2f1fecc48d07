/** Small helpers to build nodes. Words only ever become text nodes, so nothing that is shown can run. */

let counted = 0;

/**
 * Makes an element. `attrs` are attributes, except: functions become listeners of that event,
 * `true` an empty attribute, and `false`, `null` or `undefined` none at all.
 * @param {string} tag
 * @param {Object<string, any>} [attrs]
 * @param {...(Node|string|null|undefined|Array)} kids strings become text nodes
 * @returns {HTMLElement}
 */
export function h(tag, attrs = {}, ...kids) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs ?? {})) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, String(value));
  }
  node.append(...present(kids));
  return node;
}

function present(kids) {
  return kids.flat(Infinity).filter((kid) => kid != null && kid !== "" && kid !== false);
}

/** An id that no other element of the page has. @param {string} prefix */
export function uid(prefix) {
  counted += 1;
  return `${prefix}-${counted}`;
}

/** A fragment of the given nodes and strings. */
export function fragment(...kids) {
  const made = document.createDocumentFragment();
  made.append(...present(kids));
  return made;
}

const SAFE = new Set(["http:", "https:", "mailto:", "tel:", "slack:"]);

/** The address when it is one that may stand in a link, else "" (no javascript:, no data:). */
export function safeUrl(url) {
  try {
    const parsed = new URL(String(url));
    return SAFE.has(parsed.protocol) ? parsed.href : "";
  } catch {
    return "";
  }
}

/** A link to another tab; words alone when the address is none that may be followed. */
export function link(url, kids, attrs = {}) {
  const href = safeUrl(url);
  if (!href) return h("span", attrs, kids);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", ...attrs }, kids);
}

/** Calls `run` when nothing was asked for so many milliseconds; `.flush()` does at once what still waits. */
export function debounced(ms, run) {
  let waiting = null;
  const forget = () => {
    clearTimeout(waiting?.timer);
    waiting = null;
  };
  const later = (...args) => {
    forget();
    waiting = { args, timer: setTimeout(() => later.flush(), ms) };
  };
  later.flush = () => {
    const args = waiting?.args;
    forget();
    if (args) run(...args);
  };
  later.cancel = forget;
  return later;
}
