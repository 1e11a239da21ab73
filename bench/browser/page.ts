/** What the page of `bench browser` runs: both libraries by turns. */
import { createWebGpuEngine } from "../../lib/engine/webgpu/mod.ts";
import { differenceOf } from "../rivals/compare.ts";
import { type BrowserModels, partsOf } from "./parts.ts";
import {
  type BrowserRunner,
  type Ort,
  ourRunner,
  theirRunner,
} from "./runners.ts";
import type {
  BrowserAdapter,
  BrowserOptions,
  BrowserResult,
  BrowserWork,
  Done,
} from "./works.ts";

/** Seconds of a turn, at least. */
const TURN_SECONDS = 1.5;

/** Where the host of the page has the other library. */
const LIBRARY = "/onnxruntime-web/";

async function openLibrary(): Promise<Ort> {
  const ort = await import(`${LIBRARY}ort.webgpu.bundle.min.mjs`) as Ort;
  ort.env.wasm.wasmPaths = LIBRARY;
  // More want a page that is isolated from others.
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  return ort;
}

const adapter = await navigator.gpu.requestAdapter();
if (adapter === null) throw new Error("The browser has no adapter");
const engine = await createWebGpuEngine(adapter);
const ort = await openLibrary();

interface Contestant {
  readonly runner: BrowserRunner;
  readonly firstSeconds: number;
  readonly result: ArrayLike<number>;
  readonly seconds: number[];
}

async function contestant(
  open: () => Promise<BrowserRunner>,
): Promise<Contestant> {
  const start = performance.now();
  const runner = await open();
  const result = await runner.run();
  const firstSeconds = (performance.now() - start) / 1000;
  // The second run may still set something up.
  await runner.run();
  return { runner, firstSeconds, result: Array.from(result), seconds: [] };
}

/** Seconds of a run, over a turn. */
async function turn({ runner, seconds }: Contestant): Promise<void> {
  const start = performance.now();
  let [times, passed] = [0, 0];
  while (passed < TURN_SECONDS) {
    await runner.run();
    times++;
    passed = (performance.now() - start) / 1000;
  }
  seconds.push(passed / times);
}

function doneBy({ firstSeconds, seconds }: Contestant): Done {
  return { firstSeconds, seconds };
}

async function compare(
  work: BrowserWork,
  models: BrowserModels,
  { rows, rounds }: BrowserOptions,
): Promise<BrowserResult> {
  const parts = partsOf(work, models);
  const ours = await contestant(() => ourRunner(engine, parts, rows));
  let theirs: Contestant | undefined;
  let missing = "";
  try {
    theirs = await contestant(() => theirRunner(ort, parts, rows));
  } catch (error) {
    missing = (error as Error).message.split("\n")[0]!;
  }
  for (let round = 0; round < rounds; round++) {
    await turn(ours);
    if (theirs !== undefined) await turn(theirs);
  }
  await ours.runner.close();
  await theirs?.runner.close();
  return {
    spherear: doneBy(ours),
    onnxruntime: theirs === undefined ? { missing } : doneBy(theirs),
    ...(theirs && { difference: differenceOf(theirs.result, ours.result) }),
  };
}

const { description, features } = engine.info;
Object.assign(globalThis, {
  compare,
  adapter: { description, features } satisfies BrowserAdapter,
});
