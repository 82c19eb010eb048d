import fc from "fast-check";
import { THROWN_VALUES } from "../thrown-values.ts";
import type { FaultAct } from "./fault.ts";
import type { Need } from "./fault-needs.ts";

/** A change to a project before a run, which is undone after it. */
export type Preparation =
  | { readonly do: "lock"; readonly releaseAfterMs: number | undefined }
  | { readonly do: "mount read-only" }
  | { readonly do: "cut" | "flip" | "zero"; readonly at: number };

/** One kind of faults. */
export interface FaultKind {
  readonly name: string;
  /** The title of its test. */
  readonly title: string;
  /** So many faults are to happen in one run of the tests. */
  readonly numFaults: number;
  /** Whether the fault is a signal, a limit or a full disk, in a child process. */
  readonly isOfSystem: boolean;
  readonly act: fc.Arbitrary<FaultAct> | undefined;
  readonly prepare?: fc.Arbitrary<Preparation>;
  readonly needs?: Need;
  readonly isWithoutRights?: boolean;
  /** Whether the runs with faults are made by the command line. */
  readonly isByCommand?: boolean;
}

const constant = <const T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const thrown = constant(...Object.keys(THROWN_VALUES));

const FORBIDDEN: readonly { readonly path: string; readonly mode: number }[] = [
  { path: ".", mode: 0o555 },
  { path: "out", mode: 0o555 },
  { path: "out", mode: 0 },
  { path: "own", mode: 0o555 },
  { path: "kept", mode: 0o555 },
  { path: "sources", mode: 0 },
  { path: "sources/a.txt", mode: 0 },
  { path: "sources/a", mode: 0o444 },
  { path: "watched", mode: 0 },
  { path: "data.db", mode: 0o444 },
  { path: "outside", mode: 0o555 },
  { path: ".tidemark", mode: 0o555 },
  { path: ".tidemark", mode: 0 },
  { path: ".tidemark/data.mdb", mode: 0o444 },
];

const kill = constant({ do: "kill" }) as fc.Arbitrary<FaultAct>;
const term = fc.record({ do: constant("term"), signal: constant("SIGTERM", "SIGINT") }) as fc.Arbitrary<FaultAct>;
const abort = constant({ do: "abort" }, { do: "abort" }, { do: "close" }) as fc.Arbitrary<FaultAct>;
const throwing = fc.record({ do: constant("throw", "reject"), value: thrown }) as fc.Arbitrary<FaultAct>;
const hang = fc.record({ do: constant("hang"), end: constant("abort", "close") }) as fc.Arbitrary<FaultAct>;
const fail = fc.record({
  do: constant("fail"),
  code: constant("EIO", "ENOSPC", "EACCES", "EMFILE", "EROFS", "EINTR"),
}) as fc.Arbitrary<FaultAct>;

/** All kinds of faults. */
export const FAULT_KINDS: readonly FaultKind[] = [
  {
    name: "kill",
    title: "a process that is killed at any step",
    numFaults: 200,
    isOfSystem: true,
    act: kill,
  },
  {
    name: "term",
    title: "a process that is asked to end, and closes its environment",
    numFaults: 50,
    isOfSystem: true,
    act: term,
  },
  {
    name: "command",
    title: "a command line that is interrupted or killed",
    numFaults: 12,
    isOfSystem: true,
    act: fc.oneof(term, term, kill),
    isByCommand: true,
  },
  {
    name: "abort",
    title: "a run that is aborted, or whose environment is closed",
    numFaults: 150,
    isOfSystem: false,
    act: abort,
  },
  {
    name: "throw",
    title: "user code that throws or rejects with any value at any of its steps",
    numFaults: 250,
    isOfSystem: false,
    act: throwing,
  },
  {
    name: "hang",
    title: "user code that never ends, in a run that is aborted or closed",
    numFaults: 80,
    isOfSystem: false,
    act: hang,
  },
  {
    name: "fail",
    title: "a call of the file system, of SQLite or of the store that fails",
    numFaults: 150,
    isOfSystem: false,
    act: fail,
  },
  {
    name: "mixed",
    title: "faults of several kinds in one run",
    numFaults: 150,
    isOfSystem: false,
    act: fc.oneof(throwing, throwing, fail, fail, hang, abort, term, kill),
  },
  {
    name: "limit",
    title: "a process that may not write larger files or open more files",
    numFaults: 70,
    isOfSystem: true,
    needs: "prlimit",
    act: fc.oneof(
      fc.record({ do: constant("limit"), of: constant("fsize"), to: constant(0, 1, 4096, 20_000, 40_000, 70_000) }),
      fc.record({ do: constant("limit"), of: constant("nofile"), to: fc.nat({ max: 8 }) }),
    ) as fc.Arbitrary<FaultAct>,
  },
  {
    name: "full",
    title: "a disk that is full",
    numFaults: 40,
    isOfSystem: true,
    needs: "memory disk",
    act: fc.record({ do: constant("fill"), free: constant(0, 4096, 20_000, 60_000, 200_000) }),
  },
  {
    name: "read-only",
    title: "a file system that is mounted read-only",
    numFaults: 10,
    isOfSystem: false,
    needs: "memory disk",
    act: undefined,
    prepare: constant({ do: "mount read-only" }),
  },
  {
    name: "forbid",
    title: "files and folders without rights",
    numFaults: 60,
    isOfSystem: false,
    act: constant(...FORBIDDEN.map((each) => ({ do: "forbid", ...each }) as const)),
    isWithoutRights: true,
  },
  {
    name: "remove",
    title: "folders that are removed under a run",
    numFaults: 60,
    isOfSystem: false,
    act: constant(
      ...[".tidemark", "sources", "watched", "out", "out", "site", "site"].map(
        (path) => ({ do: "remove", path }) as const,
      ),
    ),
  },
  {
    name: "clock",
    title: "a clock that is set",
    numFaults: 40,
    isOfSystem: false,
    needs: "faketime",
    act: fc.record({ do: constant("clock"), offsetDays: constant(-9_000, -400, -1, 0, 1, 400, 5_000) }),
  },
  {
    name: "lock",
    title: "a database that another process has locked",
    numFaults: 12,
    isOfSystem: false,
    act: undefined,
    prepare: fc.record({
      do: constant("lock"),
      releaseAfterMs: constant(30, 100, 300, undefined),
    }) as fc.Arbitrary<Preparation>,
  },
  {
    name: "damage",
    title: "a store that is cut, flipped or zeroed",
    numFaults: 12,
    isOfSystem: false,
    act: undefined,
    prepare: fc.record({
      do: constant("cut", "flip", "zero"),
      at: fc.noBias(fc.nat({ max: 999 })).map((value) => value / 1000),
    }) as fc.Arbitrary<Preparation>,
  },
];

/** The kind with a name. */
export function faultKind(name: string): FaultKind {
  const kind = FAULT_KINDS.find((each) => each.name === name);
  if (kind !== undefined) return kind;
  throw new RangeError(
    `Cannot find a kind of faults: it must be one of ${FAULT_KINDS.map((each) => each.name).join(", ")}, got ${name}`,
  );
}
