import assert from "node:assert/strict";
import {
  readText,
  readVersion,
  type TextFunction,
} from "../../../../lib/parallel/mpi/texts.ts";

/** A function of a library that says some text, as long as it says. */
function says(text: string, length?: number): TextFunction {
  return (bytes, lengths) => {
    const { written } = new TextEncoder().encodeInto(text, bytes);
    lengths[0] = length ?? written;
    return 0;
  };
}

Deno.test("readText() takes as many bytes as a library says, without zeros", () => {
  assert.equal(readText(says("node7 and what was here before", 5)), "node7");
  assert.equal(readText(says("Zürich\0", 8)), "Zürich");
  assert.equal(readText(says("")), "");
});

Deno.test("readVersion() is the name and version that a library begins with", () => {
  const versions = {
    "Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4": "Open MPI v4.1.4",
    "MPICH Version:      4.0.2\nMPICH Release date: 2022\n":
      "MPICH Version: 4.0.2",
    "Intel(R) MPI Library 2021.9 for Linux* OS\n\0":
      "Intel(R) MPI Library 2021.9 for Linux* OS",
  };
  for (const [text, version] of Object.entries(versions)) {
    const found = readVersion({ MPI_Get_library_version: says(text) });
    assert.equal(found, version);
  }
});
