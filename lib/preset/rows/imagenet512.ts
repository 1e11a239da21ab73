import type { PresetRow } from "../row.ts";
import { says } from "../row.ts";
import { paper } from "../source.ts";

/** SphereAR-L and its tokenizer at 512 pixels (Appendix E). */
export const IMAGENET512_L = {
  summary: "SphereAR-L on ImageNet at 512 px, with its S-VAE",
  extends: "imagenet256-l",
  published: {
    source: paper("Table 5"),
    parameters: 481e6,
    fid: 1.67,
    inceptionScore: 292.5,
  },
  statements: [
    says(paper("Appendix E"), {
      vae: { image_size: 512 },
      vaeTraining: { klWeight: 0.016 },
      ar: { cls_token_num: 64 },
    }),
  ],
} as const satisfies PresetRow;
