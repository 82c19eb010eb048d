import { randomBytes } from "node:crypto";
import { toPrintableJson } from "../text/plain-text.ts";

/** What is published. */
export interface EventContent {
  /** What it is about, for those who follow one thing only. */
  readonly topic: string;
  /** The type of the event; that of a plain message where there is none. */
  readonly name?: string;
  readonly data: object;
  /** Instead of the journal's own. */
  readonly id?: string;
}

/** Some events in the form in which they are sent. */
export interface EventBatch {
  readonly bytes: Buffer;
  /** The place in the journal of the last event that it takes into account. */
  readonly position: number;
}

interface Entry {
  readonly topic: string;
  readonly position: number;
  readonly bytes: Buffer;
}

/** A batch takes no further event once it has this size. */
const BATCH_BYTES = 64 * 1024;

/** The most batches that are kept for further readers. A reader chooses its place, so it could ask for any number of batches. */
const MAX_BATCHES = 50;

/**
 * The newest event under each key, in the order of publishing, ready to be sent. A reader that knows its place gets what is
 * newer, and nothing that has been replaced in the meantime: that is how it resumes, and how a slow one skips.
 */
export class EventJournal {
  readonly #entries = new Map<string, Entry>();
  readonly #batches = new Map<string, EventBatch>();
  /** Ids of another journal are not places in this one. */
  readonly #name = randomBytes(4).toString("hex");
  #position = 0;

  /** The place of the newest event; 0 before the first. */
  get position(): number {
    return this.#position;
  }

  /** Publishes an event instead of the earlier one under `key`. */
  publish(key: string, { data, id, name, topic }: EventContent): void {
    this.#position++;
    const head = `${name === undefined ? "" : `event: ${name}\n`}id: ${id ?? `${this.#name}.${this.#position}`}\n`;
    const bytes = Buffer.from(`${head}data: ${toPrintableJson(data)}\n\n`);
    this.#entries.delete(key);
    this.#entries.set(key, { topic, position: this.#position, bytes });
    this.#batches.clear();
  }

  /** Forgets the events under the keys for which `isOutdated`. */
  forget(isOutdated: (key: string) => boolean): void {
    for (const key of this.#entries.keys()) if (isOutdated(key)) this.#entries.delete(key);
    this.#batches.clear();
  }

  /** The place after the event with this id; 0 when it is none of this journal. */
  positionOf(id: string | undefined): number {
    const [name, place] = id?.split(".") ?? [];
    const position = Number(place);
    return name === this.#name && Number.isInteger(position) ? Math.min(Math.max(0, position), this.#position) : 0;
  }

  /** The events after a place, or the first of them if they are many; of one topic, or of all. `undefined` when there are none. */
  read(after: number, topic: string | undefined): EventBatch | undefined {
    if (after >= this.#position) return undefined;
    const key = `${after} ${topic ?? ""}`;
    let batch = this.#batches.get(key);
    if (batch === undefined) {
      batch = this.#createBatch(after, topic);
      if (this.#batches.size >= MAX_BATCHES) this.#batches.clear();
      this.#batches.set(key, batch);
    }
    return batch;
  }

  #createBatch(after: number, topic: string | undefined): EventBatch {
    const parts: Buffer[] = [];
    let sizeBytes = 0;
    for (const entry of this.#entries.values()) {
      if (entry.position <= after || (topic !== undefined && entry.topic !== topic)) continue;
      parts.push(entry.bytes);
      sizeBytes += entry.bytes.length;
      if (sizeBytes >= BATCH_BYTES) return { bytes: Buffer.concat(parts), position: entry.position };
    }
    return { bytes: Buffer.concat(parts), position: this.#position };
  }
}
