import { expect } from "chai";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { functionInfo } from "../../../lib/engine/memo/function-info.ts";
import { holds, translate } from "../../../lib/engine/memo/logic.ts";
import { fn } from "../../../lib/index.ts";
import { startChild } from "../../state/child-process.ts";
import { createTempFolder } from "../../temp-folder.ts";

/** A module whose functions differ between two versions wherever it says `@`. */
const MODULE = `
import { fn, mount, useMount } from ${JSON.stringify(new URL("../../../lib/index.ts", import.meta.url).href)};

export const ran = [];

const unchanged = fn({ memo: true }, function unchanged() { ran.push("unchanged"); });
const ownSource = fn({ memo: true }, function ownSource() { ran.push("ownSource"); return "@"; });
const versioned = fn({ memo: true, version: 7 }, function versioned() { ran.push("versioned"); return "@"; });
const versionBumped = fn({ memo: true, version: Number("@") }, function versionBumped() { ran.push("versionBumped"); });
const depsChanged = fn({ memo: true, deps: { model: ["@"] } }, function depsChanged() { ran.push("depsChanged"); });
const depsSame = fn({ memo: true, deps: { model: ["same"] } }, function depsSame() { ran.push("depsSame"); });
const versionedDeps = fn({ memo: true, version: 7, deps: "@" }, function versionedDeps() { ran.push("versionedDeps"); });

const commented = fn({ memo: true }, function commented(/* version @ */) { ran.push("commented"); // @
  @SPACE@ return   1; });
const broken = fn({ memo: true }, function broken() { ran.push("broken"); return @BREAK@ 1; });
const inTemplate = fn({ memo: true }, function inTemplate() { ran.push("inTemplate"); return \`/* @ */\`; });
const inPattern = fn({ memo: true }, function inPattern() { ran.push("inPattern"); return /a@SPACE@b/; });
const callsCommented = fn({ memo: true }, function callsCommented() { ran.push("callsCommented"); commentedCallee(); });
const commentedCallee = fn(function commentedCallee() { /* @ */ });

const called = fn(function called() { return "@"; });
const callsCalled = fn(function callsCalled() { return called(); });
function undecorated() { return "@"; }
function callsThroughUndecorated() { return called(); }

const caller = fn({ memo: true }, function caller() { ran.push("caller"); called(); });
const callerOfCaller = fn({ memo: true }, function callerOfCaller() { ran.push("callerOfCaller"); callsCalled(); });
const lateCaller = fn({ memo: true }, async function lateCaller() { ran.push("lateCaller"); await new Promise(setImmediate); called(); });
const callsUndecorated = fn({ memo: true }, function callsUndecorated() { ran.push("callsUndecorated"); undecorated(); });
const throughUndecorated = fn({ memo: true }, function throughUndecorated() { ran.push("throughUndecorated"); callsThroughUndecorated(); });

const child = fn(function child() { return "@"; });
const steadyChild = fn(async function steadyChild() { await mount("grandChild", child); });
const parent = fn({ memo: true }, async function parent() { ran.push("parent"); await mount(child); });
const grandParent = fn({ memo: true }, async function grandParent() { ran.push("grandParent"); await mount(steadyChild); });
const userOfChild = fn({ memo: true }, async function userOfChild() { ran.push("userOfChild"); await useMount(child); });
const plainChild = fn({ memo: true }, async function plainChild() { ran.push("plainChild"); await mount("plain", function plain() { return "@"; }); });
const siblingOfChange = fn({ memo: true }, async function siblingOfChange() { ran.push("siblingOfChange"); await mount(unchanged); });

const self = { memo: true, logicTracking: "self" };
const selfOwn = fn(self, function selfOwn() { ran.push("selfOwn"); return "@"; });
const selfCaller = fn(self, function selfCaller() { ran.push("selfCaller"); called(); });
const selfParent = fn(self, async function selfParent() { ran.push("selfParent"); await mount(child); });
const none = { memo: true, logicTracking: "none" };
const noneOwn = fn(none, function noneOwn() { ran.push("noneOwn"); return "@"; });
const noneCaller = fn(none, function noneCaller() { ran.push("noneCaller"); called(); });
const noneParent = fn(none, async function noneParent() { ran.push("noneParent"); await mount(child); });

const calledSelf = fn({ logicTracking: "self" }, function calledSelf() { return called(); });
const calledSelfOwn = fn({ logicTracking: "self" }, function calledSelfOwn() { return "@"; });
const calledNone = fn({ logicTracking: "none" }, function calledNone() { called(); return "@"; });
const callerOfSelf = fn({ memo: true }, function callerOfSelf() { ran.push("callerOfSelf"); calledSelf(); });
const callerOfSelfOwn = fn({ memo: true }, function callerOfSelfOwn() { ran.push("callerOfSelfOwn"); calledSelfOwn(); });
const callerOfNone = fn({ memo: true }, function callerOfNone() { ran.push("callerOfNone"); calledNone(); });

const remembered = fn({ memo: true }, function remembered() { ran.push("remembered"); return callsCalled(); });
const rememberedSelf = fn({ memo: true, logicTracking: "self" }, function rememberedSelf() { ran.push("rememberedSelf"); return callsCalled(); });
const callerOfHit = fn({ memo: true }, function callerOfHit(argument) { ran.push("callerOfHit"); remembered(); });
const callerOfSelfHit = fn({ memo: true }, function callerOfSelfHit(argument) { ran.push("callerOfSelfHit"); rememberedSelf(); });
const memoChild = fn({ memo: true }, function memoChild() { ran.push("memoChild"); callsCalled(); });
const parentOfHit = fn({ memo: true }, async function parentOfHit(argument) { ran.push("parentOfHit"); await mount(memoChild); });
const userOfHit = fn({ memo: true }, async function userOfHit(argument) { ran.push("userOfHit"); await useMount(memoChild); });
const given = fn(function given() { return "@"; });
const taker = fn({ memo: true }, function taker(something) { ran.push("taker"); });

export const main = fn(async function main(argument) {
  const components = [
    commented, broken, inTemplate, inPattern, callsCommented, unchanged, ownSource, versioned, versionBumped, depsChanged, depsSame, versionedDeps, caller, callerOfCaller, lateCaller,
    callsUndecorated, throughUndecorated, parent, grandParent, userOfChild, plainChild, siblingOfChange,
    selfOwn, selfCaller, selfParent, noneOwn, noneCaller, noneParent, callerOfSelf, callerOfSelfOwn, callerOfNone,
  ];
  for (const component of components) await mount(component);
  for (const component of [callerOfHit, callerOfSelfHit, parentOfHit, userOfHit]) await mount(component, argument);
  await mount(taker, given);
});
`;

