/** A field with a list below it, for one choice or many; letters that are typed narrow the list.
 * It follows https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ */

import { h, uid } from "./dom.js";
import { place } from "./popup.js";

/**
 * An item is {key, text, note, held}; a source is a function of what was typed that answers with
 * [{label, items}] or a promise of it.
 */
export class Chooser {
  /** @param {{source, label?: string, placeholder?: string, isMany?: boolean, most?: number,
   *   canBeEmptied?: boolean, chosen?: object[], onChange: Function}} how */
  constructor(how) {
    this.how = how;
    this.chosen = how.chosen ?? [];
    this.items = [];
    this.at = -1;
    this.asked = 0;
    this._build();
    this._listen();
    this.write(this.chosen);
  }

  _build() {
    const id = uid("list");
    this.target = h("input", {
      type: "text", class: "ch-input", role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id, "aria-label": this.how.label,
    });
    this.tokens = this.how.isMany ? h("ul", { class: "ch-tokens" }) : null;
    this.emptier = h("button", { type: "button", class: "ch-empty", "aria-label": "Clear the choice", title: "Clear", hidden: true }, "×");
    this.list = h("div", { id, class: "ch-options", role: "listbox", "aria-label": this.how.label || "Choices", "aria-multiselectable": this.how.isMany ? "true" : null, hidden: true });
    this.status = h("p", { class: "ch-status", role: "status" });
    this.pop = h("div", { class: "ch-pop", popover: "manual" }, this.status, this.list);
    this.node = h("div", { class: this.how.isMany ? "ch ch-many" : "ch" }, this.tokens, this.target, this.emptier, this.pop);
  }

  _listen() {
    this.target.addEventListener("click", () => this.open());
    this.target.addEventListener("input", () => this.open(this.target.value));
    this.target.addEventListener("keydown", (event) => this._key(event));
    this.target.addEventListener("focus", () => this.target.select());
    this.target.addEventListener("blur", () => this.close());
    this.emptier.addEventListener("click", () => this._set([]));
    // The focus stays in the field while something in the list is pressed.
    this.pop.addEventListener("pointerdown", (event) => event.preventDefault());
    this.pop.addEventListener("mousedown", (event) => event.preventDefault());
    this.node.addEventListener("click", (event) => event.target === this.node && this.target.focus());
  }

  get isOpen() {
    return this.pop.matches(":popover-open");
  }

  /** Opens the list, or narrows it to what was typed. */
  async open(typed = "") {
    if (this.target.getAttribute("aria-disabled")) return;
    if (!this.isOpen) this._appear();
    const number = ++this.asked;
    const answer = this.how.source(typed.trim());
    if (answer?.then) this._draw([], "Looking it up …");
    let groups = [];
    let note = "";
    try {
      groups = await answer;
    } catch (problem) {
      note = problem.message;
    }
    if (number === this.asked && this.isOpen) this._draw(groups, note || (count(groups) ? "" : "Nothing fits."));
  }

  _appear() {
    this.pop.showPopover();
    this.target.setAttribute("aria-expanded", "true");
    this.follow = () => place(this.pop, this.node, { isAsWide: true });
    addEventListener("scroll", this.follow, true);
    addEventListener("resize", this.follow);
  }

  close() {
    this.asked += 1;
    if (!this.isOpen) return this._show();
    this.pop.hidePopover();
    removeEventListener("scroll", this.follow, true);
    removeEventListener("resize", this.follow);
    this.target.setAttribute("aria-expanded", "false");
    this.target.removeAttribute("aria-activedescendant");
    return this._show();
  }

  _draw(groups, note) {
    this.items = [];
    this.at = -1;
    this.list.replaceChildren(...groups.filter((one) => one.items.length).map((one) => this._group(one)));
    this.list.hidden = !this.items.length;
    this.status.textContent = this._isFull() ? `You can choose ${this.how.most} at most.` : note;
    this.follow();
    const first = this.items.findIndex((one) => this._isChosen(one.item));
    if (this.items.length) this._mark(first >= 0 && !this.how.isMany ? first : 0);
  }

