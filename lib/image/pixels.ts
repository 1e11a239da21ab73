/** Most pixels of a picture: where Pillow warns of decompression bombs. */
export const MAX_PIXELS = 178_956_970;

/** An 8-bit picture, rows from the top, channels innermost. */
export interface Picture<C extends 3 | 4 = 3> {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** 3 for RGB, 4 for RGBA. */
  readonly channels: C;
  /** `height * width * channels` values. */
  readonly data: Uint8Array;
}

/** A colour: red, green and blue, from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** What lies behind pictures where nobody says otherwise. */
export const WHITE: Rgb = [255, 255, 255];

/**
 * Wraps RGB values as a picture.
 *
 * @throws {TypeError} when the number of values does not fit the size
 */
export function picture(
  data: Uint8Array,
  { width, height }: { width: number; height: number },
): Picture {
  if (data.length !== width * height * 3) {
    throw new TypeError(
      `Cannot make a picture of ${width} x ${height}: expected ` +
        `${width * height * 3} values, got ${data.length}`,
    );
  }
  return { width, height, channels: 3, data };
}

/**
 * Gives a picture's memory back now; it has no pixels from then on.
 *
 * The collector does not see what decoders allocate, and lets it pile up.
 */
export function freePicture({ data }: Picture): void {
  const { buffer } = data as Uint8Array<ArrayBuffer>;
  if (buffer.byteLength === data.length) buffer.transfer(0);
}

/** A rectangle of a picture in pixels. */
export interface Rectangle {
  /** First column. */
  readonly left: number;
  /** First row. */
  readonly top: number;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
}

/** @throws {RangeError} where a rectangle does not lie inside of a picture */
export function requireInside(
  { left, top, width, height }: Rectangle,
  source: { readonly width: number; readonly height: number },
): void {
  const inside = left >= 0 && top >= 0 && width >= 0 && height >= 0 &&
    left + width <= source.width && top + height <= source.height;
  if (inside) return;
  throw new RangeError(
    `Cannot cut ${width} x ${height} at (${left}, ${top}) from a picture ` +
      `of ${source.width} x ${source.height}`,
  );
}

/**
 * Copies a rectangle out of a picture.
 *
 * @throws {RangeError} when it does not lie inside
 */
export function cut<C extends 3 | 4>(
  source: Picture<C>,
  rectangle: Rectangle,
): Picture<C> {
  requireInside(rectangle, source);
  const { left, top, width, height } = rectangle;
  const { channels } = source;
  const data = new Uint8Array(width * height * channels);
  const stride = width * channels;
  for (let row = 0; row < height; row++) {
    const at = ((top + row) * source.width + left) * channels;
    data.set(source.data.subarray(at, at + stride), row * stride);
  }
  return { width, height, channels, data };
}

/** Lays an RGBA picture on white; each value is rounded to the nearest. */
export function onWhite({ width, height, data }: Picture<4>): Picture {
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = data[pixel * 4 + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      const value = data[pixel * 4 + channel]! * alpha + 255 * (255 - alpha);
      rgb[pixel * 3 + channel] = Math.round(value / 255);
    }
  }
  return { width, height, channels: 3, data: rgb };
}
