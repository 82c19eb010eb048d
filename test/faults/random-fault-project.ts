import fc from "fast-check";
import type { FaultProject, Section } from "./fault-project.ts";

const text: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.string({ unit: "grapheme", maxLength: 30 }), weight: 8 },
  // Larger than a page of the store, than the buffer of a stream, and than the limits of some faults.
  { arbitrary: fc.integer({ min: 4_000, max: 90_000 }).map((length) => "0123456789".repeat(length / 10)), weight: 1 },
);

const path: fc.Arbitrary<string> = fc.constantFrom(
  ...["a", "b", "c", "d", "e", "f", "g", "h"].map((stem) => `${stem}.txt`),
  ...["a", "b", "c"].flatMap((folder) => ["1", "2", "3"].map((stem) => `${folder}/${stem}.txt`)),
  "a/deep/er/1.txt",
  "é ü.txt",
);

const files = (minKeys: number, maxKeys: number): fc.Arbitrary<Readonly<Record<string, string>>> =>
  fc.dictionary(path, text, { minKeys, maxKeys, noNullPrototype: true, size: "max" });

const topics = fc.dictionary(fc.constantFrom("one", "two", "three", "four", "five"), text, {
  minKeys: 1,
  noNullPrototype: true,
});

const { sections } = fc.letrec<{ sections: Section[] }>((tie) => ({
  sections: fc.oneof(
    { maxDepth: 2, depthIdentifier: "section" },
    { arbitrary: fc.constant<Section[]>([]), weight: 1 },
    {
      arbitrary: fc.uniqueArray(
        fc.record({
          key: fc.constantFrom("p", "q", "r", "s"),
          name: fc.constantFrom("section", "chapter"),
          via: fc.constantFrom("mount", "useMount", "mountEach", "map"),
          group: fc.constantFrom(null, "Sections", "Chapters"),
          holds: fc.constantFrom("folder", "table", "shelf", "nothing"),
          text,
          parts: tie("sections"),
        }) as fc.Arbitrary<Section>,
        { selector: ({ key }) => key, minLength: 1, maxLength: 3, size: "max" },
      ),
      weight: 4,
    },
  ),
}));

const parts = {
  sources: files(4, 9),
  watched: files(1, 4),
  topics,
  sections,
  page: fc.constantFrom("render", "draw"),
  key: fc.constantFrom("pages", "documents"),
  group: fc.constantFrom("Pages", "Documents"),
  out: fc.constantFrom("out", "out", "site", null),
  table: fc.constantFrom("pages", "pages", "entries", null),
  hasUserTable: fc.boolean(),
  hasUserFolder: fc.boolean(),
  style: fc.constantFrom("plain", "loud"),
} as const;

/** Any {@link FaultProject}. */
export const anyFaultProject = fc.record(parts) as fc.Arbitrary<FaultProject>;

/** A change of a project. */
export type Edit =
  | { readonly do: "write"; readonly of: "sources" | "watched" | "topics"; readonly key: string; readonly text: string }
  | { readonly do: "delete" | "rename"; readonly of: "sources" | "watched" | "topics"; readonly choice: number }
  | { readonly do: "set"; readonly to: Partial<FaultProject> };

const of = fc.constantFrom("sources", "sources", "watched", "topics");

/** Any {@link Edit}. */
export const anyEdit = fc.oneof(
  { arbitrary: fc.record({ do: fc.constant("write"), of, key: path, text }), weight: 6 },
  { arbitrary: fc.record({ do: fc.constantFrom("delete", "rename"), of, choice: fc.nat({ max: 9 }) }), weight: 4 },
  {
    arbitrary: fc.record({
      do: fc.constant("set"),
      to: fc.oneof(
        ...Object.entries(parts)
          .filter(([name]) => !["sources", "watched", "topics"].includes(name))
          .map(([name, value]) => (value as fc.Arbitrary<unknown>).map((to) => ({ [name]: to }))),
        // The name of a function and the place of its outputs, in one edit.
        fc.record({ page: parts.page, out: parts.out, table: parts.table }),
        fc.record({ page: parts.page, key: parts.key, sections }),
      ),
    }),
    weight: 5,
  },
) as fc.Arbitrary<Edit>;

/** Edits that a live run can follow. */
export const anyLiveEdit = fc.oneof(
  fc.record({ do: fc.constant("write"), of: fc.constantFrom("watched", "topics"), key: path, text }),
  fc.record({
    do: fc.constantFrom("delete", "rename"),
    of: fc.constantFrom("watched", "topics"),
    choice: fc.nat({ max: 9 }),
  }),
) as fc.Arbitrary<Edit>;

/** Returns the project with an edit made. */
export function editProject(project: FaultProject, edit: Edit): FaultProject {
  if (edit.do === "set") return { ...project, ...edit.to };
  const entries = project[edit.of];
  if (edit.do === "write") return { ...project, [edit.of]: { ...entries, [edit.key]: edit.text } };
  const key = Object.keys(entries)[edit.choice % Math.max(1, Object.keys(entries).length)];
  if (key === undefined) return project;
  const { [key]: removed, ...rest } = entries;
  return {
    ...project,
    [edit.of]: edit.do === "delete" ? rest : { ...rest, [`renamed-${key.replaceAll("/", "-")}`]: removed },
  };
}
