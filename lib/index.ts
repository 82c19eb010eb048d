export { App, type AppConfig, type DropOptions, type UpdateOptions } from "./app/app.ts";
export { Environment, type EnvironmentOptions, type NamedApp } from "./app/environment.ts";
export { UpdateHandle, type DropHandle } from "./app/handle.ts";
export type { ComponentRecord } from "./app/inspect.ts";
export type { MaxDeletes } from "./engine/delete-limit.ts";
export { exceptionHandler } from "./engine/exception-handler.ts";
export type { ExceptionContext, ExceptionHandler, MountKind } from "./engine/run/exceptions.ts";
export type { ComponentFunction, FnOptions } from "./engine/memo/function-info.ts";
export { autoRefresh, type AutoRefreshOptions } from "./engine/live/auto-refresh.ts";
export { fn } from "./engine/function.ts";
export { LiveMap } from "./engine/sources/live-map.ts";
export type { LiveComponent, LiveComponentClass, LiveComponentOperator } from "./engine/live/live-component.ts";
export type { LogicTracking } from "./engine/memo/logic.ts";
export type {
  LiveMapChange,
  LiveMapFeed,
  LiveMapItems,
  LiveMapSubscriber,
  LiveMapView,
} from "./engine/sources/live-map-feed.ts";
export { map } from "./engine/map.ts";
export { memoKey, memoState, type Memoizable, type MemoState } from "./engine/memo/memoizable.ts";
export type { MountHandle } from "./engine/run/mount-handle.ts";
export type { MountItems } from "./engine/sources/mount-items.ts";
export { mount, mountEach, useMount } from "./engine/mount.ts";
export {
  statsGroup,
  type OpenStatsGroup,
  type StatsGroupHandle,
  type StatsGroupOptions,
} from "./engine/stats-group.ts";
export { componentSubpath, type ComponentSubpath, type MountPath } from "./engine/run/subpath.ts";
export type {
  AnyHandler,
  ApplyContext,
  ContainerChange,
  ContainerChildContext,
  ContainerHandler,
  ContainerState,
  OwnedStates,
  TargetAlias,
  TargetChange,
  TargetDecision,
  TargetHandler,
} from "./engine/targets/target-handler.ts";
export type { InspectedState, InspectionResult, InspectContext } from "./engine/targets/target-inspection.ts";
export {
  containerAt,
  declareTargetState,
  defineContainer,
  defineTarget,
  mountTarget,
  type ContainerKind,
  type ContainerTarget,
  type TargetProvider,
} from "./engine/target.ts";
export { TidemarkError, type TidemarkErrorCode, type TidemarkErrorOptions } from "./errors.ts";
export type { ComponentFailure } from "./progress/report.ts";
export {
  UpdateStatus,
  type ComponentStats,
  type FailingSource,
  type OldestInProgress,
  type UpdateSnapshot,
  type UpdateStats,
} from "./progress/schema/stats.ts";
export type {
  ErrorRecord,
  FailureRecord,
  ForgottenGroups,
  GroupRecord,
  UpdateRecord,
  UpdateRecordStatus,
} from "./progress/record/update-record.ts";
export type { WatchOptions } from "./progress/watch.ts";
export { showProgress, type ShowProgressOptions } from "./report/terminal/show-progress.ts";
export { symbolKey, type StableKey, type SymbolKey } from "./state/stable-key.ts";
export { VERSION } from "./version.ts";
