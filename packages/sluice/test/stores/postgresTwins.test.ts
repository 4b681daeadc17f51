import { inject } from "vitest";
import { twins } from "../../src/algorithms/twins.ts";
import { decideSql } from "../../src/stores/postgres/decideSql.ts";
import { sqlMutations } from "./twins/mutations.ts";
import { postgresServer } from "./twins/postgresServer.ts";
import { run, spoil, testTwins } from "./twins/testTwins.ts";

const service = inject("postgres");
const sql = decideSql(twins);

testTwins({
  name: "PostgreSQL",
  service,
  mutations: sqlMutations,
  connect: (fault) =>
    postgresServer(service.url, fault === undefined ? run : `${run}_spoilt`, {
      ...sql,
      create: spoil(sql.create, fault),
    }),
});
