import { storeFromEnv } from "sluice";
import { expect, test } from "vitest";
import { readStoreChoice } from "../../src/stores/env/readStoreChoice.ts";

const read = (text: string) => readStoreChoice("SLUICE_STORE", text);

test.each([
  ["", "memory", ""],
  [" memory\n", "memory", ""],
  ["sqlite:./data/limits.db", "sqlite", "./data/limits.db"],
  ["sqlite:/var/lib/limits.db", "sqlite", "/var/lib/limits.db"],
  ["sqlite::memory:", "sqlite", ":memory:"],
  ["redis://127.0.0.1:6379/3", "redis", "redis://127.0.0.1:6379/3"],
  ["rediss://user:p%40ss@example.test", "redis", "rediss://user:p%40ss@example.test"],
  ["redis://[::1]:6379", "redis", "redis://[::1]:6379"],
  ["redis://127.0.0.1/", "redis", "redis://127.0.0.1/"],
  ["postgres://user:secret@db.test/shop", "postgres", "postgres://user:secret@db.test/shop"],
  ["postgresql:///shop?host=/run/postgresql", "postgres", "postgresql:///shop?host=/run/postgresql"],
])("%j is %s", (text, kind, location) => {
  expect(read(text)).toEqual({ kind, location });
});

test.each([
  ["memroy", "memory"],
  ["Memory", "memory"],
  ["sqlite", "sqlite:./sluice.db"],
  ["sqlite:", "sqlite:./sluice.db"],
  ["sqlite://data/limits.db", "sqlite:data/limits.db"],
  ["sqlite:///var/limits.db", "sqlite:/var/limits.db"],
  ["redis:127.0.0.1", "redis://127.0.0.1:6379"],
  ["redis://", "redis://127.0.0.1:6379"],
  ["redis", "redis://127.0.0.1:6379"],
  ["redis://db.test/limits", "redis://127.0.0.1:6379/0"],
  ["rediss://db.test/-1", "rediss://127.0.0.1:6379/0"],
  ["redis://db.test/1/2", "redis://127.0.0.1:6379/0"],
  ["valkey://127.0.0.1", "redis://127.0.0.1:6379"],
  ["postgress://db.test/shop", "postgres://user@127.0.0.1:5432/database"],
  ["postgres://", "postgres://user@127.0.0.1:5432/database"],
  ["postgres:///", "postgres://user@127.0.0.1:5432/database"],
  ["postgresql:shop", "postgresql://user@127.0.0.1:5432/database"],
  ["mongodb://db.test", undefined],
  ["./limits.db", undefined],
])("%j is refused, and the nearest is %j", (text, nearest) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({
      name: "ConfigurationError",
      code: "INVALID_OPTION",
      nearest,
      path: "SLUICE_STORE",
    }),
  );
});

test.each([
  "mysql://root:hunter2@db.test/shop",
  "redis//:hunter2@db.test",
  "redis://user:hunter2@db.test:99999",
  "postgres://user:hunter2/x#y@db.test:port/shop",
  "postgres:user:hunter2@db.test",
  "hunter2",
  "hunter",
  "redis:hunter2@",
  "sqlite://user:hunter2@x",
  "redis://user:12/hunter2@db.test",
])("nothing that is thrown for %j holds the password", (text) => {
  let thrown: unknown;
  try {
    read(text);
  } catch (error) {
    thrown = error;
  }
  const { message, stack, ...rest } = thrown as Error;
  expect(message).toMatch(/^SLUICE_STORE must (?:be memory|have the number)/);
  expect(`${message} ${stack} ${JSON.stringify(rest)}`).not.toContain("hunter");
});

test.each([5, null, true])("%j is no environment", async (from) => {
  await expect(storeFromEnv(from as never)).rejects.toMatchObject({ code: "INVALID_OPTION", value: from });
});
