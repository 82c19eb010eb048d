import type { KeyOrder } from "./key-order.ts";
import type { PageBatch } from "./page-batch.ts";
import type { PageView } from "./page-view.ts";

/** The keys that a tree may have. */
export interface KeyRules {
  readonly order: KeyOrder;
  readonly minBytes: number;
  readonly maxBytes: number;
}

/**
 * Finds a fault in the keys of a branch or a leaf: they have the size of keys, ascend, and lie between the bounds of the page, which is `task`
 * of `batch`. lmdb does not look at the first key of a branch.
 */
export function findOrderFault(
  page: PageView,
  batch: PageBatch,
  task: number,
  isLeaf: boolean,
  rules: KeyRules,
): string | undefined {
  const first = isLeaf ? 0 : 1;
  const { numNodes } = page;
  if (numNodes === first) return undefined;
  let before = page.nodeAt(first);
  if (!hasKeySize(page, before, rules)) return sizeFault(page, first);
  if (isBelow(page, before, batch, task, isLeaf, rules.order)) return "its first key belongs on an earlier page";
  for (let index = first + 1; index < numNodes; index++) {
    const node = page.nodeAt(index);
    if (!hasKeySize(page, node, rules)) return sizeFault(page, index);
    if (!rules.order.isBefore(page, before, node)) return `the key of node ${index} is out of order`;
    before = node;
  }
  return isAbove(page, before, batch, task, rules.order) ? "its last key belongs on a later page" : undefined;
}

function hasKeySize(page: PageView, node: number, { maxBytes, minBytes }: KeyRules): boolean {
  const size = page.keyBytes(node);
  return size >= minBytes && size <= maxBytes;
}

function sizeFault(page: PageView, index: number): string {
  return `the key of node ${index} has ${page.keyBytes(page.nodeAt(index))} bytes`;
}

/** Whether a key lies below its page. The first key of a leaf may be the lower bound; the second key of a branch may not. */
function isBelow(
  page: PageView,
  node: number,
  batch: PageBatch,
  task: number,
  isLeaf: boolean,
  order: KeyOrder,
): boolean {
  const [start, end] = [page.keyStart(node), page.keyEnd(node)];
  const difference = order.compare(page.bytes, start, end, batch.keys, batch.lowStart(task), batch.lowEnd(task));
  return isLeaf ? difference < 0 : difference <= 0;
}

function isAbove(page: PageView, node: number, batch: PageBatch, task: number, order: KeyOrder): boolean {
  const highEnd = batch.highEnd(task);
  if (highEnd < 0) return false;
  const [start, end] = [page.keyStart(node), page.keyEnd(node)];
  return order.compare(page.bytes, start, end, batch.keys, batch.lowEnd(task), highEnd) >= 0;
}
