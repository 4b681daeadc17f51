import type { EventType } from "./SluiceEvent.ts";

/** As much of a channel of `node:diagnostics_channel` as is used. */
interface Channel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}

interface DiagnosticsChannel {
  channel(name: string): Channel;
}

interface Runtime {
  readonly process?: { getBuiltinModule?(name: string): DiagnosticsChannel | undefined };
}

const SILENT: Channel = { hasSubscribers: false, publish() {} };

// Asked for in this way, so that the library loads where there is no such module.
const diagnostics = (globalThis as Runtime).process?.getBuiltinModule?.("node:diagnostics_channel");

/** The channels `sluice:decision`, `sluice:degraded` and so on, for tools that watch a process from outside the program. */
export const channels: Readonly<Record<EventType, Channel>> = {
  decision: channelOf("decision"),
  degraded: channelOf("degraded"),
  capacity: channelOf("capacity"),
  warning: channelOf("warning"),
  config: channelOf("config"),
};

function channelOf(type: EventType): Channel {
  return diagnostics?.channel(`sluice:${type}`) ?? SILENT;
}
