import { formatCountOf } from "../text/count.ts";
import { toPlainText } from "../text/plain-text.ts";

/** What is shown of a component. */
export interface ShownComponent {
  readonly path: string;
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
  const ancestors: string[] = [];
  for await (const component of components) {
    while (ancestors.length > 0 && !isBelow(component.path, ancestors.at(-1)!)) ancestors.pop();
    const parent = ancestors.at(-1) ?? "";
    const label = parent === "/" || parent === "" ? component.path : component.path.slice(parent.length);
    yield `${"  ".repeat(ancestors.length)}${toPlainText(label)}  ${renderFacts(component)}`;
    ancestors.push(component.path);
  }
}

function isBelow(path: string, ancestor: string): boolean {
  return path.startsWith(ancestor.endsWith("/") ? ancestor : `${ancestor}/`);
}

function renderFacts({ name, isMemoized, targetCount }: ShownComponent): string {
  const facts = [toPlainText(name)];
  if (isMemoized) facts.push("memo");
  if (targetCount > 0) facts.push(formatCountOf(targetCount, "target state"));
  return facts.join("  ");
}
