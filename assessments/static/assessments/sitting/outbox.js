/**
 * The answers and events of one paper that the server has not acknowledged yet. Every change lies on this device before
 * anything is sent, the newest of each question alone, and stays there until the server has it.
 *
 * A row of `answers`: {attempt, fence, token, url, slot, sequence, response, flagged, at}, and `own`, the token of the
 * window that wrote it where another took it over. Numbers of a newer window are always higher, so that nothing an older
 * one wrote covers it.
 */
import { PlainShelf, openShelf } from "./shelf.js";

const STEP = 1_000_000; // more changes than one window sees
const OLD = "qinglan.attempt."; // where an earlier version of this page kept them

const byNumber = (a, b) => a.sequence - b.sequence;

export class Outbox {
  /** `lost()` is called when the device stops keeping anything. Rows of earlier windows become this one's. */
  static async open(page, lost) {
    const outbox = new Outbox(page, await openShelf(), lost);
    await outbox.adopt();
    return outbox;
  }

  constructor({ attempt, fence, token, url, sequence }, shelf, lost) {
    Object.assign(this, { attempt, fence, token, url, shelf, lost });
    this.sequence = Math.max(sequence, fence * STEP);
    this.waiting = new Map(); // by slot
    this.dirty = new Set();
    this.writing = null;
    this.noted = Promise.resolve();
  }

  get lasting() {
    return this.shelf.lasting;
  }

  get size() {
    return this.waiting.size;
  }

  next() {
    this.sequence += 1;
    return this.sequence;
  }

  oldest() {
    return [...this.waiting.values()].sort(byNumber)[0];
  }

  /** What a crash, a closed window or an older one left: the newest of each question, under this window's token. */
  async adopt() {
    const found = [...(await this.shelf.rows("answers", this.attempt)), ...this.old()].sort(byNumber);
    for (const slot of new Set(found.map((row) => row.slot))) {
      const all = found.filter((row) => row.slot === slot);
      const { fence, token, url } = this;
      const newest = all[all.length - 1];
      const row = { ...newest, attempt: this.attempt, fence, token, url, own: newest.own ?? newest.token };
      this.waiting.set(slot, row);
      await this.shelf.replace("answers", all, row).catch(() => this.give());
    }
    this.sequence = Math.max(this.sequence, ...found.map((row) => row.sequence));
    this.removeOld();
  }

  old() {
    try {
      const { pending } = JSON.parse(localStorage.getItem(OLD + this.attempt)) ?? {};
      return Object.values(pending ?? {}).map((row) => ({ ...row, attempt: this.attempt, fence: 0 }));
    } catch {
      return [];
    }
  }

  removeOld() {
    try {
      localStorage.removeItem(OLD + this.attempt);
    } catch {
      // Where nothing can be kept, nothing was.
    }
  }

  /** Keeps a change; `settled` tells when it lies on the disk. */
  put(slot, response, flagged) {
    const { attempt, fence, token, url } = this;
    const at = new Date().toISOString();
    this.waiting.set(slot, { attempt, fence, token, url, slot, sequence: this.next(), response, flagged, at });
    this.dirty.add(slot);
    this.writing ??= this.write().finally(() => (this.writing = null));
  }

  /** One write at a time, and of each question only its newest. */
  async write() {
    for (const slot of this.dirty) {
      this.dirty.delete(slot);
      const row = this.waiting.get(slot);
      if (row) await this.shelf.put("answers", row).catch(() => this.give());
    }
  }

  async settled() {
    await this.writing;
  }

  /** The server has dealt with this row. A newer change to the same question stays. */
  async done(row) {
    if (this.waiting.get(row.slot)?.sequence === row.sequence) this.waiting.delete(row.slot);
    await this.shelf.remove("answers", row).catch(() => this.give());
  }

  /** A newer window has taken over what lay here; what it did not take is still this one's to send. */
  async refresh() {
    await this.settled();
    const left = await this.shelf.rows("answers", this.attempt).catch(() => [...this.waiting.values()]);
    this.waiting = new Map(left.filter((row) => row.fence === this.fence).map((row) => [row.slot, row]));
  }

  /** The disk is full or gone: what waits stays in memory, and the page says so. */
  async give() {
    if (!this.lasting) return;
    this.shelf = new PlainShelf();
    for (const row of this.waiting.values()) await this.shelf.put("answers", row);
    this.lost();
  }

  /** An event of the journal: numbers and codes, never what somebody wrote. */
  note(kind, detail) {
    const at = new Date().toISOString();
    const event = { attempt: this.attempt, sequence: this.next(), kind, at, detail };
    this.noted = this.noted.then(() => this.shelf.put("events", event)).catch(() => this.give());
    return this.noted;
  }

  async events() {
    await this.noted;
    return this.shelf.rows("events", this.attempt).catch(() => []);
  }

  async forget(events) {
    for (const event of events) await this.shelf.remove("events", event).catch(() => this.give());
  }
}
