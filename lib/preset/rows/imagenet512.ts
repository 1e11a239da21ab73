import type { PresetRow } from "../row.ts";
import { says } from "../row.ts";
import { paper } from "../source.ts";

/** What changes with the images' size (Appendix E). */
const SVAE = says(paper("Appendix E"), {
  vae: { image_size: 512 },
  vaeTraining: { klWeight: 0.016 },
});

/** The tokenizer at 512 pixels, everything else as at 256. */
export const IMAGENET512_SVAE = {
  summary: "The paper's S-VAE on ImageNet at 512 px",
  extends: "imagenet256-svae",
  statements: [SVAE],
} as const satisfies PresetRow;

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
    SVAE,
    says(paper("Appendix E"), { ar: { cls_token_num: 64 } }),
  ],
} as const satisfies PresetRow;
