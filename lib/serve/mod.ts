/**
 * A server on Deno's own: routes, files by range, events, who may ask, and how
 * much and how slowly.
 *
 * @module
 */
export { accepted } from "./accept.ts";
export { accessLine, type AccessRecord } from "./access_log.ts";
export { EventStream } from "./event_stream.ts";
export { type GuardOptions } from "./guard.ts";
export { type AnswerHead, HttpError } from "./http_error.ts";
export { type BodyLimits, readJson } from "./json_body.ts";
export {
  type Answer,
  type Call,
  type Handler,
  jsonAnswer,
  type Route,
  type RouteLookup,
  textAnswer,
} from "./route.ts";
export { endsWithin, type ServerOptions, serveUntil } from "./server.ts";
export { SiteFolder } from "./site_folder.ts";
