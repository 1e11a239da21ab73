/**
 * The worker of a page: reads the model, opens the GPU, samples. One request is
 * worked on at a time; `cancel` ends it.
 *
 * @module
 */
import { EmbeddedShards } from "../model/embedded_shards.ts";
import { generatorFrom } from "../model/model_bytes.ts";
import { loadShards } from "../model/shard_blobs.ts";
import { SiteShards } from "../model/site_shards.ts";
import type { WebModel } from "../model/web_model.ts";
import type { Reply, Request, ShardPlace } from "./messages.ts";
import { openEngine } from "./open_engine.ts";
import { Session } from "./session.ts";

let session: Session | undefined;
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
  async open({ model, place }, signal) {
    // Told before the download: without a GPU there is nothing to read for.
    const engine = await openEngine();
    session = new Session(engine, await load(model, place, signal));
    reply({ type: "opened", device: engine.description });
  },
  async prepare({ count, choice }) {
    await opened().prepare(count, choice, { onCompiled });
    reply({ type: "prepared" });
  },
  async sample({ id, job }, signal) {
    await opened().sample(job, {
      signal,
      onCompiled,
      onTokens: (tokens, of) => reply({ type: "sampling", id, tokens, of }),
      onPictures: (pictures) => reply({ type: "pictures", id, pictures }),
    });
    reply({ type: "finished", id });
  },
};

async function load(model: WebModel, place: ShardPlace, signal: AbortSignal) {
  const source = "blobs" in place
    ? new EmbeddedShards(place.blobs)
    : new SiteShards(place.address);
  const read = await loadShards(model, source, {
    signal,
    onProgress: (bytes, of) => reply({ type: "downloading", bytes, of }),
  });
  return generatorFrom(model, read);
}

function onCompiled(programs: number, of: number): void {
  reply({ type: "compiling", programs, of });
}

function opened(): Session {
  if (session !== undefined) return session;
  throw new Error("internal: the worker was asked before it had a model");
}

function reply(message: Reply): void {
  self.postMessage(message);
}
