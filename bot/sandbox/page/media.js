/** Pictures, films, files and calls: shown as cards, since the page asks nothing of any other host. */

import { h, link, safeUrl } from "./dom.js";
import { said, words } from "./surface.js";

/** Whether the address is on this very workspace, so that the picture itself may be shown. */
function isOurs(url) {
  return safeUrl(url) && new URL(url).origin === location.origin;
}

/** An image element: the picture when it is ours, else its words and the way to it. */
export function picture(image) {
  const url = image.image_url ?? image.slack_file?.url ?? "";
  if (isOurs(url)) return h("img", { class: "bk-picture", src: url, alt: image.alt_text });
  const title = "Pictures from elsewhere are not fetched by the practice workspace.";
  return link(url, `Picture: ${image.alt_text}`, { class: "bk-picture-link", title });
}

/** An image block, with its title. */
export function image(block) {
  const title = block.title ? h("figcaption", {}, said(block.title)) : null;
  return h("figure", { class: "bk-image" }, title, picture(block));
}

function card(kind, title, url, ...more) {
  return h("div", { class: "bk-card" }, h("span", { class: "bk-note" }, kind), h("div", { class: "bk-card-title" }, link(url, title, { class: "mk-link" })), more);
}

/** A film as a card that leads to it. */
export function video(block, ctx) {
  const about = [block.author_name, block.provider_name].filter(Boolean).join(" · ");
  const url = block.title_url || block.video_url;
  return card("Video", said(block.title), url, block.description ? h("p", {}, words(block.description, ctx)) : null, about ? h("span", { class: "bk-note" }, about) : null);
}

/** A file of elsewhere. */
export function file(block) {
  const found = block.file ?? {};
  return card("File", found.title || found.name || block.external_id || "File", found.permalink ?? found.url_private ?? "");
}

/** A call that somebody has added. */
export function call(block) {
  const about = block.call?.v1 ?? {};
  const people = about.active_participants?.length ?? 0;
  return card("Call", about.name || "Call", about.join_url ?? "", people ? h("span", { class: "bk-note" }, `${people} in the call`) : null);
}
