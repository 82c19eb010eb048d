/** A file of a new project. */
export interface StarterFile {
  /** Relative to the project's folder, with `/`. */
  readonly path: string;
  readonly content: string;
}

/** What a new project is made of. */
export interface StarterOptions {
  /** A name that npm accepts. */
  readonly name: string;
  /** Where its package.json says that this package is. */
  readonly source: string;
}

/** The files of a small project that works: an app, what it reads, and the package that it is in. */
export function createStarterFiles(options: StarterOptions): readonly StarterFile[] {
  return [
    { path: "package.json", content: `${JSON.stringify(createManifest(options), undefined, 2)}\n` },
    { path: "app.ts", content: APP },
    { path: "notes/hello.txt", content: "Hello! Edit me, and run the app again.\n" },
    { path: "notes/more/tides.txt", content: "The tide comes in, and the tide goes out.\n" },
    { path: ".gitignore", content: "node_modules/\n.tidemark/\nloud/\n" },
  ];
}

/** Makes a text into a name that npm accepts. */
export function toPackageName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[-._]+|[-._]+$/g, "");
  return name.slice(0, 200) || "pipeline";
}

function createManifest({ name, source }: StarterOptions): object {
  return {
    name,
    version: "0.0.0",
    private: true,
    type: "module",
    scripts: { start: "tidemark update app.ts" },
    dependencies: { tidemark: source },
    engines: { node: ">=22.15" },
  };
}

/** The first example of the README. */
const APP = `import { App, fn, mountEach } from "tidemark";
import { mountDirTarget, walkDir, type DirTarget, type File } from "tidemark/localfs";

const shout = fn({ memo: true }, async function shout(note: File, out: DirTarget) {
  out.declareFile(note.path, (await note.text()).toUpperCase());
});

const main = fn(async function main(notes: string, loud: string) {
  const out = await mountDirTarget(loud);
  await mountEach(shout, walkDir(notes, { include: "**/*.txt" }).items(), out);
});

export const app = new App("shout", main, "notes", "loud");
`;
