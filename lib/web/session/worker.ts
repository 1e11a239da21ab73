/**
 * The worker of a page: reads the model, opens the GPU, samples. One request is
 * worked on at a time; `cancel` ends it.
 *
 * @module
 */
import {
  type CompilationProgress,
  Recoverable,
  type WebGpuEngine,
} from "../../engine/webgpu/mod.ts";
import { EmbeddedShards } from "../model/embedded_shards.ts";
import { generatorFrom } from "../model/model_bytes.ts";
import { mostThatFit } from "../model/memory.ts";
import { loadShards } from "../model/shard_blobs.ts";
import { SiteShards } from "../model/site_shards.ts";
import type { WebModel } from "../model/web_model.ts";
import type { Reply, Request, ShardPlace } from "./messages.ts";
import { openEngine } from "./open_engine.ts";
import { Session } from "./session.ts";

/** Browsers keep a GPU that went away several times from pages for some minutes. */
const NOT_BACK = new Error(
  "The GPU went away, and the browser does not give it back yet: draw again " +
    "in a few minutes",
);

let session: Recoverable<Session> | undefined;
let running = new AbortController();
let queue: Promise<void> = Promise.resolve();

self.addEventListener("message", ({ data }: MessageEvent<Request>) => {
  if (data.type === "cancel") return running.abort();
  queue = queue.then(() => answer(data));
});

type Work = Exclude<Request, { readonly type: "cancel" }>;

async function answer(request: Work): Promise<void> {
  running = new AbortController();
  const { signal } = running;
  try {
    await WORK[request.type](request as never, signal);
  } catch (error) {
    if (signal.aborted) return reply({ type: "cancelled" });
    const reason = error instanceof Error ? error.message : String(error);
    reply({ type: "failed", during: request.type, reason });
  }
}

type Do<T extends Work["type"]> = (
  request: Extract<Work, { readonly type: T }>,
  signal: AbortSignal,
) => Promise<void>;

const WORK: { readonly [T in Work["type"]]: Do<T> } = {
  async open({ model, place, adapter, first }, signal) {
    const open = () => openEngine({ adapter, onCompile });
    const openAgain = () => open().catch(() => Promise.reject(NOT_BACK));
    // Told before the download: without a GPU there is nothing to read for.
    let ready: WebGpuEngine | undefined = await open();
    const { description } = ready;
    const loading = load(model, place, signal);
    const generator = generatorFrom(
      model,
      async (start, stop) => (await loading)(start, stop),
    );
    const begun = new Recoverable(async () => {
      const engine = ready ?? await openAgain();
      ready = undefined;
      const most = mostThatFit(model, engine.info.maxBufferBytes);
      return new Session(engine, generator, { most: Math.max(1, most) });
    }, { onLost: () => reply({ type: "lost" }) });
    // Kernels depend on sizes alone, and compile while numbers arrive. Whoever
    // asks for them again hears what went wrong.
    begun.use((session) => session.prepare(first)).catch(() => {});
    await loading;
    session = begun;
    reply({ type: "opened", device: description });
  },
  async prepare({ wanted }) {
    await opened().use((session) => session.prepare(wanted));
    reply({ type: "prepared" });
  },
  async sample({ id, job }, signal) {
    await opened().use((session) =>
      session.sample(job, {
        signal,
        onTokens: (tokens, of) => reply({ type: "sampling", id, tokens, of }),
        onPictures: (pictures) => reply({ type: "pictures", id, pictures }),
      })
    );
    reply({ type: "finished", id });
  },
};

async function load(model: WebModel, place: ShardPlace, signal: AbortSignal) {
  const source = "blobs" in place
    ? new EmbeddedShards(place.blobs)
    : new SiteShards(place.address);
  return await loadShards(model, source, {
    signal,
    onProgress: (bytes, of) => reply({ type: "downloading", bytes, of }),
  });
}

function onCompile({ finished, total }: CompilationProgress): void {
  reply({ type: "compiling", kernels: finished, of: total });
}

function opened(): Recoverable<Session> {
  if (session !== undefined) return session;
  throw new Error("internal: the worker was asked before it had a model");
}

function reply(message: Reply): void {
  self.postMessage(message);
}
