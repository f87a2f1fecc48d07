// Small tools to make elements; data only ever becomes text, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element. Of `attrs`, `text` becomes its text, `on` its listeners, `data` its data-attributes;
 * null, undefined and false are left out, true becomes an empty attribute.
 * @param {string} tag @param {object} [attrs] @param {...(Node|string|null)} children */
export function el(tag, attrs = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (name === "text") made.textContent = value;
    else if (name === "on") for (const [kind, heard] of Object.entries(value)) made.addEventListener(kind, heard);
    else if (name === "data") Object.assign(made.dataset, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((one) => one !== null && one !== undefined && one !== false));
  return made;
}

/** The shapes of the small signs, on a field of 20 by 20. */
const SHAPES = {
  hash: "M8 3 6.5 17M13.5 3 12 17M3.5 7.5h14M2.500 12.500h14",
  lock: "M5 9h10v8H5zM7 9V6.500a3 3 0 0 1 6 0V9",
  home: "M3 9.500 10 3.500l7 6M5 8.500V16.500h10V8.500M8.500 16.500v-4.500h3v4.500",
  plus: "M10 4v12M4 10h12",
  search: "M8.500 14a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11M12.500 12.500 17 17",
  close: "m5 5 10 10M15 5 5 15",
  menu: "M3 5.500h14M3 10h14M3 14.500h14",
  more: "M10 5h.01M10 10h.01M10 15h.01",
  smile: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14M7 12c1.500 2 4.500 2 6 0M7.500 8h.01M12.500 8h.01",
  thread: "M4 4h12v9H9.500L6 16.500V13H4z",
  pin: "M7.500 3h5l-.5 5 2.500 2.500v1.500h-9V10.500L8 8zM10 12v5.500",
  send: "M3 10 17 3.500 13 17 9.500 11.500z",
  bolt: "M11.500 2.500 5 11h4.500l-1 6.500L15 9h-4.500z",
  people: "M7.500 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6M2 17c0-6 11-6 11 0M13.500 9.500a2.500 2.500 0 1 0-1.500-4.500M14 12c2.500 0 4 2 4 5",
  down: "m5 8 5 5 5-5",
  link: "M8 12l4-4M7 9 4.500 11.500a2.800 2.800 0 0 0 4 4L11 13M13 11l2.500-2.500a2.800 2.800 0 0 0-4-4L9 7",
  eye: "M2 10c4-7 12-7 16 0-4 7-12 7-16 0M10 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5",
  file: "M5 2.500h6.500L15 6v11.500H5zM11 3v4h4",
  window: "M3 4h14v12H3zM3 7.500h14",
  arrows: "M3 7h12l-3-3M17 13H5l3 3",
};

/** A small sign; it says nothing to a screen reader, what it stands on does. @param {string} name */
export function sign(name) {
  const svg = document.createElementNS(SVG, "svg");
  const attrs = { viewBox: "0 0 20 20", class: `sign sign-${name}`, "aria-hidden": "true", focusable: "false" };
  for (const [key, value] of Object.entries(attrs)) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** A button that is only a sign, with the words that it stands for. */
export function signButton(name, label, click, attrs = {}) {
  const on = { click };
  return el("button", { type: "button", class: "sign-button", "aria-label": label, title: label, on, ...attrs }, sign(name));
}

/** Tones of the squares beside names; each person keeps theirs. */
const TONES = 8;

/** The square with initials beside a name. @param {object} person @param {string} [name] */
export function face(person, name = "") {
  const shown = name || person?.real_name || "?";
  const initials = shown.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
  const tone = person?.is_bot ? "app" : (person?.tone ?? shown.length) % TONES;
  return el("span", { class: `face tone-${tone}`, "aria-hidden": "true", text: person?.is_bot ? "" : initials });
}

/** Runs `work` at most once before the next frame; a page that nobody sees has none, so it does not wait for it. */
export function soon(work) {
  let isWaiting = false;
  const run = () => {
    isWaiting = false;
    work();
  };
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    if (document.hidden) setTimeout(run, 0);
    else requestAnimationFrame(run);
  };
}
