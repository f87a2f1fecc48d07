/** The forms that an app puts before a person: the top of the stack, its errors and what follows.
 * https://docs.slack.dev/surfaces/modals */

import { blocks } from "./blocks.js";
import { h, uid } from "./dom.js";
import { said, Surface, trouble } from "./surface.js";

const CONNECTING = "We had some trouble connecting. Try again?";
const PATIENCE = 800; // milliseconds for the stream to bring what a submission did, before it is asked for
const STOPS = "a[href], button:not([tabindex='-1']), input, textarea, select, [tabindex='0']";

/** Shows the open forms of one person as a dialog. */
export class Forms {
  /** @param {HTMLElement} root where the dialog is put @param {{act: Function, get: Function}} server */
  constructor(root, server) {
    this.root = root;
    this.server = server;
    this.drafts = new Map();
    this.views = [];
    this.shown = { id: "", hash: "" };
    this.times = 0;
  }

  /**
   * Shows the top view; what was typed in any of them stays.
   * @param {object[]} views the person's stack as the workspace holds it, the top one last
   * @param {object} ctx for renderers
   */
  show(views, ctx) {
    this.times += 1;
    this.ctx = ctx;
    this._keep();
    this.views = views;
    const open = new Set(views.map((view) => view.id));
    for (const id of [...this.drafts.keys()]) if (!open.has(id)) this.drafts.delete(id);
    const top = views.at(-1);
    if (!top) return this._vanish();
    if (top.id === this.shown.id && top.hash === this.shown.hash) return undefined;
    return this._draw(top);
  }

  /** Shows what was open when the page began, unless the stream has brought something newer since. */
  begin(views, ctx) {
    if (!this.times) this.show(views, ctx);
  }

  /** Notes what is in the fields, for when this view is drawn again. */
  _keep() {
    if (this.surface && this.shown.id) this.drafts.set(this.shown.id, this.surface.snapshot());
  }

  _draw(view) {
    const isSame = view.id === this.shown.id;
    const place = isSame ? this._whereabouts() : null;
    this.shown = { id: view.id, hash: view.hash };
    this.surface = new Surface(this._context(view), this._acting(view), { held: this._held(view), isForm: true });
    this._dialog().replaceChildren(this._form(view));
    if (!this.dialog.open) this.dialog.showModal();
    if (!place || !this._return(place)) this._enter();
  }

  /** Slack keeps what a field holds as long as its block_id and action_id stay. */
  _held(view) {
    const held = { ...view.state?.values };
    for (const [block, fields] of Object.entries(this.drafts.get(view.id) ?? {})) held[block] = { ...held[block], ...fields };
    return held;
  }

  /** Who follows a link to a channel wants to see it, not the form that only told of it. */
  _context(view) {
    const goTo = (channel) => {
      if (!view.submit) this.close(true);
      this.ctx.goTo(channel);
    };
    return { ...this.ctx, goTo };
  }

  _acting(view) {
    const at = { view_id: view.id };
    const act = (action) => this.server.act("click", { ...at, ...action });
    act.suggest = (asked) => this.server.act("suggest", { ...at, ...asked });
    return act;
  }

  _dialog() {
    if (this.dialog) return this.dialog;
    this.dialog = h("dialog", {
      class: "bk-dialog",
      keydown: (event) => this._key(event),
      // Escape asks to close; the form goes when the workspace says so.
      cancel: (event) => {
        event.preventDefault();
        this.close();
      },
    });
    this.root.append(this.dialog);
    return this.dialog;
  }

