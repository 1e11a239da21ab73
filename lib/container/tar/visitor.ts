/** A file in an archive. */
export interface TarMember {
  /** Relative, without `.` and `..`. */
  readonly name: string;
  /** Name of the archive inside of the archive that it is in. */
  readonly inner: string | undefined;
  /** First byte of its data in the source. */
  readonly offset: number;
  /** Bytes of data. */
  readonly length: number;
}

/**
 * What is done with what is found: in the order of the archive, but for archives
 * inside of it, whose files come after all others.
 */
export interface TarVisitor {
  /** Whether a file is an archive to be read in place. */
  isInner?(name: string): boolean;
  /** Whether the data of a file are read too, where they are 64 kB at most. */
  reads?(name: string): boolean;
  /** Takes a file, with its data where they are read. */
  member(member: TarMember, data: Uint8Array | undefined): void;
  /** Is told what is left out: a member by its name, and what it is. */
  skipped(name: string, reason: string): void;
}
