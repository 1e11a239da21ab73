import assert from "node:assert/strict";
import { openArtifact, UserError } from "../../../../../lib/artifact/mod.ts";
import {
  encodeJpeg,
  encodePng,
  encodeWebp,
  type Picture,
} from "../../../../../lib/image/mod.ts";
import {
  openEncodedImages,
  surveyPictures,
} from "../../../../../lib/workflow/sets/mod.ts";
import { inFolder } from "../../../artifact/_bytes.ts";
import { openPictureFolder } from "../../../../../lib/workflow/measure/picture_folder.ts";
import { writeImages } from "../../../../stages/measuring_run.ts";
import { writeAs } from "./_made.ts";

/** A grey picture. */
function grey(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3).fill(90);
  return { width, height, channels: 3, data };
}

/** The survey of some files in a folder. */
async function surveyOf(files: Readonly<Record<string, Uint8Array>>) {
  let found: Awaited<ReturnType<typeof surveyPictures>> | undefined;
  await inFolder(async (folder) => {
    for (const [name, bytes] of Object.entries(files)) {
      await Deno.writeFile(`${folder}/${name}`, bytes);
    }
    const reader = (await openPictureFolder(folder))!;
    const encoded = await openEncodedImages(reader);
    try {
      found = await surveyPictures(encoded);
    } finally {
      encoded.close();
      reader.close();
    }
  });
  return found!;
}

Deno.test("surveyPictures() tells the size of all, and what lost pixels", async () => {
  const picture = grey(8, 6);
  assert.deepEqual(
    await surveyOf({
      "a.png": await encodePng(picture),
      "b.jpg": await encodeJpeg(picture, { quality: 90 }),
      "c.webp": await encodeWebp(picture),
    }),
    {
      size: [6, 8],
      unlike: undefined,
      formats: { png: 1, jpeg: 1, webp: 1 },
      lossy: ["jpeg"],
    },
  );
});

Deno.test("surveyPictures() names two pictures of different sizes", async () => {
  const { size, unlike } = await surveyOf({
    "a.png": await encodePng(grey(8, 8)),
    "b.png": await encodePng(grey(8, 8)),
    "c.png": await encodePng(grey(4, 8)),
  });
  assert.equal(size, undefined);
  assert.match(unlike!, /a\.png" is 8 x 8, ".*c\.png" 8 x 4$/);
});

Deno.test("surveyPictures() refuses by name what is no picture", async () => {
  await assert.rejects(
    surveyOf({ "a.png": new TextEncoder().encode("words and words") }),
    (error) =>
      error instanceof UserError &&
      /a\.png": expected jpeg/.test(error.message),
  );
});

Deno.test("surveyPictures() reads pictures in an artifact, too", () =>
  inFolder(async (folder) => {
    const pixels = `${folder}/pixels.safetensors`;
    await writeImages(pixels, { count: 40, seed: 1, size: 5 });
    const to = `${folder}/encoded.safetensors`;
    await writeAs("encoded", { pixels, to });
    const reader = await openArtifact(to, "images");
    const encoded = await openEncodedImages(reader);
    let told = 0;
    const survey = await surveyPictures(encoded, {
      onPictures: (count) => void (told += count),
    });
    assert.deepEqual(survey.size, [5, 5]);
    assert.deepEqual(survey.formats, { png: 40 });
    assert.equal(told, 40);
    encoded.close();
    reader.close();
  }));
