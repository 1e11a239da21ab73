import type { WebModel } from "../../model/web_model.ts";
import type { Picture } from "../../session/messages.ts";

/** Pixels up to which a picture is shown as squares: blurred, it would show nothing. */
const SQUARE_PIXELS = 64;

/** How much of a piece shows that is not drawn yet. */
const GHOST = 0.14;

/** Shows a picture on a canvas; pieces to come are hardly there. */
export function showPicture(
  canvas: HTMLCanvasElement,
  { pixels, finished }: Pick<Picture, "pixels" | "finished">,
  { vae: { image_size: size }, ar: { grid } }: WebModel,
): void {
  canvas.width = size;
  canvas.height = size;
  canvas.classList.toggle("squares", size <= SQUARE_PIXELS);
  const data = new ImageData(size, size);
  const cell = size / grid;
  for (let i = 0; i < size * size; i++) {
    const row = Math.floor(i / size / cell);
    const column = Math.floor(i % size / cell);
    const isDrawn = row * grid + column < finished;
    data.data.set(pixels.subarray(3 * i, 3 * i + 3), 4 * i);
    data.data[4 * i + 3] = isDrawn ? 255 : 255 * GHOST;
  }
  canvas.getContext("2d")!.putImageData(data, 0, 0);
}
