import { join } from "node:path";
import {
  type ArtifactContents,
  openArtifact,
  writeArtifact,
} from "../../../../../lib/artifact/mod.ts";
import type { Container } from "../../../../../lib/container/mod.ts";
import { encodePng } from "../../../../../lib/image/mod.ts";
import { hostTensor } from "../../../../../lib/tensor/mod.ts";
import {
  columnsOf,
  picturesOf,
  storedContainers,
} from "../../../../../lib/workflow/sets/mod.ts";

/** Bytes of three pictures, as far as readers of bytes are concerned. */
export const PICTURES = ["first", "second picture", "third"].map((text) =>
  new TextEncoder().encode(text)
);

const CONFIG = { classes: ["one", "two"], flips: [true, false] };
const LABELS = hostTensor("i32", [3], Int32Array.of(0, 1, 1));

/** An index of three pictures: two in a file of one, one in a folder. */
export async function madeIndex(folder: string): Promise<ArtifactContents> {
  const [first, second, third] = PICTURES as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  await Deno.mkdir(join(folder, "set/two"), { recursive: true });
  const file = new Uint8Array(100);
  file.set(first, 10);
  file.set(second, 50);
  await Deno.writeFile(join(folder, "set/a.tar"), file);
  await Deno.writeFile(join(folder, "set/two/c.jpg"), third);
  const containers: readonly Container[] = [
    { form: "file", path: join(folder, "set/a.tar") },
    { form: "folder", path: join(folder, "set/two") },
  ];
  const rows = [
    { offset: 10, length: first.length, id: "one/a.jpg" },
    { offset: 50, length: second.length, id: "two/b.jpg" },
    { offset: 0, length: third.length, id: "two/c.jpg" },
  ];
  const artifact = join(folder, "index.safetensors");
  return {
    kind: "images",
    tensors: {
      ...columnsOf(3, (index) => rows[index]!),
      labels: LABELS,
      containers: hostTensor("u32", [3], Uint32Array.of(0, 0, 1)),
    },
    config: {
      ...CONFIG,
      form: "index",
      containers: await storedContainers(containers, artifact),
    },
  };
}

/** The three pictures with their bytes in the artifact. */
export function madeEncoded(): ArtifactContents {
  const bytes = new Uint8Array(PICTURES.reduce((sum, p) => sum + p.length, 0));
  let end = 0;
  const rows = PICTURES.map((picture, index) => {
    const offset = end;
    bytes.set(picture, offset);
    end += picture.length;
    return { offset, length: picture.length, id: `${index}.jpg` };
  });
  return {
    kind: "images",
    tensors: {
      ...columnsOf(3, (index) => rows[index]!),
      labels: LABELS,
      bytes: hostTensor("u8", [bytes.length], bytes),
    },
    config: { ...CONFIG, form: "encoded" },
  };
}

/** Writes an artifact of images and opens it. */
export async function written(folder: string, contents: ArtifactContents) {
  const path = join(folder, "index.safetensors");
  await writeArtifact(path, contents);
  return await openArtifact(path, "images");
}

/**
 * Writes the images of an artifact of pixels once more as PNG files of a form,
 * beside it.
 */
export async function writeAs(
  form: "encoded" | "index",
  { pixels, to }: { readonly pixels: string; readonly to: string },
): Promise<void> {
  const reader = await openArtifact(pixels, "images");
  const images = await reader.read("images");
  const labels = await reader.read("labels");
  const { config } = reader;
  reader.close();
  const files = await Promise.all(
    picturesOf(images as never).map((picture) => encodePng(picture)),
  );
  const folder = `${to}.pictures`;
  await Deno.mkdir(folder);
  let offset = 0;
  const rows = files.map((file, index) => {
    const row = { offset, length: file.length, id: `all/${index}.png` };
    offset += file.length;
    return form === "encoded" ? row : { ...row, offset: 0 };
  });
  for (const [index, file] of files.entries()) {
    await Deno.writeFile(join(folder, `${index}.png`), file);
  }
  const count = files.length;
  const own = {
    encoded: async () => ({
      tensors: {
        bytes: hostTensor(
          "u8",
          [offset],
          new Uint8Array(await new Blob(files as never[]).arrayBuffer()),
        ),
      },
      more: {},
    }),
    index: async () => ({
      tensors: {
        containers: hostTensor("u32", [count], new Uint32Array(count)),
      },
      more: {
        containers: await storedContainers(
          [{ form: "folder", path: folder }],
          to,
        ),
      },
    }),
  };
  const { tensors, more } = await own[form]();
  await writeArtifact(to, {
    kind: "images",
    tensors: {
      ...columnsOf(count, (index) => rows[index]!),
      ...tensors,
      labels,
    },
    config: { ...config, form, ...more },
  });
}
