import { crc32 } from "node:zlib";
import { ImageError } from "./image_error.ts";

/** First bytes of every PNG file. */
const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
/** The first chunk: length, type, 13 bytes of data, checksum. */
const HEADER_BYTES = 4 + 4 + 13 + 4;
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
  const at = SIGNATURE.length + HEADER_BYTES;
  const isPng = png.length >= at &&
    SIGNATURE.every((byte, i) => byte === png[i]);
  if (!isPng) {
    throw new ImageError("Cannot add a text: these are no bytes of a PNG file");
  }
  const encoder = new TextEncoder();
  const data = [encoder.encode(keyword), PLAIN, encoder.encode(text)];
  const length = data.reduce((sum, part) => sum + part.length, 0);
  const named = joined([encoder.encode(TEXT_TYPE), ...data]);
  const chunk = [word(length), named, word(crc32(named))];
  return joined([png.subarray(0, at), ...chunk, png.subarray(at)]);
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
