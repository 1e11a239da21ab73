import assert from "node:assert/strict";
import { join } from "node:path";
import {
  centerCrop,
  CENTRE,
  type Crop,
  cutCrop,
  decodeRgb,
  encodeJpeg,
  encodePng,
  type Picture,
  type View,
  WHITE,
  writePlanes,
} from "../../../../../lib/image/mod.ts";
import { decodedImages } from "../../../../../lib/workflow/sets/mod.ts";
import { inFolder } from "../../../artifact/_bytes.ts";
import { noise } from "../../../image/_pictures.ts";
import { encodedImages } from "./_encoded.ts";

const SIZE = 16;

const PICTURES = Array.from(
  { length: 9 },
  (_, seed) => noise({ width: 20 + 7 * seed, height: 41 - 2 * seed, seed }),
);

/** Two files that are no pictures among others that are. */
const FILES = await Promise.all(
  PICTURES.map((picture, k) =>
    k % 2 === 0 ? encodePng(picture) : encodeJpeg(picture, { quality: 90 })
  ),
);

/** What a view shows, by the functions for one picture. */
async function shown({ picture, crop, flip }: View): Promise<number[]> {
  const whole = await decodeRgb(FILES[picture]!, { name: "" });
  const seen: Picture = cutCrop(whole, crop, { size: SIZE, background: WHITE });
  const out = new Float32Array(3 * SIZE * SIZE);
  writePlanes(seen, { flip, out });
  return [...out];
}

const CROPS: readonly Crop[] = [
  CENTRE,
  { by: "random-crop", side: 19, top: 0.3, left: 0.9 },
  { by: "shift", dx: 3, dy: -2 },
];

const VIEWS: readonly View[] = Array.from({ length: 40 }, (_, i) => ({
  picture: (i * 5) % FILES.length,
  crop: CROPS[i % CROPS.length]!,
  flip: i % 4 < 2,
}));

Deno.test("decodedImages() renders views as one thread does, whatever the workers", async () => {
  const expected = (await Promise.all(VIEWS.map(shown))).flat();
  for (const workers of [1, 3]) {
    const images = decodedImages(encodedImages(FILES), { size: SIZE, workers });
    try {
      // Two batches at once.
      const [{ shape, data }, again] = await Promise.all([
        images.render(VIEWS),
        images.render(VIEWS),
      ]);
      assert.deepEqual(shape, [VIEWS.length, 3, SIZE, SIZE]);
      assert.deepEqual([...data], expected);
      assert.deepEqual([...again.data], expected);
    } finally {
      images[Symbol.dispose]();
    }
  }
});

Deno.test("decodedImages() reads centre crops in the order that is asked for", async () => {
  const images = decodedImages(encodedImages(FILES), { size: SIZE });
  try {
    const order = [3, 0, 3, 8];
    const { data } = await images.read(order);
    const whole = await Promise.all(
      order.map(async (k) =>
        centerCrop(await decodeRgb(FILES[k]!, { name: "" }), SIZE).data
      ),
    );
    assert.deepEqual([...data], whole.flatMap((bytes) => [...bytes]));
  } finally {
    images[Symbol.dispose]();
  }
});

Deno.test("workers of decodedImages() read pictures where they lie", () =>
  inFolder(async (folder) => {
    const file = join(folder, "pictures.tar");
    const parts = FILES.flatMap((bytes) => [new Uint8Array(7), bytes]);
    await Deno.writeFile(
      file,
      new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()),
    );
    const offsets = FILES.map((_, k) =>
      FILES.slice(0, k).reduce((sum, { length }) => sum + length + 7, 7)
    );
    const encoded = encodedImages(FILES, {
      place: (k) => ({ file, offset: offsets[k]!, length: FILES[k]!.length }),
      bytes: () => Promise.reject(new Error("Not here")),
    });
    const images = decodedImages(encoded, { size: SIZE });
    try {
      const { data } = await images.render(VIEWS.slice(0, 3));
      const expected = await Promise.all(VIEWS.slice(0, 3).map(shown));
      assert.deepEqual([...data], expected.flat());
      await Deno.truncate(file, offsets[8]!);
      await assert.rejects(
        images.read([8]),
        /^UserError: Cannot read ".*pictures\.tar/,
      );
    } finally {
      images[Symbol.dispose]();
    }
  }));

Deno.test("decodedImages() refuses a broken picture by its name, and goes on", async () => {
  const files = [...FILES];
  files[4] = files[4]!.subarray(0, 60);
  const images = decodedImages(encodedImages(files), { size: SIZE });
  try {
    await assert.rejects(
      images.read([3, 4, 5]),
      /^UserError: Cannot decode "picture 4": /,
    );
    assert.equal((await images.read([3, 5])).shape[0], 2);
  } finally {
    images[Symbol.dispose]();
  }
});

Deno.test("decodedImages() refuses pictures of too many pixels before it decodes them", async () => {
  // A GIF that claims 65535 x 65535.
  const bomb = Uint8Array.from([
    ...new TextEncoder().encode("GIF89a"),
    ...[255, 255, 255, 255, 0, 0, 0, 0x2c, 0, 0, 0, 0, 255, 255, 255, 255, 0],
    ...[2, 2, 0x4c, 1, 0, 0x3b],
  ]);
  const images = decodedImages(encodedImages([bomb]), { size: SIZE });
  try {
    await assert.rejects(
      images.read([0]),
      /^UserError: Cannot decode "picture 0"/,
    );
  } finally {
    images[Symbol.dispose]();
  }
});

Deno.test("decodedImages() passes on what reading a picture's bytes throws", async () => {
  const encoded = encodedImages(FILES, {
    bytes: (k) =>
      k === 2
        ? Promise.reject(new Error("The table has ended"))
        : Promise.resolve(new Uint8Array(FILES[k]!)),
  });
  const images = decodedImages(encoded, { size: SIZE, workers: 1 });
  try {
    await assert.rejects(images.read([0, 1, 2, 3, 4]), /The table has ended/);
    assert.equal((await images.read([0, 1, 3, 4])).shape[0], 4);
  } finally {
    images[Symbol.dispose]();
  }
});
