import { join } from "node:path";
import sharp from "sharp";
import { UserError } from "../../lib/artifact/mod.ts";
import { RandomStream } from "../../lib/random/mod.ts";

/** Size of most of ImageNet's pictures. */
export const WIDTH = 500;
export const HEIGHT = 375;

/** Quality at which a file has about as many bytes as ImageNet's. */
export const QUALITY = 96;
/** Smallest share of a photograph's largest crop that a crop shows. */
const LEAST_SHARE = 0.3;
/** Photographs are JPEG files: drawings of desktops are mostly not. */
const PHOTOGRAPH = /\.jpe?g$/i;

/** A file of a picture cut out of a photograph. */
export interface MadePicture {
  readonly label: number;
  /** Number of the picture in its class, from 0. */
  readonly number: number;
  readonly file: Uint8Array;
}

/** What is cut out of photographs. */
export interface Cutting {
  /** Folders that hold photographs, at any depth. */
  readonly from: readonly string[];
  readonly classes: number;
  /** Pictures of all classes. */
  readonly count: number;
  readonly seed: number;
  /** Of their JPEG files, from 1 to 100; {@linkcode QUALITY} unless given. */
  readonly quality?: number;
}

/**
 * Pictures of ImageNet's size, cut at random places out of photographs, class by
 * class; classes share no photograph while there are enough.
 *
 * @throws {UserError} where a folder cannot be read or holds no photograph
 */
export async function* cutPictures(
  { from, classes, count, seed, quality = QUALITY }: Cutting,
): AsyncGenerator<MadePicture> {
  const photographs = await photographsIn(from);
  for (let label = 0; label < classes; label++) {
    const own = photographs.filter((_, i) => i % classes === label);
    const shown = own.length > 0
      ? own
      : [photographs[label % photographs.length]!];
    const pictures = Math.floor((count + classes - 1 - label) / classes);
    const ofEach = Math.ceil(pictures / shown.length);
    let photograph: Decoded | undefined;
    for (let number = 0; number < pictures; number++) {
      const row = label * count + number;
      const draws = new RandomStream({ seed, stream: "photographs", row });
      const path = shown[Math.floor(number / ofEach)]!;
      if (photograph?.path !== path) photograph = await decoded(path);
      yield { label, number, file: await cut(photograph, draws, quality) };
    }
  }
}

/** A photograph in memory, from which many pictures are cut. */
interface Decoded {
  readonly path: string;
  readonly pixels: Uint8Array;
  readonly raw: {
    readonly width: number;
    readonly height: number;
    readonly channels: 3;
  };
}

async function decoded(path: string): Promise<Decoded> {
  const { data, info: { width, height } } = await sharp(path)
    .toColourspace("srgb").removeAlpha().raw()
    .toBuffer({ resolveWithObject: true });
  return { path, pixels: data, raw: { width, height, channels: 3 } };
}

async function cut(
  { pixels, raw }: Decoded,
  draws: RandomStream,
  quality: number,
): Promise<Uint8Array> {
  const { width, height } = raw;
  const most = Math.min(width / WIDTH, height / HEIGHT);
  const share = LEAST_SHARE + draws.uniform() * (1 - LEAST_SHARE);
  const scale = Math.max(1, most * share);
  const region = {
    width: Math.floor(WIDTH * scale),
    height: Math.floor(HEIGHT * scale),
  };
  const left = draws.integer(width - region.width + 1);
  const top = draws.integer(height - region.height + 1);
  const made = sharp(pixels, { raw }).extract({ left, top, ...region })
    .resize(WIDTH, HEIGHT).jpeg({ quality });
  return new Uint8Array(await made.toBuffer());
}

async function photographsIn(
  folders: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    for (const path of await filesBelow(folder)) {
      const { width, height } = await sharp(path).metadata();
      if (width < 2 * WIDTH || height < 2 * HEIGHT) continue;
      found.push(path);
    }
  }
  if (found.length > 0) return found;
  throw new UserError(
    `Cannot cut pictures out of "${folders.join('", "')}": expected JPEG ` +
      `files of ${2 * WIDTH} x ${2 * HEIGHT} pixels at least, found none`,
  );
}

async function filesBelow(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) paths.push(...await filesBelow(path));
    else if (isFile && PHOTOGRAPH.test(name)) paths.push(path);
  }
  return paths.sort();
}
