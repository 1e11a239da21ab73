import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type JsonRecord,
  openArtifact,
  UserError,
} from "../../lib/artifact/mod.ts";
import {
  encodeJpeg,
  encodePng,
  type Picture,
  resize,
} from "../../lib/image/mod.ts";
import { openImages } from "../../lib/workflow/sets/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { writeAs } from "../lib/workflow/sets/encoded/_made.ts";
import { runStages, SIZE, writeImages } from "./measuring_run.ts";

const COUNT = 8;

/** Encodes the picture at a place of a set. */
type Encode = (picture: Picture, k: number) => Promise<Uint8Array>;

/** Writes images of pixels as files of a folder, some deeper than others. */
async function writePictures(
  folder: string,
  { pixels, extension = "png", encode = (picture) => encodePng(picture) }: {
    readonly pixels: string;
    readonly extension?: string;
    readonly encode?: Encode;
  },
): Promise<void> {
  const reader = await openArtifact(pixels, "images");
  using images = await openImages(reader);
  await Deno.mkdir(join(folder, "deep"), { recursive: true });
  for (let k = 0; k < images.count; k++) {
    const { data } = await images.read([k]);
    const picture = { width: SIZE, height: SIZE, channels: 3, data } as const;
    const name = `${k % 2 === 0 ? "deep/" : ""}${k}.${extension}`;
    await Deno.writeFile(join(folder, name), await encode(picture, k));
  }
  reader.close();
}

/** Pixels of two sets, a classifier of them, and the folder `pictures` of the first. */
async function withSets(
  test: (sets: {
    readonly folder: string;
    evaluate(
      inputs: string,
      options?: string,
    ): Promise<Evaluated>;
  }) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    for (const [name, seed] of [["drawn", 1], ["real", 2]] as const) {
      const path = join(folder, `${name}.safetensors`);
      await writeImages(path, { count: COUNT, seed });
    }
    await writePictures(join(folder, "pictures"), {
      pixels: join(folder, "drawn.safetensors"),
    });
    const run = await runStages(
      folder,
      '[stages.train-classifier]\ninputs = { images = "real.safetensors" }\n' +
        "options = { steps = 2, batch = 4 }\n",
    );
    const network = run.path("train-classifier", "classifier");
    await test({
      folder,
      async evaluate(inputs, options = "") {
        const text = `[stages.evaluate]\noptions = { ${options} }\n` +
          `inputs = { ${inputs}, network = "${network}" }\n`;
        const { results, lines } = await runStages(folder, text);
        const { state, summary } = results[0]!;
        const figures = summary as unknown as Figures;
        return { ...figures, state, lines: lines.join("\n") };
      },
    });
  });
}

/** What a run of evaluate says. */
interface Figures {
  readonly sets: Record<string, Record<string, number | null>>;
  readonly reconstruction: Record<string, Record<string, number | null>>;
  readonly measured: Record<string, JsonRecord>;
}

/** The same, with what people see. */
interface Evaluated extends Figures {
  readonly state: string;
  readonly lines: string;
}

const REAL = 'reference = "real.safetensors"';

/** Fails unless a run is refused in one line. */
async function refused(run: Promise<unknown>, expected: RegExp): Promise<void> {
  await assert.rejects(run, (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, expected);
    return true;
  });
}

Deno.test("evaluate measures folders and indices of pictures as their pixels", () =>
  withSets(async ({ folder, evaluate }) => {
    const pixels = await evaluate(`samples = "drawn.safetensors", ${REAL}`);
    const { class_accuracy, ...expected } = pixels.sets["samples"]!;
    assert.ok(class_accuracy! >= 0);
    const plain = await evaluate(`samples = "pictures", ${REAL}`);
    // The order of the images is another: sums round otherwise.
    for (const [name, value] of Object.entries(plain.sets["samples"]!)) {
      const difference = Math.abs(value! - expected[name]!);
      assert.ok(difference <= 1e-6 * Math.abs(expected[name]!), name);
    }
    assert.deepEqual(
      Object.keys(plain.sets["samples"]!),
      Object.keys(expected),
    );
    assert.deepEqual(plain.measured["samples"]!["pictures"], {
      formats: { png: COUNT },
      lossy: [],
    });
    await writeAs("index", {
      pixels: join(folder, "drawn.safetensors"),
      to: join(folder, "index.safetensors"),
    });
    const index = await evaluate(`samples = "index.safetensors", ${REAL}`);
    assert.deepEqual(index.sets, pixels.sets);
    const turned = await evaluate(
      'samples = "real.safetensors", reference = "pictures/"',
    );
    const other = await evaluate(
      'samples = "real.safetensors", reference = "drawn.safetensors"',
    );
    const [a, b] = [turned, other].map(({ sets }) =>
      sets["samples"]!["frechet_classifier"]!
    ) as [number, number];
    assert.ok(Math.abs(a - b) <= 1e-6 * b);
  }));

Deno.test("evaluate takes features of a folder again where its pictures changed", () =>
  withSets(async ({ folder, evaluate }) => {
    const state = async () =>
      (await evaluate(`samples = "pictures/", ${REAL}`)).state;
    assert.equal(await state(), "ran");
    assert.equal(await state(), "done");
    await Deno.writeTextFile(join(folder, "pictures/notes.txt"), "none");
    assert.equal(await state(), "done");
    await Deno.copyFile(
      join(folder, "pictures/1.png"),
      join(folder, "pictures/deep/2.png"),
    );
    await refused(state(), /1 of its 8 samples are copies/);
  }));

