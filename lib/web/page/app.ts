import { listAdapters } from "../../engine/webgpu/mod.ts";
import { evictModels, keptShards } from "../model/site_shards.ts";
import type { SampleJob } from "../session/messages.ts";
import { fragmentOf, wishIn } from "../wish/fragment.ts";
import { wishOf } from "../wish/recipe.ts";
import { jobOf, type Wish } from "../wish/wish.ts";
import {
  type Listeners,
  type SamplingClient,
  SamplingWorker,
} from "./client.ts";
import { find } from "./dom.ts";
import type { Origin } from "./origin.ts";
import { showDetails } from "./parts/details.ts";
import { Gallery } from "./parts/gallery.ts";
import { ModelCard, type ModelState } from "./parts/model_card.ts";
import { acceptPictures } from "./parts/restoring.ts";
import { StatusLine } from "./parts/status_line.ts";
import { WishForm } from "./parts/wish_form.ts";
import { serverAddress, ServerSampling } from "./server_sampling.ts";

/** What a person hears who has no GPU for pages. */
const NO_GPU =
  "This browser gives pages no GPU. Recent versions of Chrome, Edge, Safari " +
  "and Firefox do on most devices, over https.";

/** And who had one that went away. */
const LOST = "The GPU went away for a moment, so what was being drawn began " +
  "again.";

/** And who has a server instead. */
const SERVED = "This browser gives pages no GPU, so the server of this page " +
  "draws.";

/** The page as a whole: what a person does, what the worker tells. */
export class App {
  readonly #origin: Origin;
  #worker: SamplingClient;
  #isServed = false;
  readonly #form: WishForm;
  readonly #card: ModelCard;
  readonly #gallery: Gallery;
  readonly #status = new StatusLine();
  #state: ModelState = "away";
  #device: string | undefined;
  /** The job that is being drawn. */
  #job: { readonly id: number; readonly pictures: number } | undefined;
  /** What shall be drawn as soon as the model is there. */
  #waiting: SampleJob | undefined;

