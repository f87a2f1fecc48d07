/**
 * Makes Closeout's pages live and quick. Without this file everything works too, by links and forms alone:
 * it opens the same forms in a dialog, sends them aside, and puts what changed into the page at hand.
 * All words come from the templates.
 */

const REFRESH_EVERY = 60_000; // ms; for what only time changes, such as a promise that ran out
const TRY_AGAIN_AFTER = 30_000; // ms, when the server takes no more watchers
const EDITABLE = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
const FIELDS = "[autofocus], input:not([type=hidden]), textarea, select, button";

const asking = document.getElementById("asking");
const keys = document.getElementById("keys");
const lost = document.getElementById("lost");
const drafts = new Map(); // address of a form -> the form as it was left, with what was typed

/** Fetch a page of ours. Answers its status, where it came from in the end, and its document. */
async function load(address, options = {}) {
  const answer = await fetch(address, { credentials: "same-origin", ...options });
  const text = await answer.text();
  return { status: answer.status, url: answer.url, page: new DOMParser().parseFromString(text, "text/html") };
}

// ---- Putting what is new in the place of what is old

/** Replace each region of the page that differs. What is being typed lies in none of them. */
function swap(fresh, { quietly = false } = {}) {
  for (const old of document.querySelectorAll("[data-live]")) {
    const next = fresh.querySelector(`[data-live="${CSS.escape(old.dataset.live)}"]`);
    if (next && !(quietly && old.dataset.live === "said")) renew(old, next);
  }
  freshen(fresh);
  const live = fresh.body.dataset.liveFrom;
  if (live) document.body.dataset.liveFrom = live;
  document.title = fresh.title || document.title;
}

/** A field in which nobody types follows what others save. */
function freshen(fresh) {
  for (const form of document.querySelectorAll("form[data-save]")) {
    const next = fresh.getElementById(form.id);
    if (!next || isTyped(form) || form.elements.text === document.activeElement) continue;
    const isSame = ["seen", "text"].every((name) => form.elements[name]?.value === next.elements[name]?.value);
    if (!isSame) replaceForm(form, next);
  }
}

function say(fresh) {
  const [old, next] = [document, fresh].map((page) => page.querySelector("[data-live=said]"));
  if (old && next) replace(old, next);
}

function renew(old, next) {
  if (old.innerHTML === next.innerHTML) return;
  const [list, news] = [old, next].map((one) => one.querySelector("[data-keyed]"));
  if (!list || !news) return replace(old, next);
  for (const child of [...next.children]) {
    if (child === news) merge(list, news);
  }
  const around = [...next.childNodes].map((node) => (node === news ? list : document.importNode(node, true)));
  keeping(old, () => old.replaceChildren(...around));
}

/** Entries that are there already stay, so that a reader is not thrown off the line they read. */
function merge(list, news) {
  const known = new Map([...list.children].map((child) => [child.id, child]));
  const wanted = [...news.children].map((child) => {
    const there = child.id && known.get(child.id);
    return there && same(there, child) ? there : document.importNode(child, true);
  });
  if (wanted.length === list.children.length && wanted.every((one, n) => one === list.children[n])) return;
  list.replaceChildren(...wanted);
}

function same(there, child) {
  const bare = there.cloneNode(true);
  bare.removeAttribute("tabindex");
  bare.querySelectorAll("details[open]").forEach((one) => one.removeAttribute("open"));
  return bare.outerHTML === child.outerHTML;
}

function replace(old, next) {
  const children = [...next.childNodes].map((node) => document.importNode(node, true));
  keeping(old, () => old.replaceChildren(...children));
}

/** Do it, and keep what was unfolded, and where the focus was. */
function keeping(region, change) {
  const open = new Set([...region.querySelectorAll("details[open] > summary")].map((one) => one.textContent));
  const place = region.contains(document.activeElement) ? placeOf(document.activeElement) : "";
  change();
  for (const summary of region.querySelectorAll("details > summary")) {
    if (open.has(summary.textContent)) summary.parentElement.open = true;
  }
  if (place) region.querySelector(place)?.focus({ preventScroll: true });
}

function placeOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.href) return `a[href="${CSS.escape(element.getAttribute("href"))}"]`;
  const action = element.closest("form")?.getAttribute("action");
  return action ? `form[action="${CSS.escape(action)}"] button` : "";
}

// ---- Live

let busy = false;
let wanted = false;

/** Fetch the page once more, as it is asked for in the address; one at a time. */
async function refresh() {
  wanted = true;
  if (busy || document.hidden) return;
  busy = true;
  while (wanted) {
    wanted = false;
    try {
      const { status, page } = await load(location.href);
      if (status === 200) swap(page, { quietly: true });
      if (status === 401 || status === 404) location.reload();
      lost.hidden = status < 500;
    } catch {
      lost.hidden = false;
    }
  }
  busy = false;
}

