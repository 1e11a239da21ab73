import type { RandomStream } from "../../lib/random/mod.ts";
import type { Bytes } from "./bytes.ts";

/** A file before it is spoiled. */
export interface FuzzSeed {
  /** How its name ends. */
  readonly extension: string;
  readonly bytes: Bytes;
  /** Whether it is refused as it is. */
  readonly unsound?: boolean;
}

/** A door through which files come in, and how it is fuzzed. */
export interface FuzzTarget {
  readonly name: string;
  /** Files of which every case spoils one. */
  seeds(): Promise<readonly FuzzSeed[]>;
  /** A spoiled copy of one. */
  spoil(bytes: Bytes, draws: RandomStream): Bytes | Promise<Bytes>;
  /** Writes what else the command lines need. */
  prepare?(folder: string): Promise<void>;
  /** Sound files that lie in the folder of each spoiled one, by their names. */
  beside?(): Promise<Readonly<Record<string, Bytes>>>;
  /**
   * Where the spoiled file of a case goes, relative to the folder.
   *
   * @param name of the case, with its extension
   */
  place?(name: string): string;
  /** The command line that reads it. */
  command(path: string): readonly string[];
}
