import sharp from "sharp";
import { headerOf, tarOf, type TestMember } from "./_tars.ts";

/** What members of archives are rounded up to. */
const BLOCK = 512;

/** What a made archive holds. */
export interface MadeImagenet {
  readonly synsets: readonly string[];
  /** Pictures of each. */
  readonly pictures: number;
}

/** A JPEG of 8 x 8 pixels. */
export async function tinyJpeg(grey = 128): Promise<Uint8Array<ArrayBuffer>> {
  const channels = 3;
  const background = { r: grey, g: grey, b: grey };
  const create = { width: 8, height: 8, channels, background } as const;
  return new Uint8Array(await sharp({ create }).jpeg().toBuffer());
}

/** Names of a synset's pictures, as the official archive has them: unsorted. */
export function pictureNames(synset: string, count: number): string[] {
  return Array.from(
    { length: count },
    (_, i) => `${synset}_${(i * 7919) % 99_991}.JPEG`,
  );
}

/** The archive of one synset: tiny JPEGs, some with bytes behind their end. */
export function innerTar(
  synset: string,
  { pictures, jpeg }: { readonly pictures: number; readonly jpeg: Uint8Array },
): Uint8Array<ArrayBuffer> {
  const members = pictureNames(synset, pictures).map((name, i): TestMember => {
    const data = new Uint8Array(jpeg.length + i % 600);
    data.set(jpeg);
    return { name, data, magic: "gnu" };
  });
  return tarOf(members);
}

/** Writes an archive of archives in the layout of the official one. */
export async function writeImagenetTar(
  path: string,
  { synsets, pictures }: MadeImagenet,
): Promise<void> {
  const jpeg = await tinyJpeg();
  using file = await Deno.open(path, {
    write: true,
    create: true,
    truncate: true,
  });
  const writer = file.writable.getWriter();
  for (const synset of synsets) {
    const data = innerTar(synset, { pictures, jpeg });
    await writer.write(headerOf({ name: `${synset}.tar`, data, magic: "gnu" }));
    // Archives end at a block.
    await writer.write(data);
  }
  await writer.write(new Uint8Array(1024));
  await writer.close();
}

/**
 * Writes an archive in the layout and of the size of the official one, whose
 * pictures are tiny JPEGs before holes, which take no space on the disk.
 *
 * @param made.bytes of a picture on average
 */
export async function writeSparseImagenetTar(
  path: string,
  { synsets, pictures, bytes }: MadeImagenet & { readonly bytes: number },
): Promise<void> {
  const jpeg = await tinyJpeg();
  using file = await Deno.open(path, { write: true, createNew: true });
  let at = 0;
  function put(data: Uint8Array, room = data.length): void {
    file.seekSync(at, Deno.SeekMode.Start);
    for (let done = 0; done < data.length;) {
      done += file.writeSync(data.subarray(done));
    }
    at += Math.ceil(room / BLOCK) * BLOCK;
  }
  const sizes = Array.from(
    { length: pictures },
    (_, i) => Math.round(bytes * (0.5 + (i * 7919 % 1000) / 1000)),
  );
  const whole = sizes.reduce(
    (sum, size) => sum + BLOCK + Math.ceil(size / BLOCK) * BLOCK,
    2 * BLOCK,
  );
  for (const synset of synsets) {
    put(headerOf({ name: `${synset}.tar`, magic: "gnu", size: whole }));
    for (const [i, name] of pictureNames(synset, pictures).entries()) {
      put(headerOf({ name, magic: "gnu", size: sizes[i]! }));
      put(jpeg, sizes[i]);
    }
    at += 2 * BLOCK;
  }
  file.truncateSync(at + 2 * BLOCK);
}
