import { IdentityError } from "../../errors/IdentityError.ts";
import { tell } from "../../events/tell.ts";
import type { Decision } from "../../limiter/Decision.ts";
import { hasLeft } from "../node/hasLeft.ts";
import { inOrder } from "./inOrder.ts";
import type { NodeRequest } from "../node/NodeShapes.ts";
import { nodeRequest } from "../node/nodeRequest.ts";
import { closeAfterError, closeRefused } from "./wsClose.ts";
import type { MessageSettings } from "./MessageOptions.ts";
import type { WsSocket } from "./WsShapes.ts";

interface Message {
  readonly data: any;
  readonly isBinary: boolean;
}

/** What is done with a message that is handed on. */
type OnMessage = (data: any, isBinary: boolean) => unknown;

/** A connection of `ws`, from its beginning to its end. */
export class WsConnection {
  readonly #settings: MessageSettings;
  readonly #id: string;
  readonly #socket: WsSocket;
  readonly #request: NodeRequest;
  readonly #onMessage: OnMessage;
  #isOver = false;

  constructor(
    settings: MessageSettings,
    id: string,
    socket: WsSocket,
    request: NodeRequest,
    onMessage: OnMessage,
  ) {
    this.#settings = settings;
    this.#id = id;
    this.#socket = socket;
    this.#request = request;
    this.#onMessage = onMessage;
  }

  begin(): void {
    const socket = this.#socket;
    const settings = this.#settings;
    if (hasLeft(this.#request)) return;
    // Found while the peer is surely there, and awaited by the first message.
    const key = settings.keys === undefined ? undefined : this.#findKey();
    key?.catch((error: unknown) => this.#fail(error));
    const take = inOrder(socket, (message: Message) => this.#take(message, key));
    socket.on("message", (data, isBinary) => take({ data, isBinary }));
    socket.on("close", () => {
      this.#isOver = true;
      settings.connections?.resetSync(this.#id);
    });
  }

  async #findKey(): Promise<string> {
    const request = nodeRequest(this.#request, this.#request.url ?? "/");
    const found = await this.#settings.identify(request, this.#settings.warn);
    if (found === undefined)
      throw new IdentityError("MISSING_IDENTITY", "nobody was found behind a WebSocket");
    return found.key;
  }

  async #take(message: Message, key: Promise<string> | undefined): Promise<void> {
    if (this.#isOver) return;
    try {
      const decision = await this.#decide(message, key);
      // It may have gone, or have been closed, in the meantime.
      if (this.#isOver) return;
      if (decision?.allowed === false) return await this.#refuse(message, decision);
      this.#handOn(message);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #decide(
    { data, isBinary }: Message,
    key: Promise<string> | undefined,
  ): Promise<Decision | undefined> {
    const { connections, keys, costOf } = this.#settings;
    const cost = costOf(data, isBinary);
    const decision = connections?.consumeSync(this.#id, { cost });
    if (keys === undefined || key === undefined || decision?.allowed === false) return decision;
    return keys.consume(await key, { cost });
  }

  async #refuse({ data, isBinary }: Message, decision: Decision): Promise<void> {
    const socket = this.#socket;
    const { onLimit } = this.#settings;
    if (typeof onLimit === "function") return void (await onLimit({ socket, data, isBinary, decision }));
    if (onLimit === "drop") return;
    this.#isOver = true;
    closeRefused(socket, decision);
  }

  /** The next message does not wait for an asynchronous handler. */
  #handOn({ data, isBinary }: Message): void {
    const answer = this.#onMessage(data, isBinary);
    if (answer instanceof Promise) answer.catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    closeAfterError(this.#socket, error);
    void tell("onError", this.#settings.onError, error);
  }
}
