import assert from "node:assert/strict";
import { crc32c } from "../../../lib/report/crc32c.ts";

Deno.test("crc32c() gives the sums of RFC 3720, Appendix B.4", () => {
  const bytes = (at: (i: number) => number) =>
    Uint8Array.from({ length: 32 }, (_, i) => at(i));
  assert.equal(crc32c(bytes(() => 0)), 0x8a9136aa);
  assert.equal(crc32c(bytes(() => 255)), 0x62a8ab43);
  assert.equal(crc32c(bytes((i) => i)), 0x46dd794e);
  assert.equal(crc32c(bytes((i) => 31 - i)), 0x113fdb5c);
  assert.equal(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
  assert.equal(crc32c(new Uint8Array(0)), 0);
});
