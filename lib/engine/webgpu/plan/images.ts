import type { Kernel } from "../kernels/code.ts";
import type { Storage } from "../wgsl/storage.ts";
import { type ImageFormat, imageSize } from "../wgsl/images.ts";

/** An image: storages that are not read at the same time take turns. */
export interface ImageSlot {
  readonly format: ImageFormat;
  readonly height: number;
}

/** The image of one of a kernel's bindings. */
export interface ImageUse {
  readonly storage: Storage;
  readonly slot: number;
  /** Whether the storage is copied to the image before the kernel: else it is there. */
  readonly copies: boolean;
}

/** Images through which kernels read. */
export interface Images {
  readonly slots: readonly ImageSlot[];
  /** Of each kernel, in the order of its bindings that are images. */
  readonly uses: readonly (readonly ImageUse[])[];
  /** Storages that outlast a run and that no kernel writes: each has its image to itself. */
  readonly unwritten: ReadonlySet<Storage>;
}

/** Kernels between which an image holds the same. */
interface Span {
  readonly storage: Storage;
  readonly format: ImageFormat;
  readonly first: number;
  last: number;
  slot: number;
}

/** Gives every storage that is read through images one at a time. */
export function layOutImages(
  kernels: readonly Kernel[],
  { wordsOf, isTemporary }: {
    wordsOf(storage: Storage): number;
    isTemporary(storage: Storage): boolean;
  },
): Images {
  const written = new Set(
    kernels.flatMap(({ bindings }) =>
      bindings.filter(({ writes }) => writes).map(({ storage }) => storage)
    ),
  );
  const { spans, found } = spansOf(kernels);
  const unwritten = new Set<Storage>();
  const slots: ImageSlot[] = [];
  const free = new Map<string, Span[]>();
  for (const span of spans) {
    const { storage, format } = span;
    const height = roomFor(imageSize(format, wordsOf(storage)).height);
    if (!isTemporary(storage) && !written.has(storage)) {
      unwritten.add(storage);
      span.slot = slots.push({ format, height }) - 1;
      continue;
    }
    const key = `${format} ${height}`;
    const before = free.get(key) ?? [];
    free.set(key, before);
    const i = before.findIndex(({ last }) => last < span.first);
    if (i < 0) {
      span.slot = slots.push({ format, height }) - 1;
      before.push(span);
    } else {
      span.slot = before[i]!.slot;
      before[i] = span;
    }
  }
  const uses = found.map((of, kernel) =>
    of.map(({ storage, slot, first }) => ({
      storage,
      slot,
      copies: first === kernel,
    }))
  );
  return { slots, uses, unwritten };
}

/** Spans by their first kernels, and those that each kernel reads. */
function spansOf(kernels: readonly Kernel[]) {
  const spans: Span[] = [];
  const valid = new Map<Storage, Map<ImageFormat, Span>>();
  const found = kernels.map(({ bindings }, kernel) => {
    const read = bindings.flatMap(({ storage, image: format }) => {
      if (format === undefined) return [];
      const of = valid.get(storage) ?? new Map<ImageFormat, Span>();
      valid.set(storage, of);
      let span = of.get(format);
      if (span === undefined) {
        span = { storage, format, first: kernel, last: kernel, slot: -1 };
        of.set(format, span);
        spans.push(span);
      }
      span.last = kernel;
      return [span];
    });
    for (const { storage, writes } of bindings) {
      if (writes) valid.delete(storage);
    }
    return read;
  });
  return { spans, found };
}

/** A height that several storages of about the same size share. */
function roomFor(height: number): number {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(height)) - 2);
  return Math.ceil(height / step) * step;
}
