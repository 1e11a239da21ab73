import assert from "node:assert/strict";
import { citationsOf } from "./citations.ts";

const TEXT = `
/** First law (Eq. 2 and 4, Section 3.1). */
export function law() {
  // Why: Appendix A, and Eq. 10
  // to 12 say so.
  return 1; // Table 3
}

/** No citation: sections of a page. */
const other = 1;

interface Given {
  /** See Eq. 5. */
  readonly draw: number;
}
`;

Deno.test("citationsOf() finds places with the declaration that they stand at", () => {
  const found = citationsOf("a.ts", TEXT)
    .map(({ what, at, line }) => `${line} ${at} ${what}`);
  assert.deepEqual(found, [
    "2 law Eq. 2",
    "2 law Eq. 4",
    "2 law Section 3.1",
    "4 law Appendix A",
    "4 law Eq. 10",
    "4 law Eq. 11",
    "4 law Eq. 12",
    "6 law Table 3",
    "13 Given Eq. 5",
  ]);
});

Deno.test("citationsOf() reads plurals", () => {
  const found = citationsOf(
    "a.ts",
    "// Appendices A and B, Sections 1 and 3.1",
  );
  assert.deepEqual(found.map(({ what }) => what), [
    "Appendix A",
    "Appendix B",
    "Section 1",
    "Section 3.1",
  ]);
});

Deno.test("citationsOf() takes ranges apart", () => {
  const found = citationsOf("a.ts", "// Eq. 10 to 12\n");
  assert.deepEqual(found.map(({ what }) => what), [
    "Eq. 10",
    "Eq. 11",
    "Eq. 12",
  ]);
});
