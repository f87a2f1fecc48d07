// Reads the mail that arrived. HTML is shown in a closed frame in which nothing runs.

import { el } from "./make.js";

const EMPTY = "No mail yet. People in Slack hear from Closeout there; mail is for those whom Slack does not know.";

/** A list of mails, and the one that is read. */
export class Mailbox {
  constructor(root, server, told) {
    Object.assign(this, { root, server, told, mails: [], open: 0, isPlain: false });
    this.list = el("ul", { class: "mail-list" });
    this.reading = el("div", { class: "mail-reading" });
    root.append(this.list, this.reading);
  }

  async load() {
    const { mails } = await this.server.get("mail");
    this.mails = mails;
    this.draw();
  }

  draw() {
    if (!this.mails.length) return this.list.replaceChildren(el("li", { class: "hint", text: EMPTY }));
    return this.list.replaceChildren(...this.mails.map((mail) => this._row(mail)));
  }

  _row(mail) {
    const isOpen = mail.n === this.open;
    return el("li", {}, el("button", { type: "button", class: "mail-row", "aria-pressed": String(isOpen), on: { click: () => this.read(mail) } },
      el("strong", { text: mail.subject || "(no subject)" }), el("span", { text: `to ${mail.to.join(", ")}` }), this.told(mail.at)));
  }

  /** Opens a mail; its HTML when it has any. @param {object} mail */
  read(mail) {
    this.open = mail.n;
    this.isPlain = !mail.has_html;
    this.draw();
    this._show(mail);
  }

  _show(mail) {
    const facts = [["From", mail.from], ["To", mail.to.join(", ")], ["Subject", mail.subject]];
    const list = el("dl", {}, ...facts.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: value })]));
    const more = el("details", {}, el("summary", { text: "All headers" }), el("pre", { tabindex: "0", text: mail.headers.map(([name, value]) => `${name}: ${value}`).join("\n") }));
    this.reading.replaceChildren(list, mail.has_html ? this._switch(mail) : "", this._body(mail), more);
  }

  _switch(mail) {
    const button = (text, isPlain) => el("button", {
      type: "button", text, "aria-pressed": String(this.isPlain === isPlain),
      on: { click: () => {
        this.isPlain = isPlain;
        this._show(mail);
      } },
    });
    return el("div", { class: "mail-switch", role: "group", "aria-label": "Which part" }, button("As it looks", false), button("As plain text", true));
  }

  _body(mail) {
    if (this.isPlain) return el("pre", { class: "mail-text", tabindex: "0", text: mail.text || "(nothing)" });
    return el("iframe", {
      class: "mail-frame", title: `Mail: ${mail.subject}`, src: `/sandbox/mail/${mail.n}/html`, referrerpolicy: "no-referrer",
      sandbox: "allow-popups allow-popups-to-escape-sandbox",
    });
  }
}