  constructor(origin: Origin) {
    this.#origin = origin;
    const { model } = origin;
    this.#worker = this.#startWorker();
    this.#form = new WishForm(model, {
      onChange: (wish) => this.#share(wish),
      onMake: (wish) => this.#draw(jobOf(wish, model)),
      onCancel: () => this.#cancel(),
    });
    this.#card = new ModelCard(model, {
      onLoad: () => this.#load(),
      onEvict: () => this.#evict(),
      onChooseGpu: () => this.#changeGpu(),
    });
    this.#gallery = new Gallery(model, (finished) => {
      showDetails(finished, { model, onWish: (wish) => this.#take(wish) });
    });
    acceptPictures(model, {
      onRecipe: (recipe, note) => {
        this.#card.trouble(note);
        this.#take(wishOf(recipe));
      },
      onTrouble: (reason) => this.#status.say(reason),
    });
    addEventListener("hashchange", () => this.#readAddress());
    this.#readAddress();
  }

  /** Finds out what the browser has: a GPU, and perhaps the model already. */
  async start(): Promise<void> {
    const { isEmbedded, place, model } = this.#origin;
    const adapter = await navigator.gpu?.requestAdapter();
    const server = serverAddress();
    if (!adapter && server !== undefined) return this.#useServer(server);
    if (!adapter) this.#card.trouble(NO_GPU);
    else this.#card.offer(await listAdapters(navigator.gpu));
    const isKept = isEmbedded || "address" in place &&
        await keptShards(model.shards, place.address) === "all";
    this.#show(isKept ? "kept" : "away");
    if (isKept && adapter) this.#load();
    else if (adapter) this.#status.say("The model waits to be downloaded.");
  }

  #startWorker(): SamplingClient {
    const worker = new Worker(this.#origin.worker);
    return new SamplingWorker(worker, this.#listeners());
  }

  /** A worker keeps the GPU that it was opened with, so another one begins. */
  #changeGpu(): void {
    if (this.#state !== "open") return;
    this.#worker.end();
    if (this.#job !== undefined) this.#stopped("Cancelled.");
    this.#worker = this.#startWorker();
    this.#load();
  }

  /** The server has the model and an engine of its own. */
  #useServer(address: string): void {
    const { model, place } = this.#origin;
    this.#isServed = true;
    this.#card.trouble(SERVED);
    this.#worker = new ServerSampling(address, this.#listeners());
    const { wish: first } = this.#form;
    this.#worker.open(model, place, { adapter: {}, first });
  }

  #listeners(): Listeners {
    return {
      downloading: ({ bytes, of }) =>
        this.#status.download({ done: bytes, of }),
      lost: () => {
        this.#card.trouble(LOST);
        this.#status.wait("Looking for the GPU");
      },
      opened: ({ device }) => this.#opened(device),
      compiling: ({ kernels, of }) => {
        // While the model is read, that is what is waited for.
        if (this.#state === "loading") return;
        this.#status.compile({ done: kernels, of });
      },
      prepared: () => this.#status.say("Ready to draw."),
      sampling: ({ tokens, of }) => this.#status.draw({ done: tokens, of }),
      pictures: ({ id, pictures }) => {
        if (this.#job?.id === id) this.#gallery.show(pictures);
      },
      finished: () => this.#finished(),
      cancelled: () => this.#stopped("Cancelled."),
      failed: ({ during, reason }) => {
        if (during === "open") this.#show("broken");
        this.#stopped(`${reason}.`);
      },
    };
  }

  #load(): void {
    const { model, place } = this.#origin;
    this.#show("loading");
    this.#status.wait("Looking for the GPU");
    // Where it may be thrown away when space is short, it is read again.
    navigator.storage?.persist?.().catch(() => {});
    const { count, choice } = this.#form.wish;
    this.#worker.open(model, place, {
      adapter: this.#card.adapter,
      first: { count, choice },
    });
  }

  #opened(device: string): void {
    this.#device = device;
    this.#show("open");
    if (this.#drawWaiting()) return;
    const { count, choice } = this.#form.wish;
    this.#status.wait("Getting the GPU ready");
    this.#worker.prepare({ count, choice });
  }

  /** Takes a wish from somewhere else, and draws it. */
  #take(wish: Wish): void {
    this.#form.wish = wish;
    this.#share(wish);
    this.#waiting = jobOf(wish, this.#origin.model);
    if (this.#job !== undefined) this.#cancel();
    else if (!this.#drawWaiting() && this.#state !== "loading") {
      this.#status.say("It will be drawn as soon as the model is here.");
    }
  }

  /** Draws what waits for the model or for the end of another job, if anything does. */
  #drawWaiting(): boolean {
    const waiting = this.#waiting;
    if (waiting === undefined || this.#state !== "open") return false;
    this.#waiting = undefined;
    this.#draw(waiting);
    return true;
  }

  #draw(job: SampleJob): void {
    if (this.#job !== undefined) return;
    this.#gallery.begin(job);
    this.#job = {
      id: this.#worker.sample(job),
      pictures: job.images.length,
    };
    this.#status.wait("Starting");
    // On a phone the wall is below the form.
    find(".wall", HTMLDivElement).scrollIntoView({ block: "nearest" });
    this.#allow();
  }

  #finished(): void {
    const count = this.#job?.pictures ?? 0;
    this.#job = undefined;
    const what = count === 1 ? "The picture is" : `${count} pictures are`;
    this.#status.say(`${what} ready. Choose one to save it or look into it.`);
    this.#allow();
    this.#drawWaiting();
  }

  #cancel(): void {
    this.#worker.cancel();
    this.#status.wait("Stopping");
  }

  #stopped(text: string): void {
    this.#job = undefined;
    this.#gallery.giveUp();
    this.#status.say(text);
    this.#allow();
    this.#drawWaiting();
  }

  async #evict(): Promise<void> {
    await evictModels();
    const text = "Removed from this browser.";
    this.#status.say(
      this.#state === "open" ? `${text} It draws until you leave.` : text,
    );
    if (this.#state === "kept") this.#show("away");
  }

  #show(state: ModelState): void {
    this.#state = state;
    // What a server has, this browser has not.
    const isElsewhere = this.#origin.isEmbedded || this.#isServed;
    const device = this.#device;
    this.#card.show(state, {
      isEmbedded: isElsewhere,
      ...device && { device },
    });
    this.#allow();
  }

  #allow(): void {
    const making = this.#job !== undefined;
    this.#form.allow({ making, ready: this.#state === "open" });
  }

  #readAddress(): void {
    this.#form.wish = wishIn(location.hash, this.#origin.model);
  }

  /** The address always draws what the form says. */
  #share(wish: Wish): void {
    const fragment = fragmentOf(wish, this.#origin.model);
    history.replaceState(null, "", `#${fragment}`);
  }
}
