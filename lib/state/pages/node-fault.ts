import { NODE_BIG_DATA, NODE_HEADER_BYTES } from "./page-layout.ts";
import type { PageView } from "./page-view.ts";

/** A number for each offset that a node of the largest page can start or end at. */
const MARKS = createMarks();

/**
 * Finds a fault in where the nodes of a branch or a leaf are: each lies in the page, and together they fill it from the upper bound of its free
 * space to its end, without gaps and overlaps. Nodes that do so in any order start where others end, so that the numbers of all starts and all
 * ends cancel out.
 */
export function findNodeFault(page: PageView, isLeaf: boolean): string | undefined {
  const { lower, upper, room } = page;
  if ((lower & 1) === 1 || (upper & 1) === 1 || lower > upper || upper > room) {
    return "the bounds of its free space are wrong";
  }
  if (lower === 0) return "it has no nodes";
  let sum = (MARKS[upper >> 1]! - MARKS[room >> 1]!) | 0;
  for (let index = 0, count = page.numNodes; index < count; index++) {
    const start = page.nodeAt(index);
    if ((start & 1) === 1 || start < upper || start + NODE_HEADER_BYTES > room) return `node ${index} is outside of it`;
    if (isLeaf && page.nodeFlags(start) > NODE_BIG_DATA) return `node ${index} has unknown flags`;
    const end = start + (isLeaf ? page.leafNodeBytes(start) : page.branchNodeBytes(start));
    if (end > room) return `node ${index} ends outside of it`;
    sum = (sum + MARKS[end >> 1]! - MARKS[start >> 1]!) | 0;
  }
  return sum === 0 ? undefined : "its nodes overlap or leave gaps";
}

function mark(index: number): number {
  const product = Math.imul(index + 1, 0x9e3779b1);
  return Math.imul(product ^ (product >>> 15), 0x85ebca6b) ^ index;
}

function createMarks(): Int32Array {
  const marks = new Int32Array(32_769);
  for (let index = 0; index < marks.length; index += 1) marks[index] = mark(index);
  return marks;
}
