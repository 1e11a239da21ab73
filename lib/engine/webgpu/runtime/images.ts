import type { ImageSlot } from "../plan/images.ts";
import { type ImageFormat, imageSize, texelWords } from "../wgsl/images.ts";

/** A copy of words of a buffer to an image. */
export interface ImageCopy {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly bytes: number;
  readonly texture: GPUTexture;
}

/** Makes an image. */
export function makeImage(
  device: GPUDevice,
  { format, height }: ImageSlot,
): GPUTexture {
  const { width } = imageSize(format, 0);
  const { COPY_DST, STORAGE_BINDING } = GPUTextureUsage;
  return device.createTexture({
    size: [width, height],
    format,
    usage: COPY_DST | STORAGE_BINDING,
  });
}

/** Records a copy: all full rows, then the rest. */
export function copyToImage(
  encoder: GPUCommandEncoder,
  { buffer, offset, bytes, texture }: ImageCopy,
): void {
  const format = texture.format as ImageFormat;
  const texelBytes = 4 * texelWords(format);
  const { used } = imageSize(format, 0);
  const bytesPerRow = used * texelBytes;
  const rows = Math.floor(bytes / bytesPerRow);
  const rest = (bytes - rows * bytesPerRow) / texelBytes;
  if (rows > 0) {
    encoder.copyBufferToTexture(
      { buffer, offset, bytesPerRow },
      { texture },
      [used, rows],
    );
  }
  if (rest > 0) {
    encoder.copyBufferToTexture(
      { buffer, offset: offset + rows * bytesPerRow, bytesPerRow },
      { texture, origin: [0, rows] },
      [rest, 1],
    );
  }
}
