import assert from "node:assert/strict";
import { join } from "node:path";
import { spherear } from "../stages/run_cli.ts";

/** How some images are sampled, besides their numbers. */
export interface Setting {
  /** As a request says it. */
  readonly body: Readonly<Record<string, string | number>>;
  /** As the command line says it. */
  readonly args: readonly string[];
}

/** A setting; names of options are those of requests. */
export function settingOf(
  body: Readonly<Record<string, string | number>>,
): Setting {
  const args = Object.entries(body).flatMap(([name, value]) => {
    const flag = name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
    return [`--${flag}`, String(value)];
  });
  return { body, args };
}

/** Images of a setting: PNG files as `sample` writes them, by their numbers. */
export interface Expected {
  readonly setting: Setting;
  /** Image i is of class i modulo the number of classes. */
  readonly files: readonly Uint8Array[];
}

/** Samples the first images of a setting by the command line. */
export async function expectedImages(
  setting: Setting,
  { model, images, folder }: {
    /** Options of the command line for model and batch. */
    readonly model: readonly string[];
    readonly images: number;
    readonly folder: string;
  },
): Promise<Expected> {
  const place = await Deno.makeTempDir({ dir: folder });
  const out = join(place, "png");
  const { code, err } = await spherear([
    ...["sample", "-q", "--count", `${images}`, "--png", out],
    ...model,
    ...setting.args,
  ], { cwd: folder });
  assert.equal(code, 0, err);
  const files = Array.from({ length: images }, (_, i) => {
    const name = `${i}`.padStart(6, "0");
    return Deno.readFileSync(join(out, `${name}.png`));
  });
  return { setting, files };
}

/** Bytes before a file's recipe: the signature and the header. */
const BEFORE_RECIPE = 33;

/** A PNG file of the server without its recipe, as `sample` writes it. */
export function withoutRecipe(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const type = new TextDecoder().decode(
    png.subarray(BEFORE_RECIPE + 4, BEFORE_RECIPE + 8),
  );
  assert.equal(type, "iTXt");
  const end = BEFORE_RECIPE + 12 + view.getUint32(BEFORE_RECIPE);
  const bare = new Uint8Array(png.length - end + BEFORE_RECIPE);
  bare.set(png.subarray(0, BEFORE_RECIPE));
  bare.set(png.subarray(end), BEFORE_RECIPE);
  return bare;
}