  _group({ label, items }) {
    const options = items.map((item) => this._option(item));
    if (!label) return h("div", { class: "ch-group", role: "presentation" }, options);
    const id = uid("group");
    return h("div", { class: "ch-group", role: "group", "aria-labelledby": id }, h("div", { id, class: "ch-heading", role: "presentation" }, label), options);
  }

  _option(item) {
    const note = item.note ? h("span", { class: "bk-note" }, item.note) : null;
    const isChosen = this._isChosen(item);
    const node = h("div", { id: uid("option"), class: "ch-option", role: "option", "aria-selected": String(isChosen) }, h("span", {}, item.text), note);
    if (this._isFull() && !isChosen) node.setAttribute("aria-disabled", "true");
    const number = this.items.push({ item, node }) - 1;
    node.addEventListener("click", () => this.choose(item));
    node.addEventListener("pointermove", () => this._mark(number, false));
    return node;
  }

  _isChosen(item) {
    return this.chosen.some((one) => one.key === item.key);
  }

  _isFull() {
    return Boolean(this.how.isMany && this.how.most && this.chosen.length >= this.how.most);
  }

  _mark(number, isScrolled = true) {
    this.items[this.at]?.node.classList.remove("ch-at");
    this.at = number;
    const marked = this.items[number]?.node;
    marked?.classList.add("ch-at");
    if (!marked) return;
    this.target.setAttribute("aria-activedescendant", marked.id);
    if (isScrolled) marked.scrollIntoView({ block: "nearest" });
  }

  _key(event) {
    if (event.ctrlKey || event.metaKey) return undefined;
    if (event.key === "Escape" && this.isOpen) this.close();
    else if (event.key === "Enter") this._enter();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this._arrow(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Backspace" && this.how.isMany && !this.target.value) this._set(this.chosen.slice(0, -1));
    else return undefined;
    event.preventDefault();
    return event.stopPropagation();
  }

  _enter() {
    const marked = this.items[this.at];
    if (!this.isOpen) this.open();
    else if (marked) this.choose(marked.item);
  }

  _arrow(step) {
    const many = this.items.length;
    if (!this.isOpen) this.open();
    else if (many) this._mark((this.at + step + many) % many);
  }

  /** Chooses an item; of many, once more takes it out again. */
  choose(item) {
    if (!this.how.isMany) {
      this._set([item]);
      return this.close();
    }
    if (!this._isChosen(item) && this._isFull()) return undefined;
    const rest = this.chosen.filter((one) => one.key !== item.key);
    this._set(rest.length < this.chosen.length ? rest : [...this.chosen, item]);
    return this.open();
  }

  _set(chosen) {
    const before = this.chosen;
    if (same(before, chosen)) return;
    this.write(chosen);
    this.how.onChange(chosen, before);
  }

  /** Shows other choices without telling anyone. */
  write(chosen) {
    this.chosen = chosen;
    this.tokens?.replaceChildren(...chosen.map((item) => this._token(item)));
    this._show();
  }

  _show() {
    const only = this.chosen[0];
    this.target.value = this.how.isMany ? "" : (only?.text ?? "");
    this.target.placeholder = this.how.isMany && only ? "" : (this.how.placeholder ?? "");
    this.emptier.hidden = !this.how.canBeEmptied || !only || this.how.isMany;
  }

  _token(item) {
    const remove = () => {
      this._set(this.chosen.filter((one) => one.key !== item.key));
      this.target.focus();
    };
    return h("li", { class: "ch-token" }, item.text, h("button", { type: "button", "aria-label": `Remove ${item.text}`, click: remove }, "×"));
  }
}

const count = (groups) => groups.reduce((sum, one) => sum + one.items.length, 0);
const same = (some, others) => some.map((one) => one.key).join("\n") === others.map((one) => one.key).join("\n");
