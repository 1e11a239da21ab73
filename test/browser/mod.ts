/**
 * What the page must do in a real browser, by `deno task test:browser`: minutes
 * on a software GPU.
 *
 * - `accessible`: axe-core at 1280 and 390 pixels, light and dark
 * - `card`: a model is kept and removed; GPUs are chosen, one is too small
 * - `demo`: a page of one file asks nobody
 * - `lost`: the GPU goes away
 * - `person`: search, progress with the time left, cancel, save, drop, offline
 * - `policy`: what the Content-Security-Policy forbids
 * - `restoring`: pictures without a recipe, of other models, early, in between
 * - `served`: the server draws where there is no GPU
 * - `trained`: the tiny model in f32, f16 and q8 beside the CPU engine
 * - `window`: the keyboard alone, and what is told of tokens
 * - `wishes`: every option, the address, PNG, copied command and link
 *
 * @module
 */
import "./accessible.ts";
import "./card.ts";
import "./demo.ts";
import "./lost.ts";
import "./person.ts";
import "./policy.ts";
import "./restoring.ts";
import "./served.ts";
import "./trained.ts";
import "./window.ts";
import "./wishes.ts";
