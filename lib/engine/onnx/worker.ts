/// <reference lib="deno.worker" />
import type { Reply, Request } from "./runtime/messages.ts";
import { Server } from "./runtime/server.ts";

declare const self: DedicatedWorkerGlobalScope;

const server = new Server();

/** Requests wait for the ones before them. */
let last: Promise<void> = Promise.resolve();

async function answer(call: number, request: Request): Promise<void> {
  let reply: Reply;
  try {
    reply = { call, result: await server.serve(request) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    reply = { call, error: text };
  }
  self.postMessage(reply);
}

self.onmessage = (event: MessageEvent<{ call: number; request: Request }>) => {
  const { call, request } = event.data;
  last = last.then(() => answer(call, request));
};
