import { expect } from "chai";
import type { KeyedOperation } from "../../../lib/engine/live/keyed-operation.ts";
import { WaitingOperations } from "../../../lib/engine/live/waiting-operations.ts";

describe("WaitingOperations", () => {
  it("keeps the newest operation of each key", () => {
    const { abandoned, create, waiting } = logged();
    for (const name of ["a1", "b1", "a2"]) waiting.add(name[0]!, create(name));
    expect(abandoned).to.deep.equal(["a1 for a2"]);
    expect([...waiting.keys()]).to.deep.equal(["a", "b"]);
    expect(waiting.take("a")?.name).to.equal("a2");
    expect(waiting.take("a")).to.equal(undefined);
    expect(waiting.size).to.equal(1);
  });

  it("gives a full operation everything that waits, the newest of each key", () => {
    const { abandoned, create, waiting } = logged();
    waiting.add("a", create("a1"));
    waiting.add("b", create("b1"));
    waiting.addFull(create("*1"));
    waiting.add("a", create("a2"));
    expect(abandoned).to.deep.equal([]);
    waiting.addFull(create("*2"));
    expect(abandoned).to.deep.equal(["a1 for a2", "*1 for *2"]);
    const full = waiting.takeFull()!;
    expect(full.operation.name).to.equal("*2");
    expect([...full.displaced.values()].map(({ name }) => name)).to.deep.equal(["a2", "b1"]);
    expect([waiting.hasFull, waiting.size]).to.deep.equal([false, 0]);
  });

  it("restores a superseded operation, unless a newer one waits for its key", () => {
    const { abandoned, create, waiting } = logged();
    waiting.add("a", create("a2"));
    waiting.restore("a", create("a1"));
    waiting.restore("b", create("b1"));
    expect(abandoned).to.deep.equal(["a1 for a2"]);
    expect(waiting.take("b")?.name).to.equal("b1");
  });

  it("restores a superseded operation below the full one that waits", () => {
    const { create, waiting } = logged();
    waiting.addFull(create("*2"));
    waiting.restore("a", create("a1"));
    expect(waiting.size).to.equal(0);
    expect([...waiting.takeFull()!.displaced.keys()]).to.deep.equal(["a"]);
  });

  it("hands over everything at once", () => {
    const { abandoned, create, waiting } = logged();
    waiting.add("a", create("a1"));
    waiting.addFull(create("*1"));
    waiting.add("b", create("b1"));
    expect(waiting.takeAll().map(({ name }) => name)).to.deep.equal(["b1", "a1", "*1"]);
    expect(waiting.takeAll()).to.deep.equal([]);
    expect(abandoned).to.deep.equal([]);
  });
});

interface NamedOperation extends KeyedOperation<NamedOperation> {
  readonly name: string;
}

function logged() {
  const abandoned: string[] = [];
  const create = (name: string): NamedOperation => ({
    name,
    key: name.startsWith("*") ? undefined : name[0],
    apply: () => Promise.resolve(true),
    abandon: (newer) => abandoned.push(`${name} for ${newer?.name}`),
  });
  return { abandoned, create, waiting: new WaitingOperations<NamedOperation>() };
}
