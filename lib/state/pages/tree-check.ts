import type { Findings } from "./findings.ts";
import type { MetaPage, TreeRecord } from "./meta-page.ts";
import { findNodeFault } from "./node-fault.ts";
import { findOrderFault, type KeyRules } from "./order-fault.ts";
import { OverflowValues, type VisitEntry } from "./overflow-values.ts";
import { PageBatch } from "./page-batch.ts";
import type { PageFile } from "./page-file.ts";
import { FLAGS, NODE_BIG_DATA, PAGE_HEADER_BYTES } from "./page-layout.ts";
import type { PageUsage } from "./page-usage.ts";
import type { PageView } from "./page-view.ts";
import { ReusedRange } from "./reused-range.ts";

/** The file that a tree is in, and its check so far. */
export interface TreeContext {
  readonly file: PageFile;
  readonly usage: PageUsage;
  readonly findings: Findings;
}

/** One of the trees of a file. */
export interface Tree {
  /** The name of the tree in findings. */
  readonly name: string;
  readonly record: TreeRecord;
  readonly keys: KeyRules;
  readonly visitEntry: VisitEntry;
}

/** The deepest tree that lmdb can walk. */
const MAX_DEPTH = 32;
/** Limits the memory for pages that are yet to be checked. */
const MAX_BATCH_PAGES = 65_536;
const MAX_BATCH_KEY_BYTES = 8 * 1024 * 1024;

/**
 * The check of all pages of one tree, level by level: a page is in use once, and written by no later transaction than its parent; its nodes fill
 * it; its keys ascend, and lie between the keys of its parent that stand around it. The pages of a level are read in the order of the file.
 */
export class TreeCheck {
  readonly #context: TreeContext;
  readonly #tree: Tree;
  readonly #overflow: OverflowValues;
  readonly #counts = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 };
  readonly #key = new ReusedRange();
  readonly #value = new ReusedRange();

  constructor(context: TreeContext, tree: Tree) {
    this.#context = context;
    this.#tree = tree;
    this.#overflow = new OverflowValues(context.file, context.findings, tree.visitEntry);
  }

  /** Checks the tree of a snapshot. */
  async run({ txnId }: MetaPage): Promise<void> {
    const { findings, usage } = this.#context;
    const { depth, root } = this.#tree.record;
    if (depth > MAX_DEPTH || (depth === 0) !== (root === undefined)) {
      return findings.add("count", undefined, `the depth of ${this.#tree.name} is recorded as ${depth}`);
    }
    const numBefore = findings.list.length;
    if (root !== undefined && usage.use(root, 1, undefined)) {
      const batch = new PageBatch();
      batch.add(root, txnId, 0, 0, -1);
      await this.#checkLevel(batch, depth - 1);
      await this.#overflow.check();
    }
    if (findings.list.length === numBefore) this.#compareCounts();
  }

