/**
 * The page: a model, a worker that samples, and what people see.
 *
 * @module
 */
import { App } from "./app.ts";
import { find } from "./dom.ts";
import { openOrigin } from "./origin.ts";

try {
  const origin = await openOrigin();
  await new App(origin).start();
  // Next time the page opens without a network, too.
  if (!origin.isEmbedded) await navigator.serviceWorker?.register("offline.js");
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  find("#status", HTMLParagraphElement).textContent = reason;
}
