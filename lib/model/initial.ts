import {
  biasInit,
  constantInit,
  fanInInit,
  type InitializerTable,
  normalInit,
  xavierInit,
} from "../nn/mod.ts";
import type { VaeConfig } from "./config.ts";

/** Starting values of the S-VAE, as in the release; first match decides. */
export function vaeInitializers({ z_channels }: VaeConfig): InitializerTable {
  return [
    [/^quant_proj\.bias$/, biasInit(z_channels)],
    [/^(quant_proj|post_quant_proj|encoder\.output)\.weight$/, fanInInit],
    [
      /(attention\.w(qkv|o)|feed_forward\.w[12]|register_token)\.weight$/,
      normalInit(0.02),
    ],
    [/norm\.weight$/, constantInit(1)],
    [/(block2?\.[03]|conv_out\.0)\.weight$/, constantInit(1)],
    [/\.bias$/, constantInit(0)],
    [
      /(conv_in|conv_in\.1|block2?\.[25]|shortcut|conv_out\.2)\.weight$/,
      fanInInit,
    ],
  ];
}

/** Starting values of the AR model and its head, as in the release. */
export const AR_INITIALIZERS: InitializerTable = [
  [
    /^head\.net\.(ada_ln_blocks\.\d+|final_layer\..*)\.(weight|bias)$/,
    constantInit(0),
  ],
  [/^head\.net\.time_embed\.mlp\.\d\.weight$/, normalInit(0.02)],
  [/norm\.weight$/, constantInit(1)],
  [/\.bias$/, constantInit(0)],
  [/^head\.net\..*\.weight$/, xavierInit],
  [/\.weight$/, normalInit(0.02)],
];