  /** Checks pages that have `level` levels below them, and then those. */
  async #checkLevel(batch: PageBatch, level: number): Promise<void> {
    const tasks = batch.inFileOrder();
    const pages = tasks.map((task) => batch.page(task));
    const below = new PageBatch();
    await this.#context.file.visit(pages, (index, view) => {
      if (!this.#isSound(view, batch, tasks[index]!, level === 0)) return undefined;
      if (level === 0) this.#visitEntries(view, pages[index]!);
      else this.#addChildren(view, batch, tasks[index]!, below);
      return this.#relieve(below, level);
    });
    if (below.length > 0) await this.#checkLevel(below, level - 1);
  }

  #isSound(view: PageView, batch: PageBatch, task: number, isLeaf: boolean): boolean {
    const { findings } = this.#context;
    if (findings.isFull) return false;
    const page = batch.page(task);
    const fault = findHeaderFault(view, page, batch.txnId(task), isLeaf) ?? findNodeFault(view, isLeaf);
    if (fault !== undefined) findings.add("page", page, fault);
    const orderFault = fault === undefined ? findOrderFault(view, batch, task, isLeaf, this.#tree.keys) : undefined;
    if (orderFault !== undefined) findings.add("order", page, orderFault);
    return fault === undefined && orderFault === undefined;
  }

  #addChildren(view: PageView, batch: PageBatch, task: number, below: PageBatch): void {
    this.#counts.branchPages += 1;
    const { numNodes, txnId } = view;
    let lowStart = below.keysEnd;
    let lowEnd = below.addKey(batch.keys, batch.lowStart(task), batch.lowEnd(task));
    for (let index = 0; index < numNodes; index++) {
      const highEnd = index + 1 < numNodes ? addKeyOf(view, index + 1, below) : addUpperBound(batch, task, below);
      const child = view.childOf(view.nodeAt(index));
      if (this.#context.usage.use(child, 1, batch.page(task))) below.add(child, txnId, lowStart, lowEnd, highEnd);
      lowStart = lowEnd;
      lowEnd = highEnd;
    }
  }

  #visitEntries(view: PageView, page: number): void {
    this.#counts.leafPages += 1;
    this.#counts.entries += view.numNodes;
    const { numNodes, txnId } = view;
    for (let index = 0; index < numNodes; index++) {
      const node = view.nodeAt(index);
      const end = view.keyEnd(node);
      if (view.nodeFlags(node) === NODE_BIG_DATA) this.#addOverflow(view, node, page);
      else {
        this.#key.set(view.bytes, view.keyStart(node), end);
        this.#tree.visitEntry(this.#key, this.#value.set(view.bytes, end, end + view.valueBytes(node)), page, txnId);
      }
    }
  }

  #addOverflow(view: PageView, node: number, page: number): void {
    const key = view.bytes.slice(view.keyStart(node), view.keyEnd(node));
    const value = { ...view.overflowOf(node), sizeBytes: view.valueBytes(node), key };
    const { file, findings, usage } = this.#context;
    if (value.sizeBytes > value.numPages * file.pageSize - PAGE_HEADER_BYTES) {
      return findings.add("page", page, `${value.sizeBytes} bytes of a value are on ${value.numPages} pages`);
    }
    if (!usage.use(value.page, value.numPages, page)) return;
    this.#counts.overflowPages += value.numPages;
    this.#overflow.add(value);
  }

  /** Checks what was gathered, when it has become much. */
  #relieve(below: PageBatch, level: number): Promise<void> | undefined {
    if (this.#overflow.isFull) return this.#overflow.check();
    if (below.length < MAX_BATCH_PAGES && below.keysEnd < MAX_BATCH_KEY_BYTES) return undefined;
    return this.#checkLevel(below, level - 1).then(() => below.clear());
  }

  #compareCounts(): void {
    for (const name of ["branchPages", "leafPages", "overflowPages", "entries"] as const) {
      const recorded = this.#tree.record[name];
      const found = this.#counts[name];
      if (found === recorded) continue;
      const detail = `${this.#tree.name} has ${found} ${NAMES[name]}, ${recorded} are recorded`;
      this.#context.findings.add("count", undefined, detail);
    }
  }
}

const NAMES = {
  branchPages: "branch pages",
  leafPages: "leaf pages",
  overflowPages: "pages of large values",
  entries: "entries",
} as const;

function findHeaderFault(view: PageView, page: number, maxTxnId: number, isLeaf: boolean): string | undefined {
  if (view.number !== page) return `its number is ${view.number}`;
  if (view.flags !== (isLeaf ? FLAGS.leaf : FLAGS.branch)) return `it is no ${isLeaf ? "leaf" : "branch"}`;
  return view.txnId <= maxTxnId
    ? undefined
    : `its transaction is ${view.txnId}, after the one of its parent, ${maxTxnId}`;
}

function addKeyOf(view: PageView, index: number, below: PageBatch): number {
  const node = view.nodeAt(index);
  return below.addKey(view.bytes, view.keyStart(node), view.keyEnd(node));
}

function addUpperBound(batch: PageBatch, task: number, below: PageBatch): number {
  const end = batch.highEnd(task);
  return end < 0 ? -1 : below.addKey(batch.keys, batch.lowEnd(task), end);
}
