/**
 * What web pages are made of: their code in one piece, and models in shards.
 *
 * @module
 */
export { demoPage } from "./demo_page.ts";
export { pageFiles } from "./page_files.ts";
export {
  type ModelFiles,
  type OpenWebModel,
  openWebModel,
} from "./open_model.ts";
export { writeShards } from "./write_shards.ts";
export { SITE_FILES, writeSite } from "./write_site.ts";
