/** A client that we made, and so must close. */
export interface OwnClient<Client> {
  readonly client: Client;
  close(): Promise<unknown>;
}
