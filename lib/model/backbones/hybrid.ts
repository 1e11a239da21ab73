import {
  hostTensor,
  type Node,
  rmsNorm,
  type Tensor,
} from "../../tensor/mod.ts";
import {
  convolution,
  downBlock,
  downBlockSpecs,
  fanInInit,
  filtersSpec,
  gainSpec,
  groupsOf,
  linear,
  linearSpecs,
  NORM_EPSILON,
  normSilu,
  normSpecs,
  type ParameterSpecs,
  prefixed,
  upBlock,
  upBlockSpecs,
} from "../../nn/mod.ts";
import { LINEAR_HEAD } from "../posterior_head.ts";
import { depth, listOf, type SizeTable, width } from "../sizes.ts";
import { toImages, toTokens } from "../tokens.ts";
import { type ComputedTable, defineBackbone, type Sized } from "./backbone.ts";
import {
  headsOf,
  REGISTERS,
  runStack,
  stackAngles,
  stackSpecs,
} from "./registers.ts";

/** Most groups of the decoder's last norm. */
const OUTPUT_GROUPS = 16;

const SAME = { padding: 1 };

const SIZES = {
  z_channels: width("width of the transformers"),
  cnn_chs: listOf(width("channels"), {
    least: 2,
    help: "channels from conv_in through the down blocks; the last is " +
      "z_channels",
  }),
  encoder_vit_layers: depth("blocks of the encoder's transformer"),
  decoder_vit_layers: depth("blocks of the decoder's transformer"),
} as const satisfies SizeTable;

type Config = Sized<typeof SIZES>;

/**
 * The paper's backbone (Section 3.3, Appendix D): convolutions halve the image
 * to patches, transformers relate them; the decoder mirrors it. The names are
 * the release's.
 */
export const HYBRID = defineBackbone({
  title: "hybrid of convolutions and transformers",
  sizes: SIZES,
  posterior: "power-spherical",
  head: LINEAR_HEAD,
  rules(config) {
    const { patch_size, z_channels, cnn_chs } = config;
    const patch = 2 ** (cnn_chs.length - 1);
    const quarter = 4 * headsOf(z_channels);
    return [
      ["patch_size", patch_size === patch, `${patch}, 2 to the down blocks`],
      ["cnn_chs", cnn_chs.at(-1) === z_channels, "z_channels at the end"],
      ["cnn_chs", cnn_chs.every((c) => c % 4 === 0), "multiples of 4"],
      [
        "z_channels",
        z_channels % quarter === 0,
        `a multiple of ${quarter}, 4 x its heads`,
      ],
    ];
  },
  widths: ({ z_channels }) => ({ encoder: z_channels, decoder: z_channels }),
  encoderSpecs,
  decoderSpecs,
  tables,
  encode(p, images, { cnn_chs, encoder_vit_layers }) {
    let x = convolution(p.at("conv_in"), images, SAME);
    for (let i = 0; i + 1 < cnn_chs.length; i++) {
      x = downBlock(p.at("patchify.0.net").at(i), x);
    }
    x = runStack(p, toTokens(x), encoder_vit_layers);
    x = rmsNorm(x, p.get("norm.weight"), NORM_EPSILON);
    return linear(p.at("output"), x);
  },
  decode(p, features, { cnn_chs, decoder_vit_layers }) {
    let x = convolution(p.at("conv_in.1"), toImages(features), SAME);
    x = toImages(runStack(p, toTokens(x), decoder_vit_layers));
    for (let i = 0; i + 1 < cnn_chs.length; i++) {
      x = upBlock(p.at("unpatchify.1.net").at(i), x);
    }
    const groups = groupsOf(cnn_chs[0]!, OUTPUT_GROUPS);
    x = normSilu(p.at("conv_out.0"), x, groups);
    return convolution(p.at("conv_out.2"), x, SAME);
  },
});

function encoderSpecs(config: Config): ParameterSpecs {
  const { cnn_chs, z_channels, encoder_vit_layers } = config;
  const blocks = cnn_chs.slice(1).map((outputs, i) =>
    prefixed(`patchify.0.net.${i}`, downBlockSpecs(cnn_chs[i]!, outputs))
  );
  const output = linearSpecs(z_channels, z_channels, { weight: fanInInit });
  return Object.assign(
    { "conv_in.weight": filtersSpec(cnn_chs[0]!, 3, 3) },
    ...blocks,
    stackSpecs(z_channels, encoder_vit_layers),
    { "norm.weight": gainSpec(z_channels) },
    prefixed("output", output),
  );
}

function decoderSpecs(config: Config): ParameterSpecs {
  const { cnn_chs, z_channels, decoder_vit_layers } = config;
  const channels = cnn_chs.toReversed();
  const blocks = channels.slice(1).map((outputs, i) =>
    prefixed(`unpatchify.1.net.${i}`, upBlockSpecs(channels[i]!, outputs))
  );
  return Object.assign(
    { "conv_in.1.weight": filtersSpec(z_channels, z_channels, 3) },
    stackSpecs(z_channels, decoder_vit_layers),
    ...blocks,
    prefixed("conv_out.0", normSpecs(cnn_chs[0]!)),
    { "conv_out.2.weight": filtersSpec(3, cnn_chs[0]!, 3) },
  );
}

/** Tables of rotary angles that the release keeps among its weights. */
const TABLES = ["encoder.freqs_cis", "decoder.freqs_cis"];

/** Those tables [4 + N, head width / 2, 2]: cosine and sine of each angle. */
function tables(
  { image_size, patch_size, z_channels }: Config,
): Readonly<Record<string, ComputedTable>> {
  const grid = image_size / patch_size;
  const half = z_channels / headsOf(z_channels) / 2;
  const table: ComputedTable = {
    shape: [REGISTERS + grid ** 2, half, 2],
    values() {
      const { cosine, sine } = stackAngles(z_channels, grid);
      const sines = valuesOf(sine);
      const pairs = Array.from(
        valuesOf(cosine),
        (value, i) => [value, sines[i]!],
      );
      return hostTensor("f32", table.shape, Float32Array.from(pairs.flat()));
    },
  };
  return Object.fromEntries(TABLES.map((name) => [name, table]));
}

/** The numbers of a constant. */
function valuesOf(constant: Tensor): ArrayLike<number> {
  return (constant as Node<"constant">).attributes.value.data;
}
