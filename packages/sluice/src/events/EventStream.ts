import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import { show } from "../errors/show.ts";
import { channels } from "./channels.ts";
import type { EventType, SluiceEvent, SluiceEvents } from "./SluiceEvent.ts";
import { tell } from "./tell.ts";

/** Is told each event of a type. What it throws goes to the console and no further. */
export type EventListener<T extends EventType> = (event: SluiceEvents[T]) => unknown;

/** Somewhere to listen. */
export interface Listenable {
  /**
   * Listens from now on. Listeners are called before the call that they hear of is answered: let them be short.
   * @returns ends it
   * @throws ConfigurationError `INVALID_OPTION` for a type that there is not
   */
  on<T extends EventType>(type: T, listener: EventListener<T>): () => void;
}

/** Who listens; an object, since the same function may listen twice. */
interface Ear {
  readonly listener: (event: SluiceEvent) => unknown;
}

const decisions = channels.decision;

/** What limiters and guards tell those who listen. One stream may be shared by several. */
export class EventStream implements Listenable {
  /** Replaced when somebody comes or goes, so that telling is not disturbed. */
  readonly #ears = new Map<EventType, readonly Ear[]>();
  /** Of stores, which outlive limiters: they know this stream only while somebody listens here; and how that ends. */
  readonly #sources = new Map<Listenable, Map<EventType, () => void>>();
  #hearsDecisions = false;

  /** Somebody wants to know of decisions. The one thing that is asked at each call. */
  get wantsDecisions(): boolean {
    return this.#hearsDecisions || decisions.hasSubscribers;
  }

  on<T extends EventType>(type: T, listener: EventListener<T>): () => void {
    checkListening(type, listener);
    const ear = { listener: listener as Ear["listener"] };
    this.#listen(type, [...this.#listening(type), ear]);
    return () =>
      this.#listen(
        type,
        this.#listening(type).filter((other) => other !== ear),
      );
  }

  /** Tells an event to all who listen, and to the channel of diagnostics that is called after its type. */
  emit(event: SluiceEvent): void {
    const channel = channels[event.type];
    if (channel.hasSubscribers) channel.publish(event);
    this.#tell(event);
  }

  /** Passes on what a store tells. */
  follow(source: Listenable | undefined): void {
    if (source === undefined || this.#sources.has(source)) return;
    this.#sources.set(source, new Map());
    for (const type of this.#ears.keys()) this.#listenTo(source, type);
  }

  #listening(type: EventType): readonly Ear[] {
    return this.#ears.get(type) ?? [];
  }

  #listen(type: EventType, ears: readonly Ear[]): void {
    const wasHeard = this.#ears.has(type);
    if (ears.length > 0) this.#ears.set(type, ears);
    else this.#ears.delete(type);
    this.#hearsDecisions = this.#ears.has("decision");
    if (wasHeard === this.#ears.has(type)) return;
    for (const [source, ends] of this.#sources) {
      if (wasHeard) ends.get(type)?.();
      else this.#listenTo(source, type);
    }
  }

  #listenTo(source: Listenable, type: EventType): void {
    const end = source.on(type, (event) => this.#tell(event));
    this.#sources.get(source)?.set(type, end);
  }

  #tell(event: SluiceEvent): void {
    for (const { listener } of this.#listening(event.type))
      void tell(`a listener for "${event.type}"`, listener, event);
  }
}

/** A stream for several limiters and guards: their option `events`. */
export function eventStream(): EventStream {
  return new EventStream();
}

/**
 * The stream that was given, or a new one.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function readEvents(owner: string, events: EventStream | undefined): EventStream {
  if (events === undefined) return new EventStream();
  if (events instanceof EventStream) return events;
  throw invalidOption(owner, "events", events, "an eventStream()");
}

function checkListening(type: EventType, listener: unknown): void {
  const types = Object.keys(channels);
  if (!types.includes(type)) {
    const message = `there are no events of type ${show(type)}; there are ${types.map(show).join(", ")}`;
    throw new ConfigurationError("INVALID_OPTION", message, { value: type, nearest: "decision" });
  }
  if (typeof listener === "function") return;
  const message = `a listener for ${show(type)} must be a function, not ${show(listener)}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: listener });
}
