/** A part of the tree of components of a {@link FaultProject}, with a target that is mounted and removed with the part. */
export interface Section {
  readonly key: string;
  /** The name of the component function. */
  readonly name: "section" | "chapter";
  readonly via: "mount" | "useMount" | "mountEach" | "map";
  /** The title of the stats group that it is mounted in. */
  readonly group: string | null;
  readonly holds: "folder" | "table" | "shelf" | "nothing";
  readonly text: string;
  readonly parts: readonly Section[];
}

/** The code and the sources of a generated pipeline, as plain data: every process that is given it runs the same pipeline. */
export interface FaultProject {
  /** The files of the source folder, by path. */
  readonly sources: Readonly<Record<string, string>>;
  /** The files of the folder that live runs follow. */
  readonly watched: Readonly<Record<string, string>>;
  /** The entries of the `LiveMap`. */
  readonly topics: Readonly<Record<string, string>>;
  readonly sections: readonly Section[];
  /** The name of the component function of source files. */
  readonly page: "render" | "draw";
  /** The key under which source files are mounted. */
  readonly key: "pages" | "documents";
  /** The title of the group of source files. */
  readonly group: "Pages" | "Documents";
  /** The target folder; `null` for none. */
  readonly out: "out" | "site" | null;
  /** The name of the table that Tidemark makes; `null` for none. */
  readonly table: "pages" | "entries" | null;
  /** Whether rows go into the table that the user has made. */
  readonly hasUserTable: boolean;
  /** Whether files go into the folder that the user has made, which holds a file of the user's. */
  readonly hasUserFolder: boolean;
  /** An argument of the memoized function that all content goes through. */
  readonly style: string;
}
