import type { RandomStream } from "../../lib/random/mod.ts";
import { joined } from "../lib/interop/_archives.ts";

/** What fuzzing spoils. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Ways to spoil bytes, by random draws. */
const MUTATIONS: readonly ((bytes: Bytes, draws: RandomStream) => Bytes)[] = [
  (bytes, draws) => {
    bytes[draws.integer(bytes.length)]! ^= 1 << draws.integer(8);
    return bytes;
  },
  (bytes, draws) => {
    bytes[draws.integer(bytes.length)] = draws.integer(256);
    return bytes;
  },
  (bytes, draws) => {
    const extremes = [0, 0xff, 0x7f, 0x80];
    const at = draws.integer(bytes.length);
    bytes.fill(extremes[draws.integer(4)]!, at, at + 1 + draws.integer(8));
    return bytes;
  },
  (bytes, draws) => bytes.slice(0, draws.integer(bytes.length)),
  (bytes, draws) => {
    const [at, count] = [draws.integer(bytes.length), draws.integer(40)];
    return joined(bytes.subarray(0, at), bytes.subarray(at + count));
  },
  (bytes, draws) => {
    const [at, to] = [0, 1].map(() => draws.integer(bytes.length));
    const copy = bytes.subarray(at, at! + draws.integer(200));
    return joined(bytes.subarray(0, to), copy, bytes.subarray(to));
  },
];

/** A copy of bytes, spoiled in one to three places. */
export function spoiled(whole: Bytes, draws: RandomStream): Bytes {
  let bytes = whole.slice();
  for (let left = 1 + draws.integer(3); left > 0 && bytes.length > 0; left--) {
    bytes = MUTATIONS[draws.integer(MUTATIONS.length)]!(bytes, draws);
  }
  return bytes;
}
