/**
 * Labelled sets from artifacts: images, cached latents, tokens.
 *
 * @module
 */
export { type LabelledImages, readImages, stringsOf } from "./images.ts";
export { latentBatches, readLatents } from "./latents.ts";
export { drawnScale, pictureAt, picturesOf } from "./pictures.ts";
export { readTokens } from "./tokens.ts";
