/** A context of Hono 4, by shape. */
export interface HonoContext {
  readonly req: { readonly raw: Request; header(name: string): string | undefined };
  readonly env: unknown;
  res: Response | undefined;
}
