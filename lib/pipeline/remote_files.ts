import type { ArtifactKind } from "../artifact/mod.ts";
import type { Logger } from "./logger.ts";
import type { Progress } from "./progress.ts";

/** What files of others need of the program around them. */
export interface RemoteTools {
  /** The user's folder for what can be had again. */
  readonly cache: string;
  /** A variable of the environment. */
  environment(name: string): string | undefined;
  readonly progress: Progress;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** How files are fetched. */
export interface FetchOptions {
  /** A folder that has them, or the only one itself, instead of the network. */
  readonly from?: string | undefined;
  /** Fetch what is here as well, and take digests that differ from a first one. */
  readonly force?: boolean | undefined;
}

/** A file of others that is here, whole and checked. */
export interface FetchedFile {
  /** The word that stands for it. */
  readonly word: string;
  /** What its makers call it. */
  readonly file: string;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Who says that this is its digest. */
  readonly witness: string;
  /** How it was had: it was here, or it came from the network or a folder. */
  readonly state: "kept" | "fetched" | "copied";
}

/** How much of a file is here. */
export interface Presence {
  readonly file: string;
  /** Bytes that are here. */
  readonly here: number;
  /** Bytes of all of it, where that is known. */
  readonly bytes: number | undefined;
  readonly isWhole: boolean;
}

/**
 * Files of others that words stand for: names of official files, and
 * `hf:OWNER/REPOSITORY/PATH`. They are kept in the user's cache.
 */
export interface RemoteFiles {
  /**
   * Gets the files of a word that are not here yet.
   *
   * @throws {UserError} where they cannot be had, or are not what they should be
   */
  fetch(word: string, options?: FetchOptions): Promise<readonly FetchedFile[]>;
  /** How much of the files of a word is here; their content is not looked at. */
  presence(word: string): Promise<readonly Presence[]>;
  /**
   * The files of a word as their makers publish them. Those of the Hub are
   * fetched where they are not here.
   *
   * @throws {UserError} for official ones that are not here, with what gets them
   */
  paths(word: string): Promise<readonly string[]>;
  /**
   * The files of a word as one artifact: imported, unless they are one, and once
   * for all who ask.
   *
   * @param kinds those that serve
   * @throws {UserError} where they are not here, as above, or cannot be imported
   */
  artifact(word: string, kinds: readonly ArtifactKind[]): Promise<string>;
  /**
   * The same artifact where it is here without a transfer or an import.
   *
   * @throws {UserError} for official files that are not here
   */
  artifactHere(
    word: string,
    kinds: readonly ArtifactKind[],
  ): Promise<string | undefined>;
}
