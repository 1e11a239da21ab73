/** A problem that the user can mend; its message is one clear line. */
export class UserError extends Error {
  /** Name that the command line and logs show. */
  override readonly name: string = "UserError";
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  ENOSPC: "no space left on the device",
  EDQUOT: "disk quota exceeded",
  EFBIG: "file too large for this file system or limit",
  EROFS: "read-only file system",
  EEXIST: "a file has the name of a folder that is needed",
  EISDIR: "it is a folder, expected a file",
  ENOTDIR: "a part of the path is not a folder",
  ENAMETOOLONG: "file name too long",
  EMFILE: "too many open files",
  ELOOP: "too many symbolic links",
  EIO: "the device reports an input/output error",
  EPIPE: "the reader closed the pipe",
};

/** The system's code of an input/output error ("ENOENT"), if it has one. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as Error & { code?: unknown }).code;
  if (typeof code === "string") return code;
  if (error instanceof Deno.errors.NotFound) return "ENOENT";
  if (error instanceof Deno.errors.PermissionDenied) return "EACCES";
  if (error instanceof Deno.errors.AlreadyExists) return "EEXIST";
  if (error instanceof Deno.errors.NotADirectory) return "ENOTDIR";
  if (error instanceof Deno.errors.IsADirectory) return "EISDIR";
  if (error instanceof Deno.errors.BrokenPipe) return "EPIPE";
  return undefined;
}

/**
 * Turns an error of the file system into one clear line.
 *
 * Errors that do not come from the file system are returned as they are, so
 * `throw ioError(error, "Cannot read x")` never hides a bug.
 */
export function ioError(error: unknown, action: string): unknown {
  if (error instanceof UserError) return error;
  const code = errorCode(error);
  if (code === undefined) return error;
  const reason = REASONS[code] ?? (error as Error).message;
  return new UserError(`${action}: ${reason}`, { cause: error });
}
