/// <reference lib="deno.worker" />
import { ioError, UserError } from "../../../artifact/mod.ts";
import { OpenFiles } from "../../../container/mod.ts";
import {
  cutCrop,
  decodeRgb,
  freePicture,
  ImageError,
  Turn,
} from "../../../image/mod.ts";
import type { Message, PictureTask, Setup } from "./messages.ts";

// A worker of the pool: decodes pictures, cuts crops out of them, and writes
// those where the main thread sees them.

const files = new OpenFiles();
let canvas: Setup["canvas"];
let turn: Turn;

self.onmessage = async ({ data }: MessageEvent<Message>) => {
  if ("setup" in data) {
    canvas = data.setup.canvas;
    turn = new Turn(data.setup.turn);
    return;
  }
  const { id, task } = data;
  try {
    await render(task);
    self.postMessage({ id });
  } catch (error) {
    self.postMessage({ id, ...reasonOf(error, task.name) });
  }
};

async function render(
  { name, source, crops, out }: PictureTask,
): Promise<void> {
  const bytes = source instanceof Uint8Array
    ? source
    : await files.read(source.file, source);
  const picture = await decodeRgb(bytes, { name, turn });
  const one = 3 * canvas.size * canvas.size;
  for (const [place, crop] of crops.entries()) {
    out.set(cutCrop(picture, crop, canvas).data, place * one);
  }
  freePicture(picture);
}

/** Whose fault an error is, in words. */
function reasonOf(
  error: unknown,
  name: string,
): { readonly refused: string } | { readonly failed: string } {
  if (error instanceof ImageError) return { refused: error.message };
  if (error instanceof RangeError) {
    return { refused: `Cannot crop "${name}": ${error.message}` };
  }
  const told = ioError(error, `Cannot read "${name}"`);
  if (told instanceof UserError) return { refused: told.message };
  return { failed: `"${name}": ${told instanceof Error ? told.stack : told}` };
}
