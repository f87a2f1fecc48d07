/**
 * Writing a postmortem: what is typed is shown as the document will show it, and put aside on the server a
 * second later. Without this file the buttons Save and Preview do the same by plain forms.
 */

const SHOWN_AFTER = 300; // ms without a key
const KEPT_AFTER = 1000;

const waiting = new Map(); // "what path" -> timer
const latest = new Map(); // path -> the number of the newest look that was asked for

function soon(name, after, act) {
  clearTimeout(waiting.get(name));
  waiting.set(name, setTimeout(() => (waiting.delete(name), act()), after));
}

function post(form, what, options = {}) {
  const body = new URLSearchParams(new FormData(form));
  return fetch(`${form.dataset.save}/${what}`, { method: "POST", body, credentials: "same-origin", ...options });
}

/** Keep what is typed, for this person alone. Once it is kept, leaving the page loses nothing. */
async function putAside(form, options) {
  const field = form.elements.text;
  const sent = field.value;
  const was = field.defaultValue;
  try {
    const answer = await post(form, "draft", options);
    if (!form.isConnected) return;
    if (answer.ok) field.defaultValue = sent;
    tell(form, answer.ok ? "put-aside" : "not-put-aside");
  } catch {
    field.defaultValue = was;
    tell(form, "not-put-aside");
  }
}

function tell(form, id) {
  form.querySelector("[data-aside]").textContent = document.getElementById(id).textContent;
}

/** The server draws it, so that the preview is the document. An answer that was overtaken is dropped. */
async function look(form) {
  const path = form.dataset.save;
  const number = (latest.get(path) || 0) + 1;
  latest.set(path, number);
  try {
    const answer = await post(form, "preview");
    const text = await answer.text();
    if (!answer.ok || latest.get(path) !== number || !form.isConnected) return;
    const drawn = new DOMParser().parseFromString(text, "text/html").querySelector("[data-look]");
    show(form, drawn);
  } catch {
    // What is typed is safe; the next key asks again.
  }
}

function show(form, drawn) {
  const place = form.querySelector("[data-look]");
  place.replaceChildren(...[...drawn.childNodes].map((node) => document.importNode(node, true)));
  place.hidden = !form.elements.text.value.trim();
}

function typed(event) {
  const form = event.target.closest("form[data-save]");
  if (!form || event.target.name !== "text") return;
  soon(`look ${form.dataset.save}`, SHOWN_AFTER, () => look(form));
  soon(`keep ${form.dataset.save}`, KEPT_AFTER, () => putAside(form));
}

/** Who leaves within the second: what is typed goes along. */
function leaving() {
  for (const form of document.querySelectorAll("form[data-save]")) {
    const name = `keep ${form.dataset.save}`;
    if (!waiting.has(name)) continue;
    clearTimeout(waiting.get(name));
    waiting.delete(name);
    putAside(form, { keepalive: true });
  }
}

/** A form that is being saved is not put aside any more: the later of the two would win. */
function saving(event) {
  const form = event.target;
  if (!form.matches("form[data-save]")) return;
  for (const what of ["look", "keep"]) {
    clearTimeout(waiting.get(`${what} ${form.dataset.save}`));
    waiting.delete(`${what} ${form.dataset.save}`);
  }
}

/** What is marked in the document or a field is what a comment is about. */
function quote(event) {
  const link = event.target.closest?.("a[data-ask][href*='/comment?section=']");
  if (!link) return;
  const field = link.closest(".passage").querySelector("textarea");
  const words = field.value.slice(field.selectionStart, field.selectionEnd) || String(document.getSelection());
  const address = new URL(link.href);
  words.trim() ? address.searchParams.set("quote", words.trim().slice(0, 400)) : address.searchParams.delete("quote");
  link.href = address.href;
}

document.addEventListener("input", typed);
document.addEventListener("submit", saving, { capture: true });
document.addEventListener("click", quote, { capture: true });
document.addEventListener("visibilitychange", () => document.hidden && leaving());
addEventListener("pagehide", leaving);
document.body.classList.add("scripted"); // the live preview stands in for the button
