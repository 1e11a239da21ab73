/**
 * What the page must do in a real browser, by `deno task test:browser`: minutes
 * on a software GPU.
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
