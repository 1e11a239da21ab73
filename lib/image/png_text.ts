import { ImageError } from "./image_error.ts";

/** First bytes of every PNG file. */
const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
/** Length and type before a chunk's data, and its checksum after them. */
const [HEAD_BYTES, SUM_BYTES] = [8, 4];
/** The first chunk, whose length is fixed. */
const IHDR_BYTES = HEAD_BYTES + 13 + SUM_BYTES;
/** International text, which is UTF-8. */
const TEXT_TYPE = "iTXt";
/** After the keyword: its end, not compressed, no language, no translation. */
const PLAIN = Uint8Array.of(0, 0, 0, 0, 0);

/** A text that a PNG file carries beside its pixels. */
export interface PngText {
  /** 1 to 79 letters of ASCII, by which the text is found. */
  readonly keyword: string;
  readonly text: string;
}

/**
 * The same PNG file with a text behind its header (PNG, third edition, iTXt);
 * all other bytes stay as they are.
 *
 * @throws {ImageError} where these are no bytes of a PNG file
 */
export function withPngText(
  png: Uint8Array,
  { keyword, text }: PngText,
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const at = SIGNATURE.length + IHDR_BYTES;
  if (!isPng(png) || png.length < at) throw noPng();
  const parts = [encoder.encode(keyword), PLAIN, encoder.encode(text)];
  return joined([png.subarray(0, at), chunk(parts), png.subarray(at)]);
}

/**
 * The text of a keyword in a PNG file, undefined where it has none.
 *
 * @throws {ImageError} where these are no bytes of a PNG file
 */
export function pngText(
  png: Uint8Array,
  { keyword }: Pick<PngText, "keyword">,
): string | undefined {
  if (!isPng(png)) throw noPng();
  const start = joined([new TextEncoder().encode(keyword), PLAIN]);
  for (const { type, data } of chunksOf(png)) {
    const found = data.subarray(0, start.length);
    if (type !== TEXT_TYPE || !isSame(found, start)) continue;
    return new TextDecoder().decode(data.subarray(start.length));
  }
  return undefined;
}

function isPng(bytes: Uint8Array): boolean {
  return isSame(bytes.subarray(0, SIGNATURE.length), SIGNATURE);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length &&
    one.every((byte, i) => byte === other[i]);
}

function noPng(): ImageError {
  return new ImageError("Cannot read a text: these are no bytes of a PNG file");
}

/** The chunks of a file, as far as they are whole. */
function* chunksOf(
  png: Uint8Array,
): Generator<{ readonly type: string; readonly data: Uint8Array }> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  let at = SIGNATURE.length;
  while (at + HEAD_BYTES + SUM_BYTES <= png.length) {
    const end = at + HEAD_BYTES + view.getUint32(at);
    if (end + SUM_BYTES > png.length) return;
    const type = String.fromCharCode(...png.subarray(at + 4, at + HEAD_BYTES));
    yield { type, data: png.subarray(at + HEAD_BYTES, end) };
    at = end + SUM_BYTES;
  }
}

function chunk(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const type = new TextEncoder().encode(TEXT_TYPE);
  const named = joined([type, ...parts]);
  return joined([word(length), named, word(checksum(named))]);
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** CRC-32 of ISO 3309, bit by bit: texts are short, and pages have no zlib. */
function checksum(bytes: Uint8Array): number {
  const polynomial = 0xEDB88320;
  let sum = 0xFFFFFFFF;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
    }
  }
  return ~sum >>> 0;
}
