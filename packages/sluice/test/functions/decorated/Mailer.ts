import { rateLimited, type SyncLimiter } from "sluice";

export interface Mailers {
  readonly sent: string[];
  flush(): Promise<number>;
  new (tenant: string): {
    send(to: string, text: string, urgent?: boolean): Promise<string>;
    tell(): Promise<string | undefined>;
  };
}

/** What the tests decorate, for each limiter anew. It is compiled: Node does not run decorators. */
export function mailerOf(limiter: SyncLimiter): Mailers {
  return class Mailer {
    readonly tenant: string;
    static readonly sent: string[] = [];

    constructor(tenant: string) {
      this.tenant = tenant;
    }

    @rateLimited({
      limiter,
      key(this: Mailer, to: string, _text: string) {
        return `${this.tenant} ${to}`;
      },
      cost: (_to: string, text: string) => text.length,
    })
    async send(to: string, text: string, _urgent = false): Promise<string> {
      Mailer.sent.push(text);
      return `${this.tenant} to ${to}: ${text}`;
    }

    @rateLimited({ limiter })
    static async flush(): Promise<number> {
      return Mailer.sent.length;
    }

    @rateLimited({ limiter, key: "private", onLimit: "undefined" })
    async #secret(): Promise<string | undefined> {
      return this.tenant;
    }

    tell(): Promise<string | undefined> {
      return this.#secret();
    }
  };
}
