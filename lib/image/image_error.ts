/** A file that is no picture, a broken one, or one that is too large. */
export class ImageError extends SyntaxError {
  /** Name that logs show. */
  override readonly name = "ImageError";
}
