import { formatCountOf } from "../../text/count.ts";
import { toPlainText } from "../../text/plain-text.ts";

/** What is shown of a component. */
export interface ShownComponent {
  readonly path: string;
  /** The number of components above it. */
  readonly depth: number;
  /** The name of its function. */
  readonly name: string;
  readonly isMemoized: boolean;
  readonly targetCount: number;
}

/** One line for each component, its path first. */
export async function* renderComponentList(components: AsyncIterable<ShownComponent>): AsyncGenerator<string> {
  for await (const component of components) yield `${toPlainText(component.path)}  ${renderFacts(component)}`;
}

/** One line for each component, under its parent; `components` come in the order of the tree. */
export async function* renderComponentTree(components: AsyncIterable<ShownComponent>): AsyncGenerator<string> {
  const pathAtDepth: string[] = [];
  for await (const component of components) {
    const { path, depth } = component;
    const parent = pathAtDepth[depth - 1] ?? "/";
    const label = parent === "/" ? path : path.slice(parent.length);
    yield `${"  ".repeat(depth)}${toPlainText(label)}  ${renderFacts(component)}`;
    pathAtDepth[depth] = path;
  }
}

function renderFacts({ name, isMemoized, targetCount }: ShownComponent): string {
  const facts = [toPlainText(name)];
  if (isMemoized) facts.push("memo");
  if (targetCount > 0) facts.push(formatCountOf(targetCount, "target state"));
  return facts.join("  ");
}
