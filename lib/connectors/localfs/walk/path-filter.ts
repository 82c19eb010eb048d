import picomatch from "picomatch";

/** Which paths a walk is about; paths are relative and "/"-separated. */
export interface PathFilter {
  /** Whether the file at `path` belongs to the walk. */
  includesFile(path: string): boolean;
  /** Whether the folder at `path` (no "/" at its end) can hold such a file. */
  entersFolder(path: string): boolean;
}

/** Options of {@link createPathFilter}; the rules are those of `WalkDirOptions`. */
export interface PathFilterOptions {
  readonly include?: string | readonly string[];
  readonly exclude?: string | readonly string[];
  readonly dot?: boolean;
}

type Matcher = (path: string) => boolean;

// `s`: a name may hold a line break, and leaving such a file out would delete what was made from it.
const MATCHING = { windows: false, nonegate: true, flags: "s" } as const;

/**
 * Compiles include and exclude globs.
 *
 * @throws TypeError for a pattern that is no string, is empty, negated with "!", absolute, or has a part "..": it could never match.
 */
export function createPathFilter(options: PathFilterOptions): PathFilter {
  const { include = "**", exclude = [], dot = false } = options;
  const includes = patternsOf(include, "include");
  const excludes = patternsOf(exclude, "exclude");
  const isIncluded = anyOf(includes.map((pattern) => picomatch(pattern, { ...MATCHING, dot })));
  const leadsToIncluded = anyOf(includes.map((pattern) => folderMatcher(pattern, dot)));
  const isExcluded = anyOf(excludes.map((pattern) => picomatch(pattern, { ...MATCHING, dot: true })));
  return {
    includesFile: (path) => isIncluded(path) && !isExcluded(path),
    entersFolder: (path) => leadsToIncluded(path) && !isExcluded(path),
  };
}

function patternsOf(value: string | readonly string[], option: string): readonly string[] {
  const patterns: readonly unknown[] = Array.isArray(value) ? value : [value];
  return patterns.map((pattern) => checkedPattern(pattern, option));
}

function checkedPattern(pattern: unknown, option: string): string {
  const refuse = (wanted: string, got: string): never => {
    throw new TypeError(`Cannot walk a folder: \`${option}\` must be ${wanted}, got ${got}`);
  };
  if (typeof pattern !== "string") {
    return refuse("a glob or an array of globs", pattern === null ? "null" : typeof pattern);
  }
  const shown = JSON.stringify(pattern);
  if (pattern === "") return refuse("made of globs that are not empty", shown);
  if (/^!(?!\()/.test(pattern)) return refuse('made of globs without a leading "!" (use `exclude`)', shown);
  if (pattern.startsWith("/")) return refuse("made of globs relative to the folder", shown);
  const parts = pattern.replace(/^(\.\/+)+/, "").replace(/\/+$/, "/**");
  if (parts.split("/").includes("..")) return refuse("made of globs that stay inside the folder", shown);
  return parts;
}

function anyOf(matchers: readonly Matcher[]): Matcher {
  const [only] = matchers;
  if (only !== undefined && matchers.length === 1) return (path) => only(path);
  return (path) => matchers.some((matches) => matches(path));
}

/**
 * Whether a folder may hold matches of `pattern`: its parts are compared one by one with those of the pattern, as far as these are plain.
 * From "**", or a part with brackets (which may span a "/"), on, every folder may; one with a leading dot only if the pattern names a dot there.
 */
function folderMatcher(pattern: string, dot: boolean): Matcher {
  const parts = pattern.split("/");
  const openAt = parts.findIndex((part) => part.includes("**") || /[([{|\\]/.test(part));
  const plain = (openAt === -1 ? parts.slice(0, -1) : parts.slice(0, openAt)).map((part) =>
    picomatch(part, { ...MATCHING, dot }),
  );
  const tail = openAt === -1 ? undefined : parts.slice(openAt).join("/");
  const isDotOpen = tail !== undefined && (dot || namesLeadingDot(tail));
  return (folder) => {
    const names = folder.split("/");
    if (tail === undefined && names.length > plain.length) return false;
    return names.every((name, at) => plain[at]?.(name) ?? (isDotOpen || !name.startsWith(".")));
  };
}

/** Whether it can match a leading dot: by writing it, or by a class or negation that picomatch lets match one. */
function namesLeadingDot(pattern: string): boolean {
  return /(^|[^\w*?])\.|!\(|\[/.test(pattern);
}