Deno.test("evaluate names figures of pictures that lost something", () =>
  withSets(async ({ folder, evaluate }) => {
    await writePictures(join(folder, "lossy"), {
      pixels: join(folder, "drawn.safetensors"),
      extension: "jpg",
      encode: (picture) => encodeJpeg(picture, { quality: 90 }),
    });
    const { sets, lines } = await evaluate(
      `samples = "lossy", reconstructions = "lossy", ` +
        `reference = "real.safetensors"`,
    );
    const names = Object.keys(sets["samples"]!);
    assert.ok(names.includes("frechet_classifier_jpeg"), names.join());
    assert.ok(!names.includes("frechet_classifier"));
    assert.match(lines, /Pictures of ".*lossy" lost something as jpeg: /);
    assert.match(lines, /^ +frechet_classifier_jpeg +\d/m);
    assert.match(lines, /samples: 8 of ".*lossy" \(jpeg\) by 8 images of/);
    // A reference is what it is; it is said beside the figures.
    const turned = await evaluate(
      'samples = "real.safetensors", reference = "lossy"',
    );
    assert.ok("frechet_classifier" in turned.sets["samples"]!);
    assert.match(turned.lines, /by 8 images of ".*lossy" \(jpeg\)/);
  }));

Deno.test("evaluate resizes references of different sizes and says it", () =>
  withSets(async ({ folder, evaluate }) => {
    await writePictures(join(folder, "mixed"), {
      pixels: join(folder, "real.safetensors"),
      extension: "jpg",
      encode: (picture, k) => {
        const height = SIZE + 2 * k;
        const larger = resize(picture, {
          height,
          width: 30,
          filter: "bicubic",
        });
        return encodeJpeg(larger, { quality: 95 });
      },
    });
    const { sets, measured, lines } = await evaluate(
      'samples = "pictures", reference = "mixed"',
    );
    const names = Object.keys(sets["samples"]!);
    assert.ok(names.includes("frechet_classifier_resized"), names.join());
    assert.deepEqual(measured["reference"]!["pictures"], {
      formats: { jpeg: COUNT },
      lossy: ["jpeg"],
      resizedTo: SIZE,
    });
    assert.match(lines, /mixed" were resized to 12 pixels/);
    await refused(
      evaluate(`samples = "mixed", ${REAL}`),
      /mixed": its pictures have different sizes \(.* is 14 x 30, .* 18 x 30\), expected one size: prepare/,
    );
  }));

Deno.test("features of a folder say what its pictures were", () =>
  withSets(async ({ folder, evaluate }) => {
    await writePictures(join(folder, "lossy"), {
      pixels: join(folder, "drawn.safetensors"),
      extension: "jpg",
      encode: (picture) => encodeJpeg(picture, { quality: 90 }),
    });
    const run = await runStages(
      folder,
      '[stages.extract-features]\ninputs = { images = "lossy", ' +
        'network = "runs/p/train-classifier.safetensors" }\n' +
        "options = { size = 12 }\n" +
        '[stages.real]\nuses = "extract-features"\n' +
        'inputs = { images = "real.safetensors", ' +
        'network = "runs/p/train-classifier.safetensors" }\n',
    );
    const [drawn, real] = ["extract-features", "real"].map((step) =>
      run.path(step, "features")
    );
    const { sets } = await evaluate(
      `samples = "${drawn}", reference = "${real}"`,
    );
    assert.ok("frechet_classifier_jpeg" in sets["samples"]!);
    const reader = await openArtifact(drawn!, "features");
    assert.ok(!reader.tensors.has("labels"));
    reader.close();
  }));

Deno.test("evaluate compares pictures of two folders by their names", () =>
  withSets(async ({ folder, evaluate }) => {
    await writePictures(join(folder, "copies"), {
      pixels: join(folder, "drawn.safetensors"),
      extension: "webp.png",
    });
    const rename = async (k: number) => {
      const place = join(folder, "copies", k % 2 === 0 ? "deep" : "");
      await Deno.rename(
        join(place, `${k}.webp.png`),
        join(place, `${k}.PNG`),
      );
    };
    for (let k = 0; k < COUNT; k++) await rename(k);
    const inputs = 'reconstructions = "copies", reference = "pictures"';
    const { reconstruction } = await evaluate(inputs, 'metrics = ["ssim"]');
    const { ssim } = reconstruction["reconstructions"]!;
    assert.ok(Math.abs(ssim! - 1) < 1e-9);
    await Deno.rename(
      join(folder, "copies/1.PNG"),
      join(folder, "copies/one.PNG"),
    );
    await refused(
      evaluate(inputs, 'metrics = ["ssim"]'),
      /no picture of the reference is called as "one" is/,
    );
  }));

Deno.test("evaluate refuses folders that hold something else in one line", () =>
  withSets(async ({ folder, evaluate }) => {
    const run = () => evaluate(`samples = "pictures", ${REAL}`);
    const bad = join(folder, "pictures/9.png");
    await Deno.writeTextFile(bad, "no picture at all");
    await refused(run(), /Cannot decode ".*9\.png": expected jpeg, png/);
    // A good header, and pixels that end early: found when it is decoded.
    const good = await Deno.readFile(join(folder, "pictures/1.png"));
    await Deno.writeFile(bad, good.subarray(0, good.length - 60));
    await refused(run(), /Cannot decode ".*9\.png"/);
    await Deno.writeFile(bad, new Uint8Array(0));
    await refused(run(), /9\.png": the picture's file is empty/);
    await Deno.remove(bad);
    await Deno.symlink("/etc", join(folder, "pictures/out"));
    await refused(run(), /"out" is a link, which may lead out of it/);
    await refused(
      evaluate(`samples = "runs", ${REAL}`),
      /expected pictures by their names, found only other files/,
    );
  }));
