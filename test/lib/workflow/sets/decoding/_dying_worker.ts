/// <reference lib="deno.worker" />
// A worker that dies at its third task, outside of any handler.
let tasks = 0;

self.onmessage = ({ data }: MessageEvent<{ readonly id?: number }>) => {
  if (data.id === undefined) return;
  if (++tasks < 3) return self.postMessage({ id: data.id });
  setTimeout(() => {
    throw new Error("Out of luck");
  });
};
