import type { WebModel } from "../model/web_model.ts";
import type { Picture, SampleJob } from "../session/messages.ts";
import type { Listeners, SamplingClient } from "./client.ts";

/** What the page calls it. */
const DEVICE = "the server of this page";

/** How often the server may show an image in the making. */
const PREVIEWS = 16;

/**
 * Where a server of `spherear serve` samples, where one stands behind the page;
 * it writes this element into it.
 */
export function serverAddress(): string | undefined {
  const mark = document.querySelector('meta[name="spherear-server"]');
  return mark?.getAttribute("content") ?? undefined;
}

/** Samples on the server, for browsers that give pages no GPU. */
export class ServerSampling implements SamplingClient {
  readonly #address: string;
  readonly #listeners: Listeners;
  #jobs = 0;
  #running = new AbortController();
  #tokens = 0;

  constructor(address: string, listeners: Listeners) {
    this.#address = address;
    this.#listeners = listeners;
  }

  /** The server has the model. */
  open({ ar }: Pick<WebModel, "ar">): void {
    this.#tokens = ar.grid ** 2;
    this.#listeners.opened({ type: "opened", device: DEVICE });
  }

  /** The server compiles when it is asked. */
  prepare(): void {
    this.#listeners.prepared({ type: "prepared" });
  }

  /** Samples a job, and gives the number that what is told of it has. */
  sample(job: SampleJob): number {
    const id = ++this.#jobs;
    this.#running = new AbortController();
    this.#run(id, job).catch((error: unknown) => this.#fail(error));
    return id;
  }

  /** Leaves the server, which then drops the job. */
  cancel(): void {
    this.#running.abort();
  }

  /** There is nothing here that would stay. */
  end(): void {
    this.cancel();
  }

  async #run(id: number, { seed, images, choice }: SampleJob): Promise<void> {
    const response = await fetch(this.#address, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "text/event-stream",
      },
      body: JSON.stringify({
        ...choice,
        seed,
        classes: images.map(({ label }) => label),
        seeds: images.map(({ index }) => index),
        tokens: true,
        previews: PREVIEWS,
      }),
      signal: this.#running.signal,
    });
    if (!response.ok) throw new Error(await refusal(response));
    for await (const { event, data } of eventsOf(response.body!)) {
      if (event === "error") throw new Error((data as Refusal).error);
      if (event === "progress") {
        const { done: tokens, total: of } = data as Progress;
        this.#listeners.sampling({ type: "sampling", id, tokens, of });
      }
      if (event === "image" || event === "preview") {
        const { done = this.#tokens, ...sent } = data as SentImage;
        const pictures = [await pictureOf(sent, done)];
        this.#listeners.pictures({ type: "pictures", id, pictures });
      }
    }
    this.#listeners.finished({ type: "finished", id });
  }

  #fail(error: unknown): void {
    if (this.#running.signal.aborted) {
      this.#listeners.cancelled({ type: "cancelled" });
      return;
    }
    const reason = error instanceof Error ? error.message : String(error);
    this.#listeners.failed({ type: "failed", during: "sample", reason });
  }
}

interface Refusal {
  readonly error: string;
}

interface Progress {
  readonly done: number;
  readonly total: number;
}

/** An image as the server sends it, finished or in the making. */
interface SentImage {
  readonly place: number;
  /** Tokens that are there, where some are to come. */
  readonly done?: number;
  /** A PNG file in base64. */
  readonly png: string;
  /** f32 [N, d] in base64. */
  readonly tokens: string;
}

/** What the server says of a request that it refuses. */
async function refusal(response: Response): Promise<string> {
  const wait = response.headers.get("retry-after");
  const later = wait === null ? "" : `, in ${wait} seconds`;
  const { error } = await response.json() as Refusal;
  return `${error}${later}`;
}

/** The events of a stream as they come; their data is JSON. */
async function* eventsOf(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
  let text = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (text + value).split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      // Comments keep the connection open.
      if (event === undefined) continue;
      yield { event, data: JSON.parse(data!) as unknown };
    }
  }
}

async function pictureOf(
  { place, png, tokens }: SentImage,
  finished: number,
): Promise<Picture> {
  return {
    position: place,
    pixels: await pixelsOf(bytesOf(png)),
    tokens: new Float32Array(bytesOf(tokens).buffer),
    finished,
  };
}

/** RGB of a PNG file, row by row. */
async function pixelsOf(
  png: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const bitmap = await createImageBitmap(new Blob([png]), {
    colorSpaceConversion: "none",
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return Uint8Array.from(
    { length: 3 * width * height },
    (_, i) => data[4 * Math.floor(i / 3) + i % 3]!,
  );
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
