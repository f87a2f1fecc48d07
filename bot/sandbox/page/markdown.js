/** The markdown block: the part of CommonMark that Slack draws, https://docs.slack.dev/reference/block-kit/blocks/markdown-block */

import { h, link } from "./dom.js";
import { emojiNode } from "./mrkdwn.js";

const FENCE = /^\s*(```|~~~)/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const TASK = /^\[([ xX])\]\s+/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const DASHES = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** @param {string} text @returns {HTMLElement} */
export function markdown(text) {
  const lines = { all: String(text).split("\n"), at: 0 };
  const made = h("div", { class: "bk-markdown mk" });
  while (lines.at < lines.all.length) made.append(...[next(lines)].flat().filter(Boolean));
  return made;
}

function next(lines) {
  const line = lines.all[lines.at];
  const kind = KINDS.find(([fits]) => fits(line, lines));
  return kind[1](lines);
}

const KINDS = [
  [(line) => !line.trim(), skip],
  [(line) => FENCE.test(line), fence],
  [(line) => HEADING.test(line), heading],
  [(line) => RULE.test(line), rule],
  [(line) => /^\s*>/.test(line), quote],
  [(line) => ITEM.test(line), list],
  [(line, lines) => line.includes("|") && DASHES.test(lines.all[lines.at + 1] ?? "-no-"), table],
  [() => true, paragraph],
];

function take(lines) {
  lines.at += 1;
  return lines.all[lines.at - 1];
}

function takeWhile(lines, fits) {
  const taken = [];
  while (lines.at < lines.all.length && fits(lines.all[lines.at])) taken.push(take(lines));
  return taken;
}

function skip(lines) {
  take(lines);
}

function fence(lines) {
  const mark = FENCE.exec(take(lines))[1];
  const inside = takeWhile(lines, (line) => !line.trim().startsWith(mark));
  take(lines);
  return h("pre", { class: "mk-pre", tabindex: "0" }, h("code", {}, inside.join("\n")));
}

function heading(lines) {
  const [, marks, words] = HEADING.exec(take(lines));
  return h("p", { class: `bk-header bk-header-${Math.min(4, marks.length)}`, role: "heading", "aria-level": marks.length + 2 }, inline(words));
}

function rule(lines) {
  take(lines);
  return h("hr", { class: "bk-divider" });
}

function quote(lines) {
  const inside = takeWhile(lines, (line) => /^\s*>/.test(line)).map((line) => line.replace(/^\s*> ?/, ""));
  return h("blockquote", { class: "mk-quote" }, inline(inside.join("\n")));
}

function list(lines) {
  const first = ITEM.exec(lines.all[lines.at]);
  const isOrdered = /\d/.test(first[2]);
  const made = h(isOrdered ? "ol" : "ul", { class: "bk-list", start: isOrdered ? Number.parseInt(first[2], 10) : null });
  for (let found = first; found; found = ITEM.exec(lines.all[lines.at] ?? "")) {
    if (found[1].length > first[1].length && made.lastChild) made.lastChild.append(list(lines));
    else if (found[1].length < first[1].length || /\d/.test(found[2]) !== isOrdered) break;
    else made.append(item(take(lines)));
  }
  return made;
}

function item(line) {
  const words = ITEM.exec(line)[3];
  const task = TASK.exec(words);
  return task ? h("li", { class: "bk-task" }, task[1] === " " ? "☐ " : "☑ ", inline(words.slice(task[0].length))) : h("li", {}, inline(words));
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => inline(cell.trim()));

function table(lines) {
  const head = cells(take(lines));
  take(lines);
  const rows = takeWhile(lines, (line) => line.includes("|")).map(cells);
  const top = h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, cell))));
  const body = h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell)))));
  return h("div", { class: "bk-table", role: "region", "aria-label": "Table", tabindex: "0" }, h("table", {}, top, body));
}

function paragraph(lines) {
  const isPlain = (line) => KINDS.findIndex(([fits]) => fits(line, lines)) === KINDS.length - 1;
  return h("p", {}, inline(takeWhile(lines, isPlain).join("\n")));
}

const INLINE = [
  [/`([^`]+)`/y, ([, words]) => h("code", { class: "mk-code" }, words)],
  [/!?\[([^\]\n]*)\]\(([^()\s]+)(?:\s+"[^"\n]*")?\)/y, ([, words, url]) => link(url, words || url, { class: "mk-link" })],
  [/<(https?:\/\/[^<>\s]+)>/y, ([, url]) => link(url, url, { class: "mk-link" })],
  [/\*\*(?=\S)([^\n]*?\S)\*\*/y, ([, words]) => h("strong", {}, inline(words))],
  [/~~(?=\S)([^\n]*?\S)~~/y, ([, words]) => h("s", {}, inline(words))],
  [/\*(?=[^\s*])([^*\n]*[^\s*])\*/y, ([, words]) => h("em", {}, inline(words))],
  [/\b_(?=[^\s_])([^_\n]*[^\s_])_\b/y, ([, words]) => h("em", {}, inline(words))],
  [/https?:\/\/[^\s<>`]*[^\s<>`.,;:!?'")\]*_~]/y, ([url]) => link(url, url, { class: "mk-link" })],
  [/:([\w+'-]+):/y, ([, name]) => emojiNode(name)],
  [/\\([!-/:-@[-`{-~])/y, ([, letter]) => document.createTextNode(letter)],
];

function inline(text) {
  const nodes = [];
  let words = "";
  for (let at = 0; at < text.length; ) {
    const [node, end] = found(text, at);
    if (node) nodes.push(words, node);
    words = node ? "" : words + text[at];
    at = node ? end : at + 1;
  }
  return [...nodes, words];
}

function found(text, at) {
  for (const [pattern, draw] of INLINE) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const node = match && draw(match);
    if (node) return [node, at + match[0].length];
  }
  return [null, at];
}
