/**
 * The page: a model beside it, a worker that samples, and what people see.
 *
 * @module
 */
import { MODEL_FILE, parseWebModel } from "../model/web_model.ts";
import type { Reply, Request } from "../session/messages.ts";

const status = document.querySelector("#status")!;
const address = new URL(MODEL_FILE, location.href).href;
const model = parseWebModel(await (await fetch(address)).text());
const worker = new Worker("worker.js", { type: "module" });
worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
  status.textContent = data.type === "failed" ? data.reason : data.type;
});
const request: Request = { type: "open", model, place: { address } };
worker.postMessage(request);
