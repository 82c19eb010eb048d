import { expect } from "chai";
import { AttributeBounds } from "../../../lib/progress/export/attribute-bounds.ts";
import {
  MAX_EXPORTED_COMPONENTS,
  MAX_EXPORTED_PAIRS,
  MAX_EXPORTED_TITLES,
} from "../../../lib/progress/export/export-bounds.ts";
import { collectDiag, type DiagLog } from "../../diag-log.ts";

describe("AttributeBounds", () => {
  let diag: DiagLog;
  let bounds: AttributeBounds;

  beforeEach(() => {
    diag = collectDiag();
    bounds = new AttributeBounds("app");
  });

  afterEach(() => diag[Symbol.dispose]());

  const titleOf = (title: string | null) => bounds.seriesOf(title, "doc").attributes["group"];
  const componentOf = (component: string) => bounds.seriesOf(null, component).attributes["component"];

  it("gives the app, the component and the group, `root` for none", () => {
    const { attributes } = bounds.seriesOf("Docs", "doc");
    expect(attributes).to.deep.equal({ app: "app", component: "doc", group: "Docs" });
    expect(bounds.seriesOf(null, "doc").attributes).to.deep.equal({ app: "app", component: "doc", group: "root" });
    expect(Object.isFrozen(attributes)).to.equal(true);
  });

  it("gives one series to all that share its attributes", () => {
    expect(bounds.seriesOf('the "docs"', "doc")).to.equal(bounds.seriesOf("the 'docs'", "doc"));
    expect(bounds.seriesOf("Docs", "doc")).not.to.equal(bounds.seriesOf(null, "doc"));
  });

  it("keeps groups called root, other or untitled apart from what is outside any, beyond the bounds or without a title", () => {
    expect(["root", "other", "untitled", "", null].map(titleOf)).to.deep.equal([
      "root_",
      "other_",
      "untitled_",
      "untitled",
      "root",
    ]);
    expect(bounds.seriesOf("root", "doc"), "a bug: the group's counts went to the run's").not.to.equal(
      bounds.seriesOf(null, "doc"),
    );
    expect(componentOf("other")).to.equal("other_");
  });

  for (const [what, max, valueOf] of [
    ["titles", MAX_EXPORTED_TITLES, titleOf],
    ["component names", MAX_EXPORTED_COMPONENTS, componentOf],
  ] as const) {
    it(`keeps the first ${max} ${what}; all others are "other", with one warning`, () => {
      for (let index = 0; index < max; index++) expect(valueOf(`value ${index}`)).to.equal(`value ${index}`);
      expect(valueOf("value 0"), "a known one is no further one").to.equal("value 0");
      expect(diag.messages).to.deep.equal([]);
      for (let index = max; index < max + 1000; index++) expect(valueOf(`value ${index}`)).to.equal("other");
      expect(valueOf(`value ${max - 1}`)).to.equal(`value ${max - 1}`);
      expect(diag.messages).to.have.length(1);
      expect(diag.messages[0])
        .to.include('app "app"')
        .and.include(`more than ${max} ${what}`)
        .and.include(`"value ${max}"`);
    });
  }

  it(`keeps the first ${MAX_EXPORTED_PAIRS} pairs of a component and a group; all others are "other" in "other"`, () => {
    const numGroups = 40;
    const numComponents = MAX_EXPORTED_PAIRS / numGroups;
    const attributesOf = (group: number, component: number) =>
      bounds.seriesOf(`group ${group}`, `component ${component}`).attributes;
    for (let group = 0; group < numGroups; group++) {
      for (let component = 0; component < numComponents; component++) {
        expect(attributesOf(group, component)).to.include({
          group: `group ${group}`,
          component: `component ${component}`,
        });
      }
    }
    expect(diag.messages).to.deep.equal([]);
    const beyond = { app: "app", component: "other", group: "other" };
    expect(attributesOf(numGroups, 0)).to.deep.equal(beyond);
    expect(attributesOf(0, numComponents)).to.deep.equal(beyond);
    expect(attributesOf(0, 0), "a known one is no further one").to.include({ group: "group 0" });
    expect(diag.messages).to.have.length(1);
    expect(diag.messages[0]).to.include(`more than ${MAX_EXPORTED_PAIRS} pairs`).and.include("component 0 in group 40");
  });

  it("counts what is exported: titles that differ only beyond the longest length are one", () => {
    const longest = "x".repeat(1000);
    for (let index = 0; index < MAX_EXPORTED_TITLES; index++) titleOf(longest + index);
    expect(titleOf("short")).to.equal("short");
    expect(diag.messages).to.deep.equal([]);
  });

  it("always has room for components outside any group", () => {
    for (let index = 0; index <= MAX_EXPORTED_TITLES; index++) titleOf(String(index));
    expect(titleOf(null)).to.equal("root");
  });
});
