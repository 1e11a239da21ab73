import type { DType } from "../../../tensor/mod.ts";
import { storedType } from "./types.ts";

/**
 * Formats of the images through which kernels read where that is faster than
 * reading buffers: software adapters fetch a texel for all lanes at once, but
 * an element of a buffer lane by lane.
 */
export type ImageFormat = "rgba32float" | "r32float" | "r32uint" | "r32sint";

/** Words of a storage that one row of its image holds. */
const ROW_WORDS = 4096;

/** Words after a row: else columns of power-of-two matrices would share a few sets of a cache. */
const PADDING_WORDS = 32;

/** Size of an image in texels. */
export interface ImageSize {
  /** Texels of a row that are used, and those with the padding. */
  readonly used: number;
  readonly width: number;
  readonly height: number;
}

/** The format of the image of a storage, by single elements or by fours. */
export function imageFormat(
  { dtype }: { readonly dtype: DType },
  fours: boolean,
): ImageFormat {
  if (fours) return "rgba32float";
  const formats = { f32: "r32float", u32: "r32uint", i32: "r32sint" } as const;
  return formats[storedType(dtype) as keyof typeof formats];
}

/** Words of a texel. */
export function texelWords(format: ImageFormat): number {
  return format === "rgba32float" ? 4 : 1;
}

/** The size of an image that holds some words. */
export function imageSize(format: ImageFormat, words: number): ImageSize {
  const each = texelWords(format);
  return {
    used: ROW_WORDS / each,
    width: (ROW_WORDS + PADDING_WORDS) / each,
    height: Math.max(1, Math.ceil(words / ROW_WORDS)),
  };
}

/** WGSL that declares an image. */
export function imageDeclaration(name: string, format: ImageFormat): string {
  return `${name}: texture_storage_2d<${format}, read>;`;
}

/** WGSL of the function that reads texel `i` of an image. */
export function imageFunction(name: string, format: ImageFormat): string {
  const { used } = imageSize(format, 0);
  const types = {
    rgba32float: "vec4<f32>",
    r32float: "f32",
    r32uint: "u32",
    r32sint: "i32",
  };
  const texel = `textureLoad(${name}, vec2<u32>(i % ${used}u, i / ${used}u))`;
  const component = format === "rgba32float" ? "" : ".x";
  return `fn read_${name}(i: u32) -> ${types[format]} {
  return ${texel}${component};
}`;
}