  _form(view) {
    const id = uid("title");
    this.dialog.setAttribute("aria-labelledby", id);
    this.banner = h("div", { class: "bk-banner", role: "alert" });
    const form = h(
      "form",
      { class: "bk-form", novalidate: true, autocomplete: "off", "data-view": view.id },
      this._head(view, id),
      this.banner,
      h("div", { class: "bk-form-body", tabindex: "-1" }, blocks(view.blocks, this.surface.ctx, this.surface.act, this.surface)),
      this._foot(view),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    return form;
  }

  _head(view, id) {
    const back = h("button", { type: "button", class: "bk-icon", "aria-label": "Back", title: "Back", click: () => this.close() }, "‹");
    const end = h("button", { type: "button", class: "bk-icon", "aria-label": "Close", title: "Close", click: () => this.close(true) }, "×");
    const title = h("h2", { id }, said(view.title));
    return h("header", { class: "bk-head" }, this.views.length > 1 ? back : null, title, end);
  }

  _foot(view) {
    const words = said(view.close) || (view.submit ? "Cancel" : "Close");
    const close = h("button", { type: "button", class: "bk-button", click: () => this.close(view.clear_on_close) }, words);
    const send = view.submit ? h("button", { type: "submit", class: "bk-button bk-primary bk-submit" }, said(view.submit)) : null;
    return h("footer", { class: "bk-foot" }, close, send);
  }

  _key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (this.dialog.querySelector(".bk-submit")) this.submit();
    }
    if (event.key === "Tab") this._trap(event);
    // Keys of the page below, such as Escape for its panes, are not for it now.
    event.stopPropagation();
  }

  _trap(event) {
    const stops = [...this.dialog.querySelectorAll(STOPS)].filter((one) => one.offsetParent && !one.disabled);
    const [end, start] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (document.activeElement !== end) return;
    event.preventDefault();
    start.focus();
  }

  _enter() {
    const first = this.surface.wantsFocus ?? this.surface.controls[0]?.control;
    if (first) first.focus();
    else (this.dialog.querySelector(".bk-form-body button, .bk-form-body a[href], .bk-submit") ?? this.dialog.querySelector(".bk-foot button")).focus();
  }

  /** Where the person was in the form, to be there again when it is drawn anew. */
  _whereabouts() {
    const focused = document.activeElement;
    const at = this.surface.controls.find((one) => one.control.node.contains(focused));
    const scrolled = this.dialog.querySelector(".bk-form-body")?.scrollTop ?? 0;
    return { at, scrolled, from: focused?.selectionStart, to: focused?.selectionEnd };
  }

  _return({ at, scrolled, from, to }) {
    this.dialog.querySelector(".bk-form-body").scrollTop = scrolled;
    const now = at && this.surface.controls.find((one) => one.block_id === at.block_id && one.action_id === at.action_id);
    if (!now) return false;
    now.control.focus();
    if (typeof from === "number") now.control.target.setSelectionRange?.(from, to);
    return true;
  }

  /** Sends the form. Refusals come beside their fields; no answer leaves everything as it was. */
  async submit() {
    if (this.isBusy) return;
    const before = this.times;
    this._work(true);
    this._say("");
    try {
      const answer = await this.server.act("submit", { view_id: this.shown.id, state: this.surface.state() });
      await this._follow(answer, before);
    } catch (problem) {
      this._say(problem.message);
    }
    this._work(false);
  }

  async _follow(answer, before) {
    const problem = trouble(answer);
    this.surface.showErrors(answer.errors ?? {});
    if (problem) return this._say(CONNECTING, problem);
    if (answer.errors) return undefined;
    return await this._catchUp(before);
  }

  /** The stream tells what follows; should it be late, the workspace is asked. */
  async _catchUp(before) {
    const end = Date.now() + PATIENCE;
    while (this.times === before && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    if (this.times === before) this.show((await this.server.get("views")).views, this.ctx);
  }

  /** Closes the top view, or with `isAll` the whole stack. */
  async close(isAll = false) {
    if (this.isBusy) return;
    const before = this.times;
    try {
      await this.server.act("close_view", { clear: Boolean(isAll) });
      await this._catchUp(before);
    } catch (problem) {
      this._say(problem.message);
    }
  }

  _work(isBusy) {
    this.isBusy = isBusy;
    const send = this.dialog.querySelector(".bk-submit");
    this.dialog.firstElementChild?.setAttribute("aria-busy", String(isBusy));
    if (isBusy) send?.setAttribute("aria-disabled", "true");
    else send?.removeAttribute("aria-disabled");
  }

  _say(sentence, detail = "") {
    this.banner?.replaceChildren(...[sentence, detail].filter(Boolean).map((words) => h("p", {}, words)));
  }

  _vanish() {
    this.shown = { id: "", hash: "" };
    this.surface = null;
    this.isBusy = false;
    this.dialog?.close();
    this.dialog?.replaceChildren();
  }
}
