import { UserError } from "./user_error.ts";

/** Every way in which a safetensors file can be malformed. */
export const DEFECTS = {
  FileTooShort: "no room for the 8 bytes of the header length",
  HeaderTooLarge: "the header is longer than the limit",
  HeaderTruncated: "the file ends inside the header",
  HeaderNotUtf8: "the header is not UTF-8",
  HeaderNotJson: "the header is not JSON",
  HeaderNotObject: "the header is not a JSON object",
  DuplicateKey: "a key occurs twice",
  MetadataNotStrings: "__metadata__ does not map strings to strings",
  BadName: "a tensor name is empty or holds control characters",
  EntryNotObject: "a tensor entry is not an object",
  MissingField: "a tensor entry lacks a field",
  UnknownDType: "an unknown element type",
  BadShape: "a shape is not a list of whole numbers",
  SizeOverflow: "a shape has more elements than can be counted",
  BadOffsets: "data_offsets is not a pair of rising whole numbers",
  SizeMismatch: "the byte range does not fit shape and element type",
  Overlap: "two tensors share bytes",
  Hole: "bytes between tensors belong to none",
  DataTruncated: "the file ends inside the data",
  TrailingBytes: "bytes follow the last tensor",
  IndexMismatch: "the index of a sharded folder does not fit its files",
} as const;

/** Name of a defect of a safetensors file. */
export type Defect = keyof typeof DEFECTS;

/** A malformed safetensors file: which file, which defect, what was found. */
export class FormatError extends UserError {
  /** Name that the command line and logs show. */
  override readonly name = "FormatError";
  /** What is malformed. */
  readonly defect: Defect;
  /** Path or other name of the file. */
  readonly file: string;

  /** Says which defect, where, and what was found. */
  constructor(defect: Defect, { file, detail }: FormatErrorDetails) {
    super(`Cannot read "${file}": ${DEFECTS[defect]} (${defect}): ${detail}`);
    this.defect = defect;
    this.file = file;
  }
}

/** Where a defect was found, and expected against found in words. */
export interface FormatErrorDetails {
  readonly file: string;
  readonly detail: string;
}
