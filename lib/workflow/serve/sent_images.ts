import { encodePng } from "../../image/mod.ts";
import type { Painted } from "./painter.ts";
import { type Recipe, withRecipe } from "./recipe.ts";
import type { WantedImages } from "./sample_request.ts";

/** Whether tokens are wanted. */
type Wanted = Pick<WantedImages, "tokens">;

/** An image as JSON and events have it. */
export async function sentImage(
  { picture, tokens }: Painted,
  { recipe, wanted }: { readonly recipe: Recipe; readonly wanted: Wanted },
) {
  const png = withRecipe(await encodePng(picture), recipe);
  return { recipe, png: png.toBase64(), ...sentTokens(tokens, wanted) };
}

/** An image in the making, which no recipe makes. */
export async function sentPreview(
  { picture, tokens }: Painted,
  { done, wanted }: {
    /** Tokens that are there. */
    readonly done: number;
    readonly wanted: Wanted;
  },
) {
  const png = await encodePng(picture);
  return { done, png: png.toBase64(), ...sentTokens(tokens, wanted) };
}

/** f32 in base64, where it is wanted. */
function sentTokens(tokens: Float32Array, wanted: Wanted) {
  if (!wanted.tokens) return {};
  return { tokens: new Uint8Array(tokens.buffer).toBase64() };
}
