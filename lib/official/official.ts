/** One file as its makers publish it. */
export interface OfficialFile {
  /** What its makers call it. */
  readonly file: string;
  /** Where it is: an https address, or `hf:OWNER/REPOSITORY/PATH` on the Hub. */
  readonly from: string;
  /** Its size; left out where nobody has told us. */
  readonly bytes?: number;
  /** Its SHA-256; left out where nobody has told us. */
  readonly sha256?: string;
}

/** What people get by one name. */
export interface Official {
  /** What it is, in a few words. */
  readonly title: string;
  /** What it is for. */
  readonly use: string;
  /** Under which terms its makers give it; "none stated" where they do not say. */
  readonly licence: string;
  readonly files: readonly OfficialFile[];
}
