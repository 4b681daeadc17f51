import type { AnswerHead } from "../node/NodeShapes.ts";

/** What contexts of tRPC hold by custom: `resHeaders` of the Fetch adapter, or `res` of the others. */
interface Held {
  readonly resHeaders?: Headers;
  readonly res?: AnswerHead & { readonly raw?: AnswerHead };
}

const NOWHERE: AnswerHead = { headersSent: true, getHeader: () => undefined, setHeader: () => undefined };

const heads = new WeakMap<Headers, AnswerHead>();

/** Where the fields of an answer go, the same for all its calls; nowhere for server-side callers, WebSockets, and contexts that hold neither. */
export function trpcHead(context: unknown): AnswerHead {
  if (typeof context !== "object" || context === null) return NOWHERE;
  const { resHeaders, res } = context as Held;
  if (typeof resHeaders?.set === "function") return heads.get(resHeaders) ?? headOf(resHeaders);
  if (typeof res?.setHeader === "function") return res;
  return typeof res?.raw?.setHeader === "function" ? res.raw : NOWHERE;
}

function headOf(headers: Headers): AnswerHead {
  const head: AnswerHead = {
    headersSent: false,
    getHeader: (name) => headers.get(name) ?? undefined,
    setHeader: (name, value) => headers.set(name, String(value)),
  };
  heads.set(headers, head);
  return head;
}
