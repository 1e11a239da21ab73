import assert from "node:assert/strict";
import { join } from "node:path";
import {
  openArtifact,
  type WritableTensor,
  writeSafetensors,
} from "../../../../lib/artifact/mod.ts";
import {
  PERCEPTUAL_NETWORKS,
  VGG16,
  type Vgg16Config,
} from "../../../../lib/model/mod.ts";
import { createLogger } from "../../../../lib/pipeline/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { importFiles } from "../../../../lib/workflow/import/mod.ts";
import { silentProgress } from "../../../stages/measuring_run.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { randomWeights } from "../../model/_models.ts";

const THIN: Vgg16Config = { ...VGG16, widths: [4, 6, 8, 8, 4] };
const WEIGHTS = randomWeights(PERCEPTUAL_NETWORKS["vgg16-lpips"].shapes(THIN));

type Tensors = Record<string, WritableTensor>;

/** The weights as torchvision and LPIPS have them. */
function published(): { vgg: Tensors; lpips: Tensors } {
  const vgg: Tensors = {};
  const lpips: Tensors = {};
  for (const [name, value] of Object.entries(WEIGHTS)) {
    if (name.startsWith("lin")) lpips[name] = value;
    else vgg[name.replace("vgg/", "features.")] = value;
  }
  vgg["classifier.6.weight"] = hostTensor("f32", [1], Float32Array.of(1));
  return { vgg, lpips };
}

/** Imports the files of a folder; what was then told. */
async function importing(
  folder: string,
  files: readonly string[],
): Promise<{ told: string; output: string }> {
  const output = join(folder, "out.safetensors");
  const lines: string[] = [];
  const paths = files.map((name) => join(folder, name));
  await importFiles(paths, {
    output,
    part: "all",
    force: false,
    progress: silentProgress(),
    log: createLogger({ write: (line) => lines.push(line) }),
    signal: new AbortController().signal,
  });
  return { told: lines.join(""), output };
}

async function write(
  folder: string,
  files: Readonly<Record<string, Tensors>>,
): Promise<void> {
  for (const [name, tensors] of Object.entries(files)) {
    await writeSafetensors(join(folder, name), { tensors });
  }
}

Deno.test("importFiles() joins VGG16 and LPIPS in any order", async () => {
  await inFolder(async (folder) => {
    const { vgg, lpips } = published();
    await write(folder, { "vgg16.pth": vgg, "vgg.pth": lpips });
    const { told, output } = await importing(folder, ["vgg.pth", "vgg16.pth"]);
    assert.match(told, /in the place of vgg16-397923af\.pth is another one/);
    assert.match(told, /its SHA-256 is [0-9a-f]{64}/);
    const artifact = await openArtifact(output, "perceptual");
    const { name, widths, repeats } = artifact.config;
    assert.deepEqual({ name, widths, repeats }, { ...THIN });
    assert.deepEqual(
      [...artifact.tensors.keys()].sort(),
      Object.keys(WEIGHTS).sort(),
    );
    for (const [key, { data }] of Object.entries(WEIGHTS)) {
      assert.deepEqual((await artifact.read(key)).data, data, key);
    }
    artifact.close();
  });
});

const REFUSED: Readonly<
  Record<
    string,
    readonly [(files: ReturnType<typeof published>) => void, RegExp]
  >
> = {
  "a missing tensor": [
    ({ vgg }) => delete vgg["features.7.bias"],
    /vgg16\.pth": tensor "features\.7\.bias" is missing, expected \[6\]/,
  ],
  "a misshapen tensor": [
    ({ lpips }) => {
      const name = "lin2.model.1.weight";
      lpips[name] = hostTensor("f32", [8], new Float32Array(8));
    },
    /vgg\.pth": tensor "lin2\.model\.1\.weight" has shape \[8\], expected \[1,8,1,1\]/,
  ],
  "a network of other layers": [
    ({ vgg }) => {
      vgg["features.30.weight"] = hostTensor("f32", [1], Float32Array.of(1));
    },
    /tensor "features\.30\.weight" is none of VGG16 or LPIPS/,
  ],
  "whole numbers": [
    ({ vgg }) => {
      vgg["features.0.bias"] = hostTensor("i32", [4], new Int32Array(4));
    },
    /tensor "features\.0\.bias" has type I32, expected floats/,
  ],
  "infinity": [
    ({ vgg }) => {
      const data = Float32Array.of(0, 0, Infinity, 0);
      vgg["features.0.bias"] = hostTensor("f32", [4], data);
    },
    /tensor "features\.0\.bias" holds Infinity at element 2/,
  ],
};

for (const [what, [change, reason]] of Object.entries(REFUSED)) {
  Deno.test(`importFiles() refuses ${what} of a perceptual network`, async () => {
    await inFolder(async (folder) => {
      const files = published();
      change(files);
      await write(folder, { "vgg16.pth": files.vgg, "vgg.pth": files.lpips });
      const done = importing(folder, ["vgg16.pth", "vgg.pth"]);
      await assert.rejects(done, { name: "UserError", message: reason });
      const left = [...Deno.readDirSync(folder)].map(({ name }) => name);
      assert.deepEqual(left.sort(), ["vgg.pth", "vgg16.pth"]);
    });
  });
}

Deno.test("importFiles() says which of the two files is missing", async () => {
  await inFolder(async (folder) => {
    const { vgg, lpips } = published();
    await write(folder, { "vgg16.pth": vgg, "vgg.pth": lpips });
    await assert.rejects(importing(folder, ["vgg16.pth"]), {
      message: /found 0 with "lin0\.model\.1\.weight", which vgg\.pth has/,
    });
    await assert.rejects(importing(folder, ["vgg.pth"]), {
      message: /found 0 with "features\.0\.weight", which vgg16-397923af\.pth/,
    });
    await assert.rejects(importing(folder, ["vgg.pth", "vgg.pth"]), {
      message: /found 0 with "features\.0\.weight"/,
    });
  });
});

Deno.test("importFiles() takes no two models at once", async () => {
  await inFolder(async (folder) => {
    const w = hostTensor("f32", [1], Float32Array.of(1));
    await write(folder, { "a.pt": { w }, "b.pt": { w } });
    await assert.rejects(importing(folder, ["a.pt", "b.pt"]), {
      name: "UserError",
      message: /^Cannot import 2 files at once: expected one, or VGG16/,
    });
  });
});
