/** Records of the zip format: signature and bytes of the fixed part. */
interface ZipRecord {
  readonly signature: number;
  readonly bytes: number;
}

/** Header in front of an entry's content. */
export const LOCAL: ZipRecord = { signature: 0x04034b50, bytes: 30 };
/** Entry of the central directory. */
export const CENTRAL: ZipRecord = { signature: 0x02014b50, bytes: 46 };
/** End of the archive. */
export const END: ZipRecord = { signature: 0x06054b50, bytes: 22 };
/** End of an archive whose sizes need 64 bits. */
export const ZIP64_END: ZipRecord = { signature: 0x06064b50, bytes: 56 };
/** Says where the zip64 end record lies. */
export const ZIP64_LOCATOR: ZipRecord = { signature: 0x07064b50, bytes: 20 };

/** Tag of the extra field with 64-bit sizes. */
export const ZIP64_EXTRA = 0x0001;
/** A 32-bit field with this value stands in the zip64 extra field. */
export const MARK_32 = 0xffffffff;
/** A 16-bit count with this value stands in the zip64 end record. */
export const MARK_16 = 0xffff;

/** Longest comment behind the end record. */
export const MAX_COMMENT_BYTES = 0xffff;
/** Most entries: a checkpoint has one per storage, a few thousand. */
export const MAX_ENTRIES = 100_000;
/** Longest central directory that is read. */
export const MAX_DIRECTORY_BYTES = 32 * 1024 * 1024;
/** Longest name of an entry. */
export const MAX_NAME_BYTES = 1024;

/** Methods by which contents lie in an archive. */
export const STORED = 0, DEFLATED = 8;
/** Most bytes that a byte of a deflated content stands for. */
export const MAX_RATIO = 1032;
