/**
 * The service worker: keeps the page's own files, so that it opens without a
 * network. The model is kept by the page's worker.
 *
 * @module
 */

/** Cache of the page's files. */
const CACHE = "spherear-page";

/** The page's files, beside this one. */
const FILES = ["./", "style.css", "page.js", "worker.js", "model.json"];

/** What a service worker has besides a worker. */
interface ServiceWorkerEvent extends Event {
  readonly request: Request;
  waitUntil(promise: Promise<unknown>): void;
  respondWith(response: Promise<Response>): void;
}

self.addEventListener("install", (event) => {
  const install = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES);
  };
  (event as ServiceWorkerEvent).waitUntil(install());
});

self.addEventListener("fetch", (event) => {
  const { request } = event as ServiceWorkerEvent;
  const address = request.url.replace(/[?#].*$/, "");
  const isOurs = FILES.some((file) =>
    new URL(file, location.href).href === address
  );
  if (!isOurs || request.method !== "GET") return;
  (event as ServiceWorkerEvent).respondWith(answer(request, address));
});

/** The newest that the host gives; what was kept where it gives nothing. */
async function answer(request: Request, address: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(address, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(address, { ignoreVary: true });
    if (kept !== undefined) return kept;
    throw error;
  }
}
