import type { Devtools } from "./devtools.ts";

/** Milliseconds between looks at a page. */
const LOOK_MS = 50;

/** How wide a page is, and whether it is dark. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
}

/** What events say that are noted. */
interface Noted {
  readonly request?: { readonly url: string };
  readonly exceptionDetails?: {
    readonly text: string;
    readonly exception?: { readonly description?: string };
  };
  readonly entry?: {
    readonly level: string;
    readonly text: string;
    readonly url?: string;
  };
}

/** A page of a browser, as a person at it sees and uses it. */
export class BrowserPage {
  /** Addresses that it and its workers have asked for. */
  readonly requests: string[] = [];
  /** What went wrong in it: exceptions, and errors of its console. */
  readonly errors: string[] = [];
  readonly #devtools: Devtools;
  readonly #target: string;
  readonly #session: string;

  private constructor(devtools: Devtools, target: string, session: string) {
    this.#devtools = devtools;
    this.#target = target;
    this.#session = session;
  }

  static async attach(
    devtools: Devtools,
    targetId: string,
  ): Promise<BrowserPage> {
    const { sessionId } = await devtools.send("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    const page = new BrowserPage(devtools, targetId, sessionId);
    const sessions = new Set<string>([sessionId]);
    devtools.listen(({ method, params, sessionId: of }) => {
      if (of === undefined || !sessions.has(of)) return;
      if (method === "Target.attachedToTarget") {
        sessions.add(params["sessionId"] as string);
        page.#watch(params["sessionId"] as string);
      }
      page.#note(method, params);
    });
    await page.#send("Page.enable");
    await page.#watch(sessionId);
    return page;
  }

  /** Goes to an address and waits until it is loaded. */
  async go(address: string): Promise<void> {
    const { errorText } = await this.#send("Page.navigate", { url: address });
    if (errorText) throw new Error(`Cannot open ${address}: ${errorText}`);
    await this.until("document.readyState === 'complete'");
  }

  /** The value of an expression; promises are awaited. */
  // deno-lint-ignore no-explicit-any -- whatever the page has
  async evaluate(expression: string): Promise<any> {
    const { result, exceptionDetails } = await this.#send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
    });
    if (exceptionDetails === undefined) return result.value;
    const { exception, text } = exceptionDetails;
    throw new Error(`${expression}: ${exception?.description ?? text}`);
  }

  /** Waits until an expression is true. */
  async until(
    expression: string,
    { seconds = 60 }: { readonly seconds?: number } = {},
  ): Promise<void> {
    const end = performance.now() + 1000 * seconds;
    while (performance.now() < end) {
      if (await this.evaluate(`!!(${expression})`)) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    const text = await this.evaluate("document.body?.innerText");
    throw new Error(
      `${expression} is not true after ${seconds} s; errors: ` +
        `${this.errors.join("; ") || "none"}; the page says: ${text}`,
    );
  }

  /** Presses a key, such as `Enter`, or writes a letter. */
  async press(key: string): Promise<void> {
    const isLetter = key.length === 1;
    const codes: Readonly<Record<string, number>> = {
      Enter: 13,
      Tab: 9,
      Escape: 27,
      " ": 32,
      ArrowDown: 40,
      ArrowUp: 38,
      ArrowLeft: 37,
      ArrowRight: 39,
    };
    const down = {
      key,
      windowsVirtualKeyCode: codes[key] ?? key.toUpperCase().charCodeAt(0),
      ...(isLetter && { text: key }),
      ...(key === "Enter" && { text: "\r" }),
    };
    await this.#send("Input.dispatchKeyEvent", { type: "keyDown", ...down });
    await this.#send("Input.dispatchKeyEvent", { type: "keyUp", ...down });
  }

  /** Writes into what has the focus. */
  async write(text: string): Promise<void> {
    await this.#send("Input.insertText", { text });
  }

  /** Puts a file into a field for files. */
  async choose(selector: string, path: string): Promise<void> {
    const { root } = await this.#send("DOM.getDocument");
    const { nodeId } = await this.#send("DOM.querySelector", {
      nodeId: root.nodeId,
      selector,
    });
    await this.#send("DOM.setFileInputFiles", { nodeId, files: [path] });
  }

  /** Lets a file fall onto the page. */
  async drop(path: string): Promise<void> {
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      const params = { type, x: 300, y: 300, data };
      await this.#send("Input.dispatchDragEvent", params);
    }
  }

  /** Runs a script in every document before the page's own. */
  async before(source: string): Promise<void> {
    await this.#send("Page.addScriptToEvaluateOnNewDocument", { source });
  }

  /** What a button of the page has copied. */
  async copied(): Promise<string> {
    return await this.evaluate("navigator.clipboard.readText()");
  }

  /** Lets pages copy, and read what was copied. */
  async allowCopying(): Promise<void> {
    await this.#devtools.send("Browser.grantPermissions", {
      permissions: ["clipboardReadWrite", "clipboardSanitizedWrite"],
    });
    await this.#send("Emulation.setFocusEmulationEnabled", { enabled: true });
  }

  /** Lets what is saved go into a folder. */
  async downloadTo(folder: string): Promise<void> {
    await this.#devtools.send("Browser.setDownloadBehavior", {
      behavior: "allow",
      downloadPath: folder,
    });
  }

  /** Sets width, height and colour scheme. */
  async look({ width, height, scheme }: Look): Promise<void> {
    await this.#send("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: width < 600,
    });
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.#send("Emulation.setEmulatedMedia", { features });
  }

  /** A picture of the page, whole or as a window shows it. */
  async screenshot(
    { whole = false }: { readonly whole?: boolean } = {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { data } = await this.#send("Page.captureScreenshot", {
      format: "png",
      captureBeyondViewport: whole,
    });
    return Uint8Array.fromBase64(data);
  }

  async close(): Promise<void> {
    await this.#devtools.send("Target.closeTarget", {
      targetId: this.#target,
    });
  }

  async #watch(session: string): Promise<void> {
    const send = (method: string, params = {}) =>
      this.#devtools.send(method, params, { session });
    // A worker that ended meanwhile need not be watched.
    await Promise.all([
      send("Runtime.enable"),
      send("Network.enable"),
      send("Log.enable"),
      send("Target.setAutoAttach", {
        autoAttach: true,
        waitForDebuggerOnStart: false,
        flatten: true,
      }),
    ]).catch(() => {});
  }

  #note(method: string, params: Readonly<Record<string, unknown>>): void {
    const { request, exceptionDetails, entry } = params as Noted;
    if (method === "Network.requestWillBeSent") {
      this.requests.push(request!.url);
    } else if (method === "Runtime.exceptionThrown") {
      const { exception, text } = exceptionDetails!;
      this.errors.push(exception?.description ?? text);
    } else if (method === "Log.entryAdded" && entry!.level === "error") {
      this.errors.push(`${entry!.text} ${entry!.url ?? ""}`);
    }
  }

  // deno-lint-ignore no-explicit-any -- the protocol's own types are not here
  async #send(method: string, params: object = {}): Promise<any> {
    return await this.#devtools.send(method, params, {
      session: this.#session,
    });
  }
}
