import assert from "node:assert/strict";
import { MPI_ABIS, type MpiAbi } from "../../../../lib/parallel/mpi/abis.ts";

const ABIS: Readonly<Record<string, MpiAbi>> = MPI_ABIS;

Deno.test("handles fit in their bytes, names lie in memory", () => {
  for (const { title, handleBytes, ...abi } of Object.values(ABIS)) {
    for (const handle of [abi.world, abi.byte, abi.errorsReturn]) {
      const fits = typeof handle === "string"
        // The address of a variable.
        ? handleBytes === 8
        : handle < 2n ** BigInt(8 * handleBytes);
      assert(fits, `${handle} of ${title}`);
    }
  }
});

/** What MPICH's handles are of, by four bits below the two for how they are made. */
const MPICH_KINDS = { world: 1n, byte: 3n, errorsReturn: 5n } as const;

Deno.test("MPICH's handles say what they are: built in, of a kind, a byte long", () => {
  const { mpich } = MPI_ABIS;
  for (const name of ["world", "byte", "errorsReturn"] as const) {
    assert.equal(mpich[name] >> 30n, 1n, name);
    assert.equal((mpich[name] >> 26n) & 15n, MPICH_KINDS[name], name);
  }
  assert.equal((mpich.byte >> 8n) & 255n, 1n);
});

/** What the standard's handles are of, by their upper bits of ten. */
const STANDARD_KINDS = {
  world: [0b0100000000n, 0b0100000011n],
  errorsReturn: [0b0101000000n, 0b0101000011n],
  // Of one byte: 0b1001 and three bits of log2 of their bytes.
  byte: [0b1001000000n, 0b1001000111n],
} as const;

Deno.test("the standard's handles lie among those of their kinds", () => {
  for (const name of ["world", "byte", "errorsReturn"] as const) {
    const handle = MPI_ABIS.standard[name];
    const [first, last] = STANDARD_KINDS[name];
    assert(first < handle && handle <= last, name);
  }
});
