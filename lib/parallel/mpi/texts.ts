/** More than any text of a library has: `MPI_MAX_LIBRARY_VERSION_STRING`. */
const TEXT_BYTES = 8192;

/** A function of MPI that fills in a text and its length. */
export type TextFunction = (
  text: Uint8Array<ArrayBuffer>,
  length: Int32Array<ArrayBuffer>,
) => number;

/** The text that a function gives. */
export function readText(fill: TextFunction): string {
  const text = new Uint8Array(TEXT_BYTES);
  const length = new Int32Array(1);
  fill(text, length);
  const bytes = text.subarray(0, length[0]);
  return new TextDecoder().decode(bytes).replace(/\0+$/, "");
}

/** What a library may be asked before MPI is started. */
export const VERSION_SYMBOLS = {
  MPI_Get_library_version: {
    parameters: ["buffer", "buffer"],
    result: "i32",
  },
} as const;

/** What a library says it is: name and version, one line of many. */
export function readVersion(
  { MPI_Get_library_version }: {
    readonly MPI_Get_library_version: TextFunction;
  },
): string {
  const [line] = readText(MPI_Get_library_version).split(/[\n,]/);
  return line!.replace(/\s+/g, " ").trim();
}