function edit(module: string, version: string): string {
  const isFirst = version === "1";
  return module
    .replaceAll("@SPACE@", isFirst ? " " : "   ")
    .replaceAll("@BREAK@", isFirst ? "" : "\n")
    .replaceAll("@", version);
}

describe("translate", () => {
  const { formatOneLogicId, logicId } = functionInfo(fn({ name: "translated" }, () => 1));

  it("gives logic of 0.1 its present id, and a mounted container its present token", () => {
    const tokenOf = (token: string): string | undefined => (token === "old" ? "new" : undefined);
    const text = ["@old#3", "@unmounted#2", formatOneLogicId].join(",");
    expect(translate(text, tokenOf).split(",")).to.have.members(["@new#3", "@unmounted#2", logicId]);
    expect(translate("", tokenOf)).to.equal("");
    expect(holds(formatOneLogicId!, () => undefined)).to.equal(true);
    expect(holds(`${logicId},unknown`, () => undefined)).to.equal(false);
  });
});

describe("Editing the code", () => {
  let first: ReadonlySet<string>;
  let second: ReadonlySet<string>;
  let third: ReadonlySet<string>;
  let folder: Awaited<ReturnType<typeof createTempFolder>>;

  before(async () => {
    folder = await createTempFolder();
    first = await runVersion("1", "a");
    second = await runVersion("1", "b");
    third = await runVersion("2", "b");
  });

  after(() => folder[Symbol.asyncDispose]());

  it("is, besides the arguments, the only reason to run again in another process", () => {
    expect(first.size).to.be.greaterThan(30);
    const others = [...second].filter((component) => component !== "plainChild");
    expect(others).to.have.members(["callerOfHit", "callerOfSelfHit", "parentOfHit", "userOfHit"]);
    expect(third.has("unchanged")).to.equal(false);
    expect(third.has("depsSame")).to.equal(false);
    expect(third.has("siblingOfChange")).to.equal(false);
  });

  const runs: readonly (readonly [component: string, because: string])[] = [
    ["ownSource", "its own source changed"],
    ["versionBumped", "its version changed"],
    ["depsChanged", "its deps changed"],
    ["versionedDeps", "its deps changed while its version did not"],
    ["caller", "a function it calls changed"],
    ["callerOfCaller", "a function changed that is called by one it calls"],
    ["lateCaller", "a function changed that it called after waiting"],
    ["throughUndecorated", "a function changed that it calls through a helper that is not decorated"],
    ["parent", "a child it mounts changed"],
    ["grandParent", "a grandchild changed"],
    ["userOfChild", "a child whose value it uses changed"],
    ["plainChild", "a child that is a plain function changed"],
    ["broken", "a line break came into its source"],
    ["inTemplate", "a comment in a template of it changed"],
    ["inPattern", "the white space in a regular expression of it changed"],
    ["selfOwn", 'its own source changed, with `logicTracking: "self"`'],
    ["selfParent", 'a child it mounts changed, with `logicTracking: "self"`'],
    ["noneParent", 'a child it mounts changed, with `logicTracking: "none"`'],
    ["callerOfSelfOwn", 'a function it calls changed that has `logicTracking: "self"`'],
    ["remembered", "a function changed that a memoized call of it calls"],
    [
      "callerOfHit",
      "a function changed that is called by a memoized one, whose call was a hit when its own memo was made",
    ],
    ["parentOfHit", "a function changed that a child calls, which was a hit when its own memo was made"],
    ["userOfHit", "a function changed that a used child calls, which was a hit when its own memo was made"],
    ["memoChild", "a memoized child's callee changed"],
    ["taker", "a component function that is an argument changed"],
  ];
  for (const [component, because] of runs) {
    it(`runs a memoized component again when ${because}`, () => expect(third.has(component)).to.equal(true));
  }

  const skipped: readonly (readonly [component: string, although: string])[] = [
    ["versioned", "its source changed, but not its version"],
    ["commented", "a comment and the white space in it changed"],
    ["callsCommented", "a comment in a function it calls changed"],
    ["callsUndecorated", "a helper changed that is not decorated"],
    ["selfCaller", 'a function it calls changed, with `logicTracking: "self"`'],
    ["noneOwn", 'its own source changed, with `logicTracking: "none"`'],
    ["noneCaller", 'a function it calls changed, with `logicTracking: "none"`'],
    ["callerOfSelf", 'a function changed that is called by one with `logicTracking: "self"`'],
    ["callerOfNone", 'a function changed that has `logicTracking: "none"`, and one that it calls'],
    ["rememberedSelf", 'a function changed that is called by a memoized one with `logicTracking: "self"`'],
    [
      "callerOfSelfHit",
      'a function changed that is called by a memoized one with `logicTracking: "self"`, whose call was a hit',
    ],
  ];
  for (const [component, although] of skipped) {
    it(`skips a memoized component although ${although}`, () => expect(third.has(component)).to.equal(false));
  }

  async function runVersion(version: string, argument: string): Promise<ReadonlySet<string>> {
    const path = join(folder.path, "edited.mjs");
    await writeFile(path, edit(MODULE, version));
    await using child = startChild(new URL("../module-process.ts", import.meta.url), [
      path,
      join(folder.path, "db"),
      argument,
    ]);
    const [code] = (await once(child.process, "close")) as [number];
    expect(child.errors()).to.equal("");
    expect(code).to.equal(0);
    const { value } = (await child.lines.next()) as { value: string };
    return new Set((JSON.parse(value) as { ran: string[] }).ran);
  }
});
