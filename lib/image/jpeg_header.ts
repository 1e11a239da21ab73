/** What the header of an ordinary JPEG file says. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1 of grey pictures, 3 of colour ones, 4 of inks. */
  readonly components: number;
}

/** Markers of frames: SOF0 to SOF15 but for DHT, JPG and DAC between them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf &&
    ![0xc4, 0xc8, 0xcc].includes(marker);
}

/**
 * The size of a JPEG file by its first frame, from bytes of the file. Decoders
 * hold files to it: they refuse a second frame.
 *
 * @returns undefined where the file is none, or not as most are
 */
export function jpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 2; at + 10 <= bytes.length;) {
    const marker = bytes[at + 1]!;
    // Segments follow each other, and have a length of 2 at least.
    if (bytes[at] !== 0xff || marker < 0xc0 || marker === 0xff) {
      return undefined;
    }
    const length = view.getUint16(at + 2);
    if (isFrame(marker)) {
      return {
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components: bytes[at + 9]!,
      };
    }
    // Standalone markers, or the picture's data, before any frame.
    if (length < 2 || (marker >= 0xd0 && marker <= 0xda)) return undefined;
    at += 2 + length;
  }
  return undefined;
}
