/** The parts of a `package-lock.json` that are checked. */
export interface Lockfile {
  /** By folder: "" is the package itself. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const REGISTRY = "https://registry.npmjs.org/";

/**
 * Lists the faults of a lockfile: packages without integrity, or from another registry than the public one, and dependencies of the
 * library that an installation has twice.
 */
export function lockfileProblems({ packages }: Lockfile): string[] {
  const { "": own, ...installed } = packages;
  return [
    ...Object.entries(installed).flatMap(([path, locked]) => problemsOf(path, locked)),
    ...duplicates(installed),
    ...loosePins(own?.dependencies ?? {}, installed),
  ];
}

function problemsOf(path: string, { integrity, resolved }: LockedPackage): string[] {
  const problems = integrity === undefined ? [`${path} has no integrity`] : [];
  if (resolved !== undefined && !resolved.startsWith(REGISTRY)) problems.push(`${path} is from ${resolved}`);
  return problems;
}

function duplicates(installed: Lockfile["packages"]): string[] {
  const shipped = Object.entries(installed).filter(([, { dev }]) => dev !== true);
  return [...Map.groupBy(shipped, ([path]) => nameOf(path))]
    .filter(([, found]) => found.length > 1)
    .map(([name, found]) => `${name} is installed ${found.length} times: ${found.map(([path]) => path).join(", ")}`);
}

/**
 * A dependency that wants an exact version of another one has to be pinned itself, and the other one to the same version: each later version of
 * either could bring a second copy.
 */
function loosePins(own: Readonly<Record<string, string>>, installed: Lockfile["packages"]): string[] {
  return Object.entries(own).flatMap(([name, range]) => {
    const shared = Object.entries(installed[`node_modules/${name}`]?.dependencies ?? {}).filter(
      ([other, wanted]) => other in own && isExact(wanted),
    );
    const loose = shared.filter(([other, wanted]) => own[other] !== wanted);
    const problems = loose.map(([other, wanted]) => `${name} wants ${other} ${wanted}, the package ${own[other]}`);
    if (shared.length > 0 && !isExact(range)) problems.push(`${name} ${range} wants exact versions, so pin it`);
    return problems;
  });
}

function isExact(range: string): boolean {
  return /^\d+\.\d+\.\d+/.test(range);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}
