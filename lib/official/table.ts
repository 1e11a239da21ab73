import type { Official } from "./official.ts";

/** Where the evaluator of ADM keeps its references. */
const ADM = "https://openaipublic.blob.core.windows.net/diffusion/jul-2021/" +
  "ref_batches/imagenet";

const ADM_LICENCE = "MIT; the pictures under ImageNet's terms";

/**
 * Official files by the names that `fetch` takes. Sizes and digests are there
 * where several who have the file agree on them; of the others the Hub's answer
 * or the first sight of a file says them.
 */
export const OFFICIAL = {
  "sphere-ar-b": {
    title: "SphereAR-B, 256 px",
    use: "sample --model, export",
    licence: "none stated",
    files: [{
      file: "SphereAR_B.pt",
      from: "hf:guolinke/SphereAR/SphereAR_B.pt",
    }],
  },
  "sphere-ar-l": {
    title: "SphereAR-L, 256 px",
    use: "sample --model, export",
    licence: "none stated",
    files: [{
      file: "SphereAR_L.pt",
      from: "hf:guolinke/SphereAR/SphereAR_L.pt",
    }],
  },
  "sphere-ar-h": {
    title: "SphereAR-H, 256 px",
    use: "sample --model, export",
    licence: "none stated",
    files: [{
      file: "SphereAR_H.pt",
      from: "hf:guolinke/SphereAR/SphereAR_H.pt",
    }],
  },
  "sphere-ar-svae": {
    title: "SphereAR's S-VAE, 256 px",
    use: "--svae of cache, encode, sample, ...",
    licence: "none stated",
    files: [{
      file: "vae.pt",
      from: "hf:guolinke/SphereAR/vae.pt",
      sha256:
        "0bb4ffedd7283bd5c4290168a2001598f4db83367f41fb15198c04ec5fc904a2",
    }],
  },
  "mar-kl16": {
    title: "MAR's KL-16 VAE",
    use: "--svae of cache, encode, sample, ...",
    licence: "MIT",
    files: [{
      file: "kl16.ckpt",
      from: "https://www.dropbox.com/scl/fi/hhmuvaiacrarfg28qxhwz/kl16.ckpt" +
        "?rlkey=l44xipsezc8atcffdp4q7mwmh&dl=1",
      bytes: 265_900_046,
      sha256:
        "34ce001bcfffb7af67ec8af1e683a30d7bd45760855ddc7deedc1330f2cfd38f",
    }],
  },
  "inception-2015-12-05": {
    title: "Inception of 2015-12-05",
    use: "FID, Inception Score, precision and recall",
    licence: "Apache-2.0",
    files: [{
      file: "pt_inception-2015-12-05-6726825d.pth",
      from: "https://github.com/mseitzer/pytorch-fid/releases/download/" +
        "fid_weights/pt_inception-2015-12-05-6726825d.pth",
      bytes: 95_628_359,
      sha256:
        "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
    }],
  },
  "vgg16-lpips": {
    title: "VGG16 of torchvision and the linear layers of LPIPS 0.1",
    use: "train-vae --perceptual, LPIPS",
    licence: "BSD-3-Clause and BSD-2-Clause",
    files: [{
      file: "vgg16-397923af.pth",
      from: "https://download.pytorch.org/models/vgg16-397923af.pth",
      bytes: 553_433_881,
      sha256:
        "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
    }, {
      file: "vgg.pth",
      from: "https://raw.githubusercontent.com/richzhang/" +
        "PerceptualSimilarity/082bb24f84c091ea94de2867d34c4544f68e0963/" +
        "lpips/weights/v0.1/vgg.pth",
      bytes: 7_289,
      sha256:
        "a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868",
    }],
  },
  "imagenet256-reference": {
    title: "ADM's reference of ImageNet, 256 px",
    use: "evaluate --reference",
    licence: ADM_LICENCE,
    files: [{
      file: "VIRTUAL_imagenet256_labeled.npz",
      from: `${ADM}/256/VIRTUAL_imagenet256_labeled.npz`,
      bytes: 2_037_122_530,
      sha256:
        "b32732719497e42660a9affb4a966068cba0855ac449b82015e34ec376d20758",
    }],
  },
  "imagenet512-reference": {
    title: "ADM's reference of ImageNet, 512 px",
    use: "evaluate --reference",
    licence: ADM_LICENCE,
    files: [{
      file: "VIRTUAL_imagenet512.npz",
      from: `${ADM}/512/VIRTUAL_imagenet512.npz`,
    }],
  },
  "dinov2-vitl14": {
    title: "DINOv2 ViT-L/14",
    use: "FD-DINOv2",
    licence: "Apache-2.0",
    files: [{
      file: "dinov2_vitl14_pretrain.pth",
      from: "https://dl.fbaipublicfiles.com/dinov2/dinov2_vitl14/" +
        "dinov2_vitl14_pretrain.pth",
      bytes: 1_217_586_395,
      sha256:
        "d5383ea8f4877b2472eb973e0fd72d557c7da5d3611bd527ceeb1d7162cbf428",
    }],
  },
} as const satisfies Readonly<Record<string, Official>>;

/** The name of an entry. */
export type OfficialName = keyof typeof OFFICIAL;

/** All names, in the order of the table. */
export const OFFICIAL_NAMES = Object.keys(OFFICIAL) as OfficialName[];

/** Whether a word is the name of an entry. */
export function isOfficialName(word: string): word is OfficialName {
  return Object.hasOwn(OFFICIAL, word);
}
