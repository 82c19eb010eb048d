export { mountDirTarget, type DirTarget } from "./dir-target.ts";
export type { File } from "./file.ts";
export { walkDir, type DirWalk, type LiveDirWalk, type WalkDirOptions } from "./walk-dir.ts";
