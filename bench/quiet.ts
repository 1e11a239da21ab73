import { setTimeout as sleep } from "node:timers/promises";
import { cpus } from "node:os";

/** Time in which the threads of the last contestant fall asleep. */
const REST_MS = 300;

/** Time over which the machine is watched. */
const WATCH_MS = 700;

/** Share of the processors that other jobs may use where a time shall count. */
export const QUIET_SHARE = 0.1;

/**
 * Waits until the machine is quiet, or as long as patience lasts. Nothing of
 * ours may run meanwhile.
 *
 * @param patienceMs at least one look is always taken
 * @returns share of the processors that other jobs used at the last look, 0 to 1
 */
export async function restUntilQuiet(patienceMs: number): Promise<number> {
  const end = performance.now() + patienceMs;
  await sleep(REST_MS);
  while (true) {
    const share = await busyShare();
    if (share <= QUIET_SHARE || performance.now() >= end) return share;
  }
}

async function busyShare(): Promise<number> {
  const before = processorTimes();
  await sleep(WATCH_MS);
  const after = processorTimes();
  const all = after.all - before.all;
  return all > 0 ? 1 - (after.idle - before.idle) / all : 0;
}

function processorTimes(): { idle: number; all: number } {
  let [idle, all] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    all += Object.values(times).reduce((sum, time) => sum + time, 0);
  }
  return { idle, all };
}
