import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";
import { openImages } from "../sets/mod.ts";

/** Images that are read in their order, some at a time. */
export interface PixelSource extends Disposable {
  /** For messages. */
  readonly name: string;
  readonly count: number;
  /** In pixels. */
  readonly height: number;
  readonly width: number;
  /** i32 [count], where their classes are known. */
  readonly labels?: HostTensor;
  /** Some that follow each other: u8 [count, H, W, 3]. */
  read(rows: {
    readonly start: number;
    readonly count: number;
  }): Promise<HostTensor<"u8">>;
}

/**
 * Opens images or samples.
 *
 * @param size height and width that encoded images are cut to
 * @throws {UserError} when there are none, they are no squares, or nobody says
 *   what encoded ones are cut to
 */
export async function openPixels(
  reader: ArtifactReader,
  size?: number,
): Promise<PixelSource> {
  const { name, sizes: { images: count = 0, height = 0, width = 0 } } = reader;
  if (reader.kind === "images") {
    const source = await openImages(reader, size);
    const { labels: data } = source;
    return {
      name,
      count: source.count,
      height: source.size,
      width: source.size,
      labels: { dtype: "i32", shape: [source.count], data },
      read: ({ start, count }) =>
        source.read(Array.from({ length: count }, (_, i) => start + i)),
      [Symbol.dispose]: () => source[Symbol.dispose](),
    };
  }
  if (count === 0) {
    throw new UserError(`Cannot use "${name}": it holds no images`);
  }
  return {
    name,
    count,
    height,
    width,
    ...reader.tensors.has("labels") && { labels: await reader.read("labels") },
    read: async (rows) =>
      await reader.readRows("images", rows) as HostTensor<"u8">,
    [Symbol.dispose]() {},
  };
}
