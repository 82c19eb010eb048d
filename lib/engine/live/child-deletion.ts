import { ChildOperation, type ChildOperationTarget } from "./child-operation.ts";
import type { LiveChildren } from "./live-children.ts";

/** Deletes a child of a live source, if there is one. */
export class ChildDeletion extends ChildOperation {
  readonly #path: Uint8Array;

  constructor(target: ChildOperationTarget, path: Uint8Array, at?: Date) {
    super(target, path, at);
    this.#path = path;
  }

  protected override async perform(children: LiveChildren): Promise<undefined> {
    const row = children.find(this.#path);
    if (row === undefined) return;
    await children.unmount(row);
    this.begin();
    await children.delete(this.#path, row);
  }
}
