/**
 * Processes that do one work together: how they talk, and what they add up.
 *
 * @module
 */
export { allReduce, bytesOf, evenSlices, sumInTree } from "./all_reduce.ts";
export { broadcastJson, gatherJson, onAnyRank, StopError } from "./agree.ts";
export { AbortError, type Collective } from "./collective.ts";
export { type Connection, connectionOf } from "./connection.ts";
export { type Environment } from "./environment.ts";
export { type GpuView, gpuView, sharedGpus } from "./gpus.ts";
export { type Launched, launchedBy, launchedByMpi } from "./launchers.ts";
export { memoryGroup, singleCollective } from "./memory_group.ts";
export { findMpi, type FoundMpi } from "./mpi/find.ts";
export { openCollective } from "./open.ts";
export { WaitClock } from "./wait_clock.ts";
