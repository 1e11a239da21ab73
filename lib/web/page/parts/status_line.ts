import { bytesText } from "../../model/memory.ts";
import { secondsText, TimeLeft } from "../../wish/time_left.ts";
import { find } from "../dom.ts";

/** How far some work is. */
interface Way {
  readonly done: number;
  readonly of: number;
}

/** Says what happens, how far it is and how long it will take. */
export class StatusLine {
  readonly #status = find("#status", HTMLParagraphElement);
  readonly #bar = find("#progress", HTMLProgressElement);
  readonly #time = find("#time", HTMLParagraphElement);
  #left: TimeLeft | undefined;

  /** Something that is finished, or waits for a person. */
  say(text: string): void {
    this.#write(text);
    this.#bar.hidden = true;
    this.#time.textContent = "";
    this.#left = undefined;
  }

  /** Work whose end nobody knows. */
  wait(text: string): void {
    this.say(text);
    this.#bar.hidden = false;
    this.#bar.removeAttribute("value");
  }

  /** The download. */
  download({ done, of }: Way): void {
    this.#go("Reading the model", { done, of });
    this.#time.textContent = `${bytesText(Math.max(0, done))} of ${
      bytesText(of)
    }${this.#rest(done, of)}`;
  }

  /** Programs for the GPU, which are made once for each choice. */
  compile({ done, of }: Way): void {
    this.#go("Getting the GPU ready", { done, of });
    this.#time.textContent = `${done} of ${of} programs`;
  }

  /** Tokens of all pictures. */
  draw({ done, of }: Way): void {
    this.#go("Drawing", { done, of });
    this.#time.textContent = `${done} of ${of} pieces${this.#rest(done, of)}`;
  }

  #go(text: string, { done, of }: Way): void {
    if (this.#status.textContent !== text) {
      this.#write(text);
      this.#left = new TimeLeft(() => performance.now());
    }
    this.#bar.hidden = false;
    this.#bar.max = of;
    this.#bar.value = done;
  }

  #rest(done: number, of: number): string {
    const seconds = this.#left?.seconds(done, of);
    return seconds === undefined ? "" : `, ${secondsText(seconds)} left`;
  }

  /** Readers of screens hear a change, so nothing is written twice. */
  #write(text: string): void {
    if (this.#status.textContent !== text) this.#status.textContent = text;
  }
}
