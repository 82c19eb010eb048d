import { applyContext } from "../../apply-context.ts";
import type { TargetHandler } from "../../../lib/engine/targets/target-handler.ts";
import type { StableKey } from "../../../lib/state/stable-key.ts";
import type { Database } from "../../../lib/connectors/sqlite/database.ts";
import { keyOfRow, storedRow, type StoredRow } from "../../../lib/connectors/sqlite/row.ts";
import { tableHandler, tableKey, type TableKey } from "../../../lib/connectors/sqlite/table-handler.ts";
import type { TableSchema } from "../../../lib/connectors/sqlite/table-schema.ts";

/** Where a simulated run dies: after so many steps, each of which is a write of records, an apply or a commit. */
export type Crash = number | undefined;

interface Records<Tracking> {
  previous: readonly Tracking[];
  mayBeMissing: boolean;
}

type Rows = TargetHandler<StableKey, StoredRow>;

/** Runs the handlers as the engine does, with its records of one table and of the rows in it. */
export class RecordedTable {
  readonly states: string[] = [];
  writtenRows = 0;
  readonly #database: Database;
  #key: TableKey | undefined;
  #table: Records<TableSchema> = { previous: [], mayBeMissing: true };
  readonly #rows = new Map<string, { readonly key: StableKey } & Records<unknown>>();
  #steps = Infinity;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Declares a table with these rows, or no table. */
  async run(schema: TableSchema | undefined, rows: readonly object[], crash?: Crash, isFull = false): Promise<void> {
    this.#steps = crash ?? Infinity;
    this.#key ??= schema === undefined ? undefined : tableKey({ database: this.#database, schema });
    if (this.#key === undefined) return;
    try {
      const child = await this.#runTable(this.#key, schema, isFull);
      if (child === undefined || schema === undefined) this.#rows.clear();
      else await this.#runRows(child, schema, rows, isFull);
    } catch (error) {
      if (!(error instanceof CrashError)) throw error;
    }
  }

  async #runTable(key: TableKey, schema: TableSchema | undefined, isFull: boolean): Promise<Rows | undefined> {
    const desired = schema === undefined ? undefined : { database: this.#database, schema };
    const { previous } = this.#table;
    const mayBeMissing = this.#table.mayBeMissing || isFull;
    const decision = tableHandler.reconcile({ key, desired, previous, mayBeMissing, root: "/" });
    if (decision === undefined) return undefined;
    const { tracking } = decision;
    this.#step(() => {
      const next = tracking === undefined ? previous : [...previous, tracking];
      this.#table = { previous: next, mayBeMissing: mayBeMissing || tracking === undefined };
    });
    const [state] = await this.#stepAsync(async () => tableHandler.apply([decision.action], applyContext));
    this.states.push(state ?? "none");
    this.#step(() => {
      this.#table = { previous: tracking === undefined ? [] : [tracking], mayBeMissing: tracking === undefined };
      if (state === "recreated") this.#rows.clear();
      if (state === "altered") for (const row of this.#rows.values()) row.mayBeMissing = true;
    });
    return tableHandler.child({ key, desired, tracking, root: "/", isLeftOver: () => false }) as Rows | undefined;
  }

  async #runRows(handler: Rows, schema: TableSchema, rows: readonly object[], isFull: boolean): Promise<void> {
    const declared = rows.map((row): [StableKey, StoredRow] => {
      const stored = storedRow(schema, row);
      return [keyOfRow(schema, stored), stored];
    });
    const desired = new Map(declared.map(([key, row]) => [idOf(key), { key, row }]));
    const actions: unknown[] = [];
    const commits: (() => void)[] = [];
    for (const id of new Set([...desired.keys(), ...this.#rows.keys()])) {
      const record = this.#rows.get(id);
      const key = desired.get(id)?.key ?? record?.key ?? null;
      const previous = record?.previous ?? [];
      const mayBeMissing = (record?.mayBeMissing ?? true) || isFull;
      const decision = handler.reconcile({ key, desired: desired.get(id)?.row, previous, mayBeMissing, root: "/" });
      if (decision === undefined) continue;
      const { tracking } = decision;
      this.#rows.set(id, {
        key,
        previous: tracking === undefined ? previous : [...previous, tracking],
        mayBeMissing: mayBeMissing || tracking === undefined,
      });
      actions.push(decision.action);
      commits.push(() => {
        if (tracking === undefined) this.#rows.delete(id);
        else this.#rows.set(id, { key, previous: [tracking], mayBeMissing: false });
      });
    }
    const half = Math.ceil(actions.length / 2);
    this.writtenRows += actions.length;
    await this.#stepAsync(async () => handler.apply(actions.slice(0, half), applyContext));
    await this.#stepAsync(async () => handler.apply(actions.slice(half), applyContext));
    this.#step(() => commits.forEach((commit) => commit()));
  }

  #step(action: () => void): void {
    if (this.#steps-- <= 0) throw new CrashError();
    action();
  }

  async #stepAsync<T>(action: () => Promise<T>): Promise<T> {
    if (this.#steps-- <= 0) throw new CrashError();
    return action();
  }
}

class CrashError extends Error {}

function idOf(key: StableKey): string {
  return JSON.stringify(key, (_, part) => (typeof part === "bigint" ? `${part}n` : (part as unknown)));
}
