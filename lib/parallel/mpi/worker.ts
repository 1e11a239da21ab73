/// <reference lib="deno.worker" />
import type { Request } from "./messages.ts";
import { MpiServer } from "./server.ts";

declare const self: DedicatedWorkerGlobalScope;

const server = new MpiServer((reply) => self.postMessage(reply));

self.onmessage = (event: MessageEvent<{ call: number; request: Request }>) =>
  server.serve(event.data.call, event.data.request);
