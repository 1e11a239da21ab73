import type { SampleJob } from "../../lib/web/session/messages.ts";
import type { BrowserPage } from "./page.ts";

/** What the worker made of a job, image by image. */
export interface WorkerResult {
  /** f32 [N, d] of each image. */
  readonly tokens: readonly Float32Array[];
  /** RGB of each image. */
  readonly pixels: readonly Uint8Array[];
  /** Types of all that the worker told. */
  readonly told: readonly string[];
}

/** Runs in the page: a worker of its own, one job, and what it says. */
const SAMPLE = `async (job) => {
  const model = await (await fetch("model.json")).json();
  const worker = new Worker("worker.js");
  const address = new URL("model.json", location.href).href;
  const told = [];
  const pictures = [];
  const base64 = ({ buffer, byteOffset, byteLength }) =>
    new Uint8Array(buffer, byteOffset, byteLength).toBase64();
  await new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }) => {
      told.push(data.type);
      if (data.type === "failed") reject(new Error(data.reason));
      if (data.type === "finished") resolve();
      for (const picture of data.pictures ?? []) {
        pictures[picture.position] = [picture.tokens, picture.pixels].map(base64);
      }
    });
    const first = { count: job.images.length, choice: job.choice };
    const place = { address };
    worker.postMessage({ type: "open", model, place, adapter: {}, first });
    worker.postMessage({ type: "sample", id: 1, job });
  });
  worker.terminate();
  return { told, pictures };
}`;

/** Samples a job by the worker of the site that a page shows. */
export async function sampleInWorker(
  page: BrowserPage,
  job: SampleJob,
): Promise<WorkerResult> {
  const { told, pictures } = await page.evaluate(
    `(${SAMPLE})(${JSON.stringify(job)})`,
  ) as { told: string[]; pictures: [string, string][] };
  return {
    told,
    tokens: pictures.map(([tokens]) =>
      new Float32Array(Uint8Array.fromBase64(tokens).buffer)
    ),
    pixels: pictures.map(([, pixels]) => Uint8Array.fromBase64(pixels)),
  };
}
