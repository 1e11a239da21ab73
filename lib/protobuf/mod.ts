/**
 * Protocol buffers, as far as files of others need them: a writer of fields.
 *
 * @module
 */
export { ProtoWriter } from "./proto_writer.ts";