/** Listen for changes. The browser takes up a line that broke by itself; a line that was refused, we do. */
function listen() {
  const source = new EventSource(document.body.dataset.liveFrom);
  source.addEventListener("changed", refresh);
  source.addEventListener("gone", () => (source.close(), location.reload()));
  source.addEventListener("open", () => (lost.hidden = true));
  source.addEventListener("error", () => {
    lost.hidden = false;
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => (refresh(), listen()), TRY_AGAIN_AFTER);
  });
  addEventListener("pagehide", () => source.close(), { once: true });
}

// ---- Forms

/** Show a form in the dialog; one that was left with words in it comes back with them. */
async function ask(address) {
  if (asking.open) put();
  const draft = drafts.get(address);
  if (draft) return show(draft, address);
  try {
    const { page } = await load(address);
    const form = page.querySelector("[data-form]");
    if (form) return show(document.importNode(form, true), address);
  } catch {
    // The browser says better than we could why the page cannot be had.
  }
  location.assign(address);
}

function show(form, address) {
  asking.dataset.of = address;
  asking.replaceChildren(form);
  asking.setAttribute("aria-labelledby", form.querySelector("h1")?.id || "");
  form.querySelectorAll("[data-fill]").forEach((button) => (button.hidden = false));
  if (!asking.open) asking.showModal();
  (form.querySelector("[aria-invalid], [autofocus]") || form.querySelector(`form :is(${FIELDS})`))?.focus();
}

function isTyped(root) {
  const fields = [...root.querySelectorAll("textarea, input:not([type=hidden])")];
  return fields.some((field) =>
    ["checkbox", "radio"].includes(field.type)
      ? field.checked !== field.defaultChecked
      : field.value !== field.defaultValue,
  );
}

/** When the dialog closes, by Esc or by the link: what was typed is kept for the next time. */
function put() {
  const form = asking.firstElementChild;
  if (form && isTyped(form)) drafts.set(asking.dataset.of, form);
  asking.replaceChildren();
}

/** Send a form aside. Nothing that was typed is given up before the answer says that it was taken. */
async function send(form, button) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  const body = new URLSearchParams(new FormData(form, button));
  try {
    const answer = await load(form.action, { method: "POST", body });
    form.removeAttribute("aria-busy");
    await settle(form, answer);
  } catch {
    form.removeAttribute("aria-busy");
    complain(form, "not-sent");
  }
}

async function settle(form, answer) {
  if (answer.status === 401) return complain(form, "signed-out");
  if (answer.status >= 400) return refused(form, answer);
  drafts.delete(asking.dataset.of);
  const own = form.matches("[data-save]") && answer.page.getElementById(form.id);
  if (own) replaceForm(form, own);
  else form.reset();
  if (asking.open) {
    asking.replaceChildren();
    asking.close();
  }
  const there = new URL(answer.url);
  if (there.pathname !== location.pathname) return location.assign(answer.url);
  if (location.search && !there.search.startsWith(location.search)) {
    say(answer.page); // this page shows a part, the answer the whole
    refresh();
  } else {
    swap(answer.page);
  }
  if (form.matches("[data-note]")) form.querySelector("textarea").focus();
}

/** A field that was saved is drawn anew, for who saved it and when; the focus stays where it was. */
function replaceForm(form, next) {
  const fresh = document.importNode(next, true);
  const had = form.contains(document.activeElement) && document.activeElement.localName;
  form.replaceWith(fresh);
  if (had) fresh.querySelector(had === "textarea" ? had : "button")?.focus({ preventScroll: true });
}

/** The form comes back with what is wrong beside its field; what is no form is shown as it was said. */
function refused(form, answer) {
  const own = form.id && answer.page.getElementById(form.id);
  if (own && form.matches("[data-save]")) return replaceForm(form, own);
  const said = answer.page.querySelector("[data-form]") || answer.page.querySelector("main");
  if (!said) return complain(form, "not-sent");
  const shown = document.importNode(said, true);
  if (shown.matches("main")) shown.removeAttribute("id");
  show(shown, form.action);
}

function complain(form, id) {
  const said = document.getElementById(id).cloneNode(true);
  form.querySelector("[data-complaint]")?.remove();
  said.removeAttribute("id");
  said.dataset.complaint = "";
  said.hidden = false;
  form.prepend(said);
}

