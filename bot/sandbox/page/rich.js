/** Rich text blocks: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */

import { h, link } from "./dom.js";
import { channel, date, emojiNode, group, mention } from "./mrkdwn.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", underline: "u", highlight: "mark", client_highlight: "mark" };

/** @param {{elements: object[]}} block @param {object} ctx @returns {HTMLElement} */
export function richText(block, ctx) {
  return h("div", { class: "bk-rich mk" }, (block.elements ?? []).map((one) => PARTS[one.type]?.(one, ctx)));
}

const PARTS = {
  rich_text_section: (part, ctx) => h("div", { class: "bk-rich-section" }, inline(part, ctx)),
  rich_text_quote: (part, ctx) => h("blockquote", { class: "mk-quote" }, inline(part, ctx)),
  rich_text_preformatted: (part, ctx) => h("pre", { class: "mk-pre", tabindex: "0" }, h("code", {}, inline(part, ctx, true))),
  rich_text_list: list,
};

function list(part, ctx) {
  const isOrdered = part.style === "ordered";
  const indent = Math.min(8, part.indent ?? 0);
  const attrs = { class: `bk-list bk-indent-${indent}`, start: isOrdered && part.offset ? part.offset + 1 : null };
  return h(isOrdered ? "ol" : "ul", attrs, part.elements.map((one) => h("li", {}, inline(one, ctx))));
}

function inline(part, ctx, isPlain = false) {
  return (part.elements ?? []).map((one) => {
    const node = INLINE[one.type]?.(one, ctx) ?? document.createTextNode("");
    return isPlain ? node : styled(node, one.style ?? {});
  });
}

function styled(node, style) {
  let whole = style.code ? h("code", { class: "mk-code" }, node) : node;
  for (const [name, tag] of Object.entries(STYLES)) if (style[name]) whole = h(tag, {}, whole);
  return whole;
}

const INLINE = {
  text: (one) => document.createTextNode(one.text),
  link: (one) => link(one.url, one.text || one.url, { class: "mk-link" }),
  user: (one, ctx) => mention(one.user_id, ctx),
  channel: (one, ctx) => channel(one.channel_id, ctx),
  usergroup: (one, ctx) => group(one.usergroup_id, ctx),
  team: (one) => document.createTextNode(one.team_id),
  broadcast: (one) => h("span", { class: "mk-mention mk-me" }, `@${one.range}`),
  emoji: (one) => emojiNode(one.name) ?? document.createTextNode(`:${one.name}:`),
  date: (one, ctx) => date(one.timestamp, one.format, ctx, { fallback: one.fallback ?? "", url: one.url }),
  color,
};

function color(one) {
  const swatch = h("span", { class: "bk-swatch", "aria-hidden": "true" });
  // Set as a property: the browser takes colours only, and no other style can slip in.
  swatch.style.backgroundColor = one.value;
  return h("span", {}, swatch, one.value);
}
