// The public face of the supervisor.
export { adoptOrphans, findServiceManager } from '@hero/capture'
export type { Reaper, ServiceManager } from '@hero/capture'
export { serveDegraded } from './degraded.js'
export type { DegradedOptions } from './degraded.js'
export { ProcError } from './errors.js'
export type { ProcErrorCode } from './errors.js'
export type { ReloadChanges } from './config-changes.js'
export { readConfigFile } from './config-file.js'
export { startHeroProc } from './hero-proc.js'
export type { HeroProc, HeroProcOptions } from './hero-proc.js'
export { SERVICE_STATES } from './plugin.js'
export type {
  Plugin,
  PluginHealth,
  RunConsumer,
  RunControls,
  RunError,
  RunExit,
  RunInfo,
  RunUsage,
  ServiceState,
  SupervisorEvent,
} from './plugin.js'
export { listProcesses } from './process-table.js'
export type { ProcessRow } from './process-table.js'
export type { CaptureDefaults, ForegroundOptions } from './run.js'
export {
  CAPTURE_MODES,
  checkServiceName,
  parseServiceDefinition,
  ORPHAN_POLICIES,
  RESTART_POLICIES,
  STOP_SIGNALS,
} from './service-definition.js'
export type {
  CaptureMode,
  RestartPolicy,
  ServiceDefinition,
  ServiceDefinitionInput,
  StopSignal,
} from './service-definition.js'
export type { Serving } from './serving.js'
export type { SkippedFile } from './service-files.js'
export type { HeroProcHealth } from './service-methods.js'
export { OPERATION_KINDS } from './operations.js'
export type { OperationKind, OperationRecord } from './operations.js'
export type { RunRecord } from './run-history.js'
export type { LayerHealth, ServiceHealth } from './service-health.js'
export type { ServiceInspection, Troubleshooting } from './service-inspection.js'
export type { LastExit, ServiceStatus } from './service-status.js'
export { createSupervisor, Supervisor } from './supervisor.js'
export type { RunOnceOptions } from './run-once.js'
export type { SupervisorHealth, SupervisorOptions } from './supervisor.js'
