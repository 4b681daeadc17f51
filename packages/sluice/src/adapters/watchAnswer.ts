import type { Passage } from "../guard/Passage.ts";
import type { NodeResponse } from "./NodeShapes.ts";

/** Tells a passage how its request was answered: with which status, or that the client went away before. */
export function watchAnswer(response: NodeResponse, answered: NonNullable<Passage["answered"]>): void {
  const tell = (): void => void answered(arrived(response) ? response.statusCode : undefined);
  if (response.destroyed === true || response.stream?.destroyed === true) return tell();
  response.once("finish", tell);
  response.once("close", tell);
}

/** An answer of node:http2 also "finishes" when its stream is reset. */
function arrived({ writableEnded, writableFinished, stream }: NodeResponse): boolean {
  return writableEnded && writableFinished && stream?.aborted !== true;
}
