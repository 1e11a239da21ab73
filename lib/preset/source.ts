/** Where a number comes from. */
export interface Source {
  /**
   * The paper, the authors' code, the code of others that the paper compares
   * with, this project, a person's preset file, or an option of the command
   * line.
   */
  readonly kind: "paper" | "release" | "others" | "here" | "file" | "option";
  /** Section or table, file or option of the code, reason, or path. */
  readonly where: string;
}

/** What the paper says, by section, appendix or table. */
export function paper(where: string): Source {
  return { kind: "paper", where };
}

/** What the authors' code does (guolinke/SphereAR), by option or file. */
export function release(where: string): Source {
  return { kind: "release", where };
}

/** What others' code does, by repository and file. */
export function others(where: string): Source {
  return { kind: "others", where };
}

/** What was chosen here, and why. */
export function here(where: string): Source {
  return { kind: "here", where };
}

/** A source in a few words: `paper, Section 4.1`. */
export function sourceText({ kind, where }: Source): string {
  return `${kind}, ${where}`;
}
