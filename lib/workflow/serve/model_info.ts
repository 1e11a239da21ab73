import type { RecipeBase } from "./recipe.ts";
import { MOST_BODY_BYTES } from "./samples_route.ts";
import type { RequestContext } from "./sample_request.ts";

/** What there is to know of the model besides. */
export interface ModelSizes {
  /** Height and width of images in pixels. */
  readonly imageSize: number;
  /** Tokens of an image. */
  readonly tokens: number;
  /** Images that may wait. */
  readonly mostWaiting: number;
}

/** What `GET /api/model` answers. */
export function modelInfo(
  { names, defaults, limits }: RequestContext,
  { model, files, engine, batch, weightsDtype }: RecipeBase,
  { imageSize, tokens, mostWaiting }: ModelSizes,
) {
  const { perClass: _, ...options } = defaults;
  return {
    files,
    model,
    classes: names,
    imageSize,
    tokens,
    options,
    batch,
    weightsDtype,
    engine,
    limits: { ...limits, waiting: mostWaiting, bodyBytes: MOST_BODY_BYTES },
  };
}
