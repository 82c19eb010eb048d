import { expect } from "chai";
import { MountedComponents } from "../../../lib/engine/run/mounted-components.ts";
import type { ChildRow } from "../../../lib/engine/records/row.ts";

const PARENT = 1;
const CHILD = 2;
const OTHER = 3;

/** Component {@link PARENT} with the stored children {@link CHILD} and {@link OTHER}. */
function createMounted(): MountedComponents {
  return new MountedComponents((id) => (id === PARENT ? [CHILD, OTHER] : []));
}

function rowOf(id: number, hasChildren: boolean): ChildRow {
  return { id, name: "component", hasChildren, hasCalls: false, longPath: null, memo: null };
}

describe("MountedComponents", () => {
  it("has a component from its mount on", () => {
    const mounted = createMounted();
    expect(mounted.has(PARENT)).to.equal(false);
    mounted.mount(PARENT, undefined);
    expect(mounted.has(PARENT)).to.equal(true);
    mounted.unmount(PARENT, undefined);
    expect(mounted.has(PARENT)).to.equal(false);
  });

  it("takes the mounts of its children back when a component is mounted again", () => {
    const mounted = createMounted();
    mounted.expectRemounts();
    for (const id of [PARENT, CHILD, OTHER]) mounted.mount(id, undefined);
    mounted.mount(PARENT, rowOf(PARENT, true));
    expect([PARENT, CHILD, OTHER].map((id) => mounted.has(id))).to.deep.equal([true, false, false]);
  });

  it("leaves the mounts of children alone at the first mount of their parent", () => {
    const mounted = createMounted();
    mounted.expectRemounts();
    mounted.mount(CHILD, undefined);
    mounted.mount(PARENT, rowOf(PARENT, true));
    expect(mounted.has(CHILD)).to.equal(true);
  });

  it("does not look for children when no remount is expected", () => {
    const mounted = new MountedComponents(() => {
      throw new Error("the store was asked");
    });
    mounted.mount(PARENT, rowOf(PARENT, true));
    mounted.mount(PARENT, rowOf(PARENT, true));
    expect([mounted.has(PARENT), mounted.expectsRemounts]).to.deep.equal([true, false]);
  });

  describe("keepsTargets", () => {
    it("is true once the owner has declared its target states", () => {
      const mounted = createMounted();
      for (const id of [PARENT, CHILD]) mounted.mount(id, undefined);
      expect(mounted.keepsTargets(CHILD, [PARENT])).to.equal(false);
      mounted.noteDeclared(CHILD);
      expect(mounted.keepsTargets(CHILD, [PARENT])).to.equal(true);
    });

    it("is true for everything at and below a memo hit", () => {
      const mounted = createMounted();
      mounted.mount(PARENT, undefined);
      mounted.noteHit(PARENT);
      expect(mounted.keepsTargets(PARENT, [])).to.equal(true);
      // A memo hit mounts nothing.
      expect(mounted.keepsTargets(CHILD, [PARENT])).to.equal(true);
    });

    it("is false below a component that is not mounted", () => {
      const mounted = createMounted();
      mounted.mount(CHILD, undefined);
      mounted.noteDeclared(CHILD);
      expect(mounted.keepsTargets(CHILD, [PARENT])).to.equal(false);
    });

    it("is false while the owner, or a component above it, is outdated", () => {
      for (const outdated of [PARENT, CHILD]) {
        const mounted = createMounted();
        for (const id of [PARENT, CHILD]) mounted.mount(id, undefined);
        mounted.noteDeclared(CHILD);
        mounted.noteOutdated(outdated);
        expect(mounted.keepsTargets(CHILD, [PARENT])).to.equal(false);
        mounted.noteCurrent(outdated);
        expect(mounted.keepsTargets(CHILD, [PARENT])).to.equal(true);
      }
    });

    it("is false after the owner is unmounted, and after it is mounted again", () => {
      const mounted = createMounted();
      mounted.expectRemounts();
      mounted.mount(CHILD, undefined);
      mounted.noteDeclared(CHILD);
      mounted.noteOutdated(CHILD);
      mounted.mount(CHILD, undefined);
      expect(mounted.keepsTargets(CHILD, [])).to.equal(false);
      mounted.noteDeclared(CHILD);
      expect(mounted.keepsTargets(CHILD, [])).to.equal(true);
      mounted.unmount(CHILD, undefined);
      expect(mounted.keepsTargets(CHILD, [])).to.equal(false);
    });
  });

  it("voids the memos of a component that loses a target state, and of those above it, until each is executed", () => {
    const mounted = createMounted();
    mounted.noteTaken(CHILD, [PARENT]);
    expect([PARENT, CHILD, OTHER].map((id) => mounted.hasLostTarget(id))).to.deep.equal([true, true, false]);
    mounted.noteRestored(CHILD);
    expect([PARENT, CHILD].map((id) => mounted.hasLostTarget(id))).to.deep.equal([true, false]);
  });

  it("revokes a delete attempt once", () => {
    const mounted = createMounted();
    expect(mounted.revokeDeleteAttempt(CHILD)).to.equal(false);
    mounted.noteDeleteAttempt(CHILD);
    expect(mounted.hasDeleteAttempt(CHILD)).to.equal(true);
    expect(mounted.revokeDeleteAttempt(CHILD)).to.equal(true);
    expect([mounted.hasDeleteAttempt(CHILD), mounted.revokeDeleteAttempt(CHILD)]).to.deep.equal([false, false]);
  });

  it("forgets everything about a deleted component", () => {
    const mounted = createMounted();
    mounted.mount(CHILD, undefined);
    mounted.noteDeclared(CHILD);
    mounted.noteDeleteAttempt(CHILD);
    mounted.noteTaken(CHILD, []);
    mounted.forget(CHILD);
    expect([mounted.has(CHILD), mounted.hasDeleteAttempt(CHILD), mounted.hasLostTarget(CHILD)]).to.deep.equal([
      false,
      false,
      false,
    ]);
    mounted.mount(CHILD, undefined);
    expect(mounted.keepsTargets(CHILD, [])).to.equal(false);
  });

  it("forgets all delete attempts at once for a retry", () => {
    const mounted = createMounted();
    for (const id of [CHILD, OTHER]) mounted.noteDeleteAttempt(id);
    mounted.forgetDeleteAttempts();
    expect([CHILD, OTHER].some((id) => mounted.hasDeleteAttempt(id))).to.equal(false);
  });
});
