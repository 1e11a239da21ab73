import {
  MODEL_FILE,
  parseWebModel,
  type WebModel,
} from "../model/web_model.ts";
import type { ShardPlace } from "../session/messages.ts";
import { find } from "./dom.ts";

/** Where the page has its model and its worker from. */
export interface Origin {
  readonly model: WebModel;
  readonly place: ShardPlace;
  /** Whether all of it came with the page. */
  readonly isEmbedded: boolean;
  /** Address of the worker's code. */
  readonly worker: string;
}

/**
 * What came with the page, where something did, else what lies beside it.
 *
 * @throws {Error} where the model's description cannot be read
 */
export async function openOrigin(): Promise<Origin> {
  return embeddedOrigin() ?? await siteOrigin();
}

async function siteOrigin(): Promise<Origin> {
  const address = new URL(MODEL_FILE, location.href).href;
  const response = await fetch(address, { cache: "no-cache" });
  if (!response.ok) {
    throw new Error(`Cannot read "${address}": status ${response.status}`);
  }
  return {
    model: parseWebModel(await response.text()),
    place: { address },
    isEmbedded: false,
    worker: "worker.js",
  };
}

/** A page that is one file has its parts in scripts that are no code. */
function embeddedOrigin(): Origin | undefined {
  if (document.querySelector("#embedded-model") === null) return undefined;
  const text = (id: string) => find(id, HTMLScriptElement).textContent ?? "";
  const shards = document.querySelectorAll<HTMLScriptElement>(".shard");
  const blobs = [...shards].map((shard) => {
    const { file } = shard.dataset;
    const blob = new Blob([bytesOf(shard.textContent ?? "")]);
    // It is as large as the model.
    shard.remove();
    return [file!, blob] as const;
  });
  const code = new Blob([text("#embedded-worker")], {
    type: "text/javascript",
  });
  return {
    model: parseWebModel(text("#embedded-model")),
    place: { blobs: Object.fromEntries(blobs) },
    isEmbedded: true,
    worker: URL.createObjectURL(code),
  };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
