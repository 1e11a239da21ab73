/** Castagnoli's polynomial, lowest power first. */
const POLYNOMIAL = 0x82f63b78;

/** Remainders of every byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    const odd = remainder & 1;
    remainder = (remainder >>> 1) ^ (odd ? POLYNOMIAL : 0);
  }
  return remainder;
});

/** CRC-32C of bytes (RFC 3720). */
export function crc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) {
    remainder = (remainder >>> 8) ^ TABLE[(remainder ^ byte) & 0xff]!;
  }
  return ~remainder >>> 0;
}