/** Another phase has other prepared wordings. */
async function reword(select) {
  const old = select.form.querySelector(".prepared");
  if (!old) return;
  const { page } = await load(`${select.form.action}?phase=${encodeURIComponent(select.value)}`);
  const next = page.querySelector(".prepared");
  if (!next) return;
  old.replaceChildren(...[...next.childNodes].map((node) => document.importNode(node, true)));
  old.querySelectorAll("[data-fill]").forEach((button) => (button.hidden = false));
}

function fill(button) {
  const field = button.closest("form").elements[button.dataset.fill];
  field.value = button.parentElement.querySelector("[data-wording]").textContent;
  field.focus();
}

// ---- Moving about

/** Show another part of the timeline, and put its address into the bar, so that a link shows what I see. */
async function turn(address) {
  try {
    const { status, page } = await load(address);
    if (status !== 200) return location.assign(address);
    history.replaceState(null, "", address);
    swap(page, { quietly: true });
  } catch {
    lost.hidden = false;
  }
}

let typing = 0;

function search(form) {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const asked = new URLSearchParams(new FormData(form));
    const kind = new URLSearchParams(location.search).get("kind");
    if (kind) asked.set("kind", kind);
    turn(`${location.pathname}?${asked}`);
  }, 200);
}

function step(down) {
  const lines = [...document.querySelectorAll(".timeline > li[id^=e], table.cards tbody tr")];
  const at = lines.findIndex((line) => line.contains(document.activeElement));
  const next = lines[at < 0 ? (lines[0]?.matches("li") ? lines.length - 1 : 0) : at + (down ? 1 : -1)];
  if (!next) return;
  const target = next.querySelector("a.row") || next;
  if (target === next) next.tabIndex = -1;
  target.focus();
  next.scrollIntoView({ block: "nearest" });
}

function areKeysOn() {
  return localStorage.getItem("closeout.keys") !== "off";
}

function pressed(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
    return event.target.form?.requestSubmit();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches(EDITABLE) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") return event.preventDefault(), keys.showModal();
  if (event.key === "Escape") return closeMenus(null);
  if (!areKeysOn()) return;
  if (event.key === "j" || event.key === "k") return step(event.key === "j");
  const meant = document.querySelector(`main [aria-keyshortcuts="${CSS.escape(event.key)}"]`);
  if (!meant) return;
  event.preventDefault();
  meant.matches(EDITABLE) ? meant.focus() : meant.click();
}

function closeMenus(target) {
  for (const menu of document.querySelectorAll("details.more[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
}

function clicked(event) {
  closeMenus(event.target);
  if (event.target === asking) return asking.close(); // beside the form
  const link = event.target.closest("a, [data-fill]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const does = [
    ["[data-ask]", () => (closeMenus(null), ask(link.href))],
    ["[data-leave]", () => (asking.open ? asking.close() : location.assign(link.href))],
    ["[data-swap]", () => turn(link.href)],
    ["[data-fill]", () => fill(link)],
  ].find(([mark]) => link.matches(mark));
  if (!does) return;
  event.preventDefault();
  does[1]();
}

function submitted(event) {
  const form = event.target;
  if (form.matches("[data-find]")) return event.preventDefault(), search(form);
  isLeaving = form.method === "post";
  if (!isLeaving || !(form.matches("[data-quick], [data-note], [data-save]") || asking.open)) return;
  isLeaving = false;
  event.preventDefault();
  send(form, event.submitter);
}

let isLeaving = false; // with a form that takes along what was typed

function hold(event) {
  const forms = [...document.querySelectorAll("main form[method=post]")];
  if (!isLeaving && forms.some(isTyped)) event.preventDefault();
}

/** A reload does not say once more what was done. */
function forgetWhatWasSaid() {
  const address = new URL(location.href);
  if (!address.searchParams.has("said")) return;
  address.searchParams.delete("said");
  address.searchParams.delete("same");
  history.replaceState(null, "", address);
}

document.addEventListener("click", clicked);
document.addEventListener("submit", submitted);
document.addEventListener("keydown", pressed);
document.addEventListener("change", (event) => event.target.matches("[name=phase]") && reword(event.target));
document.addEventListener("input", (event) => event.target.matches("#find") && search(event.target.form));
asking.addEventListener("close", put);
addEventListener("beforeunload", hold);
document.querySelectorAll("[data-fill]").forEach((button) => (button.hidden = false));

const keysOn = document.getElementById("keys-on");
keysOn.checked = areKeysOn();
keysOn.addEventListener("change", () => localStorage.setItem("closeout.keys", keysOn.checked ? "on" : "off"));

forgetWhatWasSaid();
if (document.body.dataset.liveFrom) {
  listen();
  setInterval(refresh, REFRESH_EVERY);
  document.addEventListener("visibilitychange", () => wanted && refresh());
}
