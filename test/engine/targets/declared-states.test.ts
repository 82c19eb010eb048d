import { expect } from "chai";
import { DeclaredStates, type DeclaredState } from "../../../lib/engine/targets/declared-states.ts";
import type { Provider } from "../../../lib/engine/targets/providers.ts";
import { stateKey } from "../../../lib/engine/targets/state-key.ts";

function stateOf(providerId: number, key: number): DeclaredState {
  return { provider: { id: providerId } as Provider, key, keyBytes: Uint8Array.of(key), value: "value" };
}

describe("DeclaredStates", () => {
  it("adds each state of a provider once", () => {
    const states = new DeclaredStates();
    const [one, other, elsewhere] = [stateOf(1, 5), stateOf(1, 6), stateOf(2, 5)];
    expect([one, other, elsewhere, stateOf(1, 5)].map((state) => states.add(state))).to.deep.equal([
      true,
      true,
      true,
      false,
    ]);
    expect([...states].map(([, state]) => state)).to.deep.equal([one, other, elsewhere]);
    expect([...states].every(([id]) => states.has(id))).to.equal(true);
  });

  it("tells contained states from declared ones", () => {
    const states = new DeclaredStates();
    const [kept, unknown] = [stateKey(1, Uint8Array.of(5)), stateKey(1, Uint8Array.of(6))];
    expect(states.isContained(kept)).to.equal(false);
    states.contain([[1, Uint8Array.of(5)]]);
    expect([states.isContained(kept), states.has(kept), states.isContained(unknown)]).to.deep.equal([
      true,
      false,
      false,
    ]);
  });
});
