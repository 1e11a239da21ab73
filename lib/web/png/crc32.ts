/** The remainders of all bytes, for the polynomial of PNG and zip. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) {
    value = (value & 1) === 1 ? (value >>> 1) ^ 0xEDB88320 : value >>> 1;
  }
  return value;
});

/** CRC-32 of bytes, as PNG's chunks carry it (its specification, annex D). */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xFFFFFFFF;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
