/** The oldest version of Node that this package runs on, as `engines` of package.json has it. */
export const OLDEST_NODE = "22.15";

/** Describes a version of Node that is too old, such as `v20.1.0`, with the remedy; `undefined` for another version. */
export function describeOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = parse(version);
  const [oldestMajor = 0, oldestMinor = 0] = parse(OLDEST_NODE);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return (
    `tidemark needs Node ${OLDEST_NODE} or newer, this is Node ${version.replace("v", "")} (${process.execPath})\n` +
    'Install a newer one from https://nodejs.org, or, with nvm, run "nvm install 24".'
  );
}

function parse(version: string): readonly number[] {
  return version.replace("v", "").split(".").map(Number);
}
