import { UserError } from "../../artifact/mod.ts";
import type { WeightFile, WeightSet } from "../../interop/mod.ts";
import {
  gainPath,
  PERCEPTUAL_NETWORKS,
  VGG16,
  type Vgg16Config,
} from "../../model/mod.ts";
import { sizeOf } from "../../tensor/mod.ts";
import { checkTensor } from "./check_tensor.ts";
import type { ImportSummary } from "./import_weights.ts";
import { OFFICIAL, type OfficialFile } from "../../official/mod.ts";
import { tellKnown } from "./known.ts";
import { unwrapped } from "./wrappers.ts";
import { type ImportTools, type Taken, writeWeights } from "./write_weights.ts";

/** A tensor that tells torchvision's VGG networks, and one of LPIPS's layers. */
const VGG_TENSOR = "features.0.weight";
const LPIPS_TENSOR = `${gainPath(0)}.weight`;

const [VGG16_FILE, LPIPS_FILE] = OFFICIAL["vgg16-lpips"].files;

/** What stands before the place of a convolution in an artifact's names. */
const VGG_PREFIX = "vgg/";

/** Tensors of VGG16 that no feature depends on. */
const UNUSED = /^classifier\.\d\.(weight|bias)$/;

/** An open file and its only set of weights. */
interface Part {
  readonly file: WeightFile;
  readonly set: WeightSet;
}

/** Whether a file is one of the two that make LPIPS on VGG16. */
export function isPerceptual({ sets }: WeightFile): boolean {
  const names = [...sets.get("model")?.tensors.keys() ?? []];
  return names.some((name) =>
    name.endsWith(VGG_TENSOR) || name.endsWith(LPIPS_TENSOR)
  );
}

/**
 * Imports torchvision's VGG16 and the linear layers of LPIPS, version 0.1, as
 * one artifact of the kind `perceptual`.
 *
 * @param files the two, in any order
 * @throws {UserError} where one is missing, or a tensor is missing, unknown or
 *   misshapen
 */
export async function importPerceptual(
  files: readonly WeightFile[],
  output: string,
  tools: ImportTools,
): Promise<ImportSummary> {
  const parts = files.map((file) => partOf(file));
  const vgg = only(parts, { tensor: VGG_TENSOR, known: VGG16_FILE });
  const lpips = only(parts, { tensor: LPIPS_TENSOR, known: LPIPS_FILE });
  const config = configOf(vgg);
  const tensors = taken({ vgg, lpips, config });
  const inputs = {
    vgg16: await vgg.file.digest(),
    lpips: await lpips.file.digest(),
  };
  tellKnown(VGG16_FILE, inputs.vgg16, tools);
  tellKnown(LPIPS_FILE, inputs.lpips, tools);
  await writeWeights(output, {
    kind: "perceptual",
    config: { ...config },
    options: {},
    inputs,
    tensors,
  }, tools);
  const sizes = tensors.map(({ set, name }) =>
    sizeOf(set.tensors.get(name)!.shape)
  );
  return {
    kind: "perceptual",
    weights: "model",
    network: PERCEPTUAL_NETWORKS[config.name].title,
    tensors: tensors.length,
    parameters: sizes.reduce((sum, count) => sum + count, 0),
    output,
  };
}

function partOf(file: WeightFile): Part {
  const set = file.sets.get("model");
  if (set !== undefined) return { file, set: unwrapped(set, file.name) };
  throw new UserError(`Cannot import "${file.name}": it holds no weights`);
}

/** The one file that holds a tensor. */
function only(
  parts: readonly Part[],
  { tensor, known }: { readonly tensor: string; readonly known: OfficialFile },
): Part {
  const found = parts.filter(({ set }) => set.tensors.has(tensor));
  if (found.length === 1 && parts.length <= 2) return found[0]!;
  const names = parts.map(({ file }) => `"${file.name}"`).join(" and ");
  throw new UserError(
    `Cannot import ${names}: expected ${VGG16_FILE.file} and ` +
      `${LPIPS_FILE.file} together, found ${found.length} with ` +
      `"${tensor}", which ${known.file} has (${known.from})`,
  );
}

/** The widths of VGG16's blocks; those of thin copies are others. */
function configOf({ set }: Part): Vgg16Config {
  let index = 0;
  const widths = VGG16.repeats.map((repeats, block) => {
    const weight = set.tensors.get(`features.${index}.weight`);
    index += 2 * repeats + 1;
    return weight?.shape[0] ?? VGG16.widths[block]!;
  });
  return { ...VGG16, widths };
}

/** Every tensor of the network, seen to be there in its shape and no other. */
function taken(
  { vgg, lpips, config }: {
    readonly vgg: Part;
    readonly lpips: Part;
    readonly config: Vgg16Config;
  },
): Taken[] {
  const shapes = PERCEPTUAL_NETWORKS["vgg16-lpips"].shapes(config);
  const tensors = Object.entries(shapes).map(([stored, shape]) => {
    const isVgg = stored.startsWith(VGG_PREFIX);
    const { file, set } = isVgg ? vgg : lpips;
    const name = isVgg ? `features.${stored.slice(VGG_PREFIX.length)}` : stored;
    checkTensor(set.tensors.get(name), { file: file.name, name, shape });
    return { file: file.name, set, name, stored };
  });
  for (const { file, set } of [vgg, lpips]) {
    const names = new Set(
      tensors.flatMap((one) => one.set === set ? [one.name] : []),
    );
    const unknown = [...set.tensors.keys()]
      .find((name) => !names.has(name) && !UNUSED.test(name));
    if (unknown !== undefined) {
      throw new UserError(
        `Cannot import "${file.name}": tensor "${unknown}" is none of VGG16 ` +
          "or LPIPS",
      );
    }
  }
  return tensors;
}
