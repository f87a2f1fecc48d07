/** App Home: https://docs.slack.dev/surfaces/app-home */

import { blocks } from "./blocks.js";
import { h } from "./dom.js";
import { Surface } from "./surface.js";

/**
 * Draws the Home tab of the app.
 * @param {object|null} view as the workspace holds it, with state.values
 * @param {object} ctx for renderers
 * @param {Function} act sends a click, see blocks
 * @returns {HTMLElement}
 */
export function home(view, ctx, act) {
  if (!view) return h("p", { class: "bk-nothing" }, "Closeout has not put anything here yet. It does as soon as it is connected.");
  const surface = new Surface(ctx, act, { held: view.state?.values, isForm: true });
  return h("div", { class: "bk-home", "data-view": view.id }, blocks(view.blocks, ctx, act, surface));
}
