// A long list of which only what is seen is drawn. Heights are guessed until a row was drawn once.

import { soon } from "./make.js";

const AROUND = 500; // pixels above and below the window that are drawn, too
const NEAR_END = 60; // so near to its end a list stays there when rows come
const NEAR_TOP = 800;

const FOCUSABLE = "a[href], button, input, select, textarea, [tabindex]";

/** Which of a row's elements has the focus, so that the same one has it in the row's next drawing; -1 if none. */
const focusIn = (node) => [node, ...node.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);

/** Rows are {key, …}; `draw(row)` makes the node of one, `same(a, b)` says that a node still fits. */
export class VirtualList {
  constructor(scroller, list, { draw, same, guess = 44, onNearTop = () => {}, onMove = () => {} }) {
    Object.assign(this, { scroller, list, draw, same, guess, onNearTop, onMove });
    this.rows = [];
    this.offsets = [0];
    this.heights = new Map();
    this.nodes = new Map();
    this.isAtEnd = true;
    this.placed = 0;
    this.width = 0;
    this.later = soon(() => this.render());
    this.sizes = new ResizeObserver(soon(() => this._resized()));
    this.sizes.observe(scroller);
    scroller.addEventListener("scroll", () => this._scrolled(), { passive: true });
  }

  /** Shows other rows: from their end, or where they stood when there are more of the same. */
  set(rows, { isNew = false } = {}) {
    const anchor = isNew ? null : this._anchor();
    if (isNew) this._clear();
    this.rows = rows;
    this._measureAll();
    this.render(anchor);
  }

  _clear() {
    for (const { node } of this.nodes.values()) this._remove(node);
    this.nodes.clear();
    this.heights.clear();
    this.isAtEnd = true;
    this.placed = this.scroller.scrollTop;
  }

  toEnd() {
    this.isAtEnd = true;
    this.placed = this.scroller.scrollTop;
    this.render();
  }

  /** Brings a row into the middle; returns its node, or undefined when there is no such row. */
  scrollTo(key) {
    const at = this.rows.findIndex((row) => row.key === key);
    if (at < 0) return undefined;
    this.isAtEnd = false;
    this.placed = undefined;
    for (let tries = 0; tries < 3; tries += 1) {
      this.scroller.scrollTop = this.offsets[at] - this.scroller.clientHeight / 3;
      this.placed = this.scroller.scrollTop;
      this.render();
    }
    return this.nodes.get(key)?.node;
  }

  node(key) {
    return this.nodes.get(key)?.node;
  }

  /** What is at the top of the window, and by how much it is cut. A row that floats, as that of a day does, holds
   * nothing: it goes up when older rows come. */
  _anchor() {
    this._notice();
    if (this.isAtEnd || !this.rows.length) return null;
    const top = this.scroller.scrollTop;
    let at = this._at(top);
    while (this.rows[at].floats && at < this.rows.length - 1) at += 1;
    return { key: this.rows[at].key, by: top - this.offsets[at] };
  }

  _measureAll() {
    const offsets = new Float64Array(this.rows.length + 1);
    for (let n = 0; n < this.rows.length; n += 1) {
      offsets[n + 1] = offsets[n] + (this.heights.get(this.rows[n].key) ?? this.guess);
    }
    this.offsets = offsets;
  }

  /** The row in which a height lies, by halving. */
  _at(height) {
    let low = 0;
    let high = this.rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.offsets[middle] <= height) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  /** Draws what is seen; a second round follows when the first one showed that guesses were wrong. */
  render(anchor = this._anchor()) {
    for (let round = 0; round < 4; round += 1) {
      this._place(anchor);
      if (!this._drawRange()) break;
      this._measureAll();
    }
    this._pad();
    this._place(anchor);
    this.placed = this.scroller.scrollTop;
    this.onMove(this.isAtEnd);
    if (this.rows.length && this.scroller.scrollTop < NEAR_TOP) this.onNearTop();
  }

  _place(anchor) {
    if (this.isAtEnd) {
      this._pad();
      this.scroller.scrollTop = this.scroller.scrollHeight;
      return;
    }
    if (!anchor) return;
    const at = this.rows.findIndex((row) => row.key === anchor.key);
    if (at < 0) return;
    this._pad();
    const wanted = this.offsets[at] + anchor.by;
    if (Math.abs(this.scroller.scrollTop - wanted) > 0.5) this.scroller.scrollTop = wanted;
  }

  _range() {
    const total = this.offsets[this.rows.length];
    const height = this.scroller.clientHeight;
    const top = this.isAtEnd ? Math.max(0, total - height) : this.scroller.scrollTop;
    return [this._at(top - AROUND), Math.min(this.rows.length, this._at(top + height + AROUND) + 1)];
  }

  /** Brings the nodes in line with the rows that are seen; returns whether a height was not as thought. */
  _drawRange() {
    [this.start, this.end] = this.rows.length ? this._range() : [0, 0];
    const seen = this.rows.slice(this.start, this.end);
    this._removeOthers(new Set(seen.map((row) => row.key)));
    const fresh = this._insert(seen);
    this._pad();
    let isChanged = false;
    for (const row of fresh) {
      const height = this.nodes.get(row.key).node.getBoundingClientRect().height;
      if (Math.abs((this.heights.get(row.key) ?? this.guess) - height) > 0.5) isChanged = true;
      this.heights.set(row.key, height);
    }
    return isChanged;
  }

  _removeOthers(keys) {
    for (const [key, { node }] of this.nodes) {
      if (keys.has(key)) continue;
      if (node.contains(document.activeElement)) this.scroller.focus({ preventScroll: true });
      this._remove(node);
      this.nodes.delete(key);
    }
  }

  _remove(node) {
    this.sizes.unobserve(node);
    node.remove();
  }

  _insert(seen) {
    const fresh = [];
    let next = this.list.firstElementChild;
    for (const row of seen) {
      const known = this.nodes.get(row.key);
      if (known && this.same(known.row, row)) {
        if (known.node === next) next = next.nextElementSibling;
        else this.list.insertBefore(known.node, next);
        known.row = row;
        continue;
      }
      if (known?.node === next) next = next.nextElementSibling;
      const focused = known ? focusIn(known.node) : -1;
      if (known) this._remove(known.node);
      const node = this.draw(row);
      this.list.insertBefore(node, next);
      if (focused >= 0) [node, ...node.querySelectorAll(FOCUSABLE)][focused]?.focus({ preventScroll: true });
      this.nodes.set(row.key, { node, row });
      this.sizes.observe(node);
      fresh.push(row);
    }
    return fresh;
  }

  _pad() {
    const total = this.offsets[this.rows.length];
    const after = total - this.offsets[Math.min(this.end ?? 0, this.rows.length)];
    this.list.style.paddingTop = `${this.offsets[Math.min(this.start ?? 0, this.rows.length)]}px`;
    this.list.style.paddingBottom = `${Math.max(0, after)}px`;
  }

  _scrolled() {
    this._notice();
    this.later();
  }

  /** Whoever is elsewhere than where we put them has scrolled; the event for it may come only after us. */
  _notice() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    if (Math.abs(scrollTop - this.placed) < 1) return;
    this.placed = scrollTop;
    this.isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  _resized() {
    const anchor = this._anchor();
    this._widened();
    for (const [key, { node }] of this.nodes) {
      const height = node.getBoundingClientRect().height;
      if (height) this.heights.set(key, height);
    }
    this._measureAll();
    this.render(anchor);
  }

  /** In another width every row has another height. */
  _widened() {
    if (this.width !== this.scroller.clientWidth) this.heights.clear();
    this.width = this.scroller.clientWidth;
  }
}
