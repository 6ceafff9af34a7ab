/**
 * Where this device keeps what the server has not acknowledged: IndexedDB, written through to the disk, so that a power
 * cut costs nothing; where that is shut (private windows), localStorage; where nothing is, memory, and `lasting` is
 * false.
 *
 * Two shelves: `answers`, known by attempt, fence and slot, and `events`, known by attempt and number (`sequence`).
 */
const NAME = "qinglan";
const VERSION = 1;
const PATIENCE = 3000; // some browsers leave an open() unanswered
const SHELVES = { answers: ["attempt", "fence", "slot"], events: ["attempt", "sequence"] };

export async function openShelf() {
  try {
    return new DatabaseShelf(await openDatabase());
  } catch {
    return new PlainShelf(storedText());
  }
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    setTimeout(reject, PATIENCE);
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(SHELVES)) asked.result.createObjectStore(name, { keyPath });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = asked.onblocked = () => reject(asked.error);
  });
}

const keyOf = (name, row) => SHELVES[name].map((part) => row[part]);

class DatabaseShelf {
  constructor(database) {
    this.database = database;
    this.lasting = true;
    database.onversionchange = () => database.close();
  }

  /** Runs `work(store, give)` in one transaction; resolves, once it is on the disk, with what was given. */
  run(name, mode, work) {
    return new Promise((resolve, reject) => {
      let given;
      const transaction = this.database.transaction(name, mode, { durability: "strict" });
      transaction.oncomplete = () => resolve(given);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
      work(transaction.objectStore(name), (value) => (given = value));
    });
  }

  put(name, row) {
    return this.run(name, "readwrite", (store) => store.put(row));
  }

  /** Removes the row, unless something newer has taken its place. */
  remove(name, row) {
    return this.run(name, "readwrite", (store) => {
      store.get(keyOf(name, row)).onsuccess = ({ target }) => {
        if (target.result?.sequence === row.sequence) store.delete(keyOf(name, row));
      };
    });
  }

  /** Puts one row in the place of others, in one step. */
  replace(name, old, row) {
    return this.run(name, "readwrite", (store) => {
      for (const each of old) store.delete(keyOf(name, each));
      store.put(row);
    });
  }

  /** All rows, or those of one attempt. */
  rows(name, attempt) {
    const range = attempt ? IDBKeyRange.bound([attempt], [attempt, []]) : undefined;
    return this.run(name, "readonly", (store, give) => {
      store.getAll(range).onsuccess = ({ target }) => give(target.result);
    });
  }
}

const TEXT = "qinglan.outbox";

/** localStorage as {load, keep}, or nothing that lasts. */
function storedText() {
  try {
    localStorage.setItem(`${TEXT}.try`, "1");
    localStorage.removeItem(`${TEXT}.try`);
    return { lasting: true, load: () => localStorage.getItem(TEXT), keep: (text) => localStorage.setItem(TEXT, text) };
  } catch {
    return { lasting: false };
  }
}

/** The same in one text; without `text.load` in memory alone. */
export class PlainShelf {
  constructor(text = { lasting: false }) {
    this.text = text;
    this.lasting = text.lasting;
    this.memory = { answers: {}, events: {} };
  }

  load() {
    if (this.text.load) this.memory = JSON.parse(this.text.load()) ?? this.memory;
    return this.memory;
  }

  async change(name, work) {
    const all = this.load();
    work(all[name]);
    this.text.keep?.(JSON.stringify(all));
  }

  put(name, row) {
    return this.change(name, (rows) => (rows[keyOf(name, row)] = row));
  }

  remove(name, row) {
    return this.change(name, (rows) => {
      if (rows[keyOf(name, row)]?.sequence === row.sequence) delete rows[keyOf(name, row)];
    });
  }

  replace(name, old, row) {
    return this.change(name, (rows) => {
      for (const each of old) delete rows[keyOf(name, each)];
      rows[keyOf(name, row)] = row;
    });
  }

  async rows(name, attempt) {
    return Object.values(this.load()[name]).filter((row) => !attempt || row.attempt === attempt);
  }
}
