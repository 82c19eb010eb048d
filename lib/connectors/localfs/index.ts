export { mountDirTarget, type DirTarget, type DirTargetOptions } from "./dir-target.ts";
export type { Durability } from "./durability.ts";
export type { File } from "./file.ts";
export { walkDir, type DirWalk, type LiveDirWalk, type WalkDirOptions } from "./walk-dir.ts";
