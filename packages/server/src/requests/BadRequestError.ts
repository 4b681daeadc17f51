/** A request that cannot be understood. The message is for the client and the log: it holds nothing that was sent. */
export class BadRequestError extends Error {
  override readonly name: string = "BadRequestError";
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}
