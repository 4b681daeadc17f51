import { inject } from "vitest";
import { twins } from "../../src/algorithms/twins.ts";
import { actSql } from "../../src/stores/postgres/actSql.ts";
import { decideSql } from "../../src/stores/postgres/decideSql.ts";
import { sqlMutations } from "./twins/mutations.ts";
import { postgresServer } from "./twins/postgresServer.ts";
import { sqlActMutations, sqlHoldMutations } from "./twins/sqlActMutations.ts";
import { run, spoil, testTwins } from "./twins/testTwins.ts";

const service = inject("postgres");
const [decide, act] = [decideSql(twins), actSql(twins)];

testTwins({
  name: "PostgreSQL",
  service,
  mutations: [...sqlMutations, ...sqlActMutations, ...sqlHoldMutations],
  connect: (fault) => {
    const schema = fault === undefined ? run : `${run}_spoilt`;
    const [createDecide, createAct] = spoil([decide.create, act.create], fault);
    return postgresServer(
      service.url,
      schema,
      { ...decide, create: createDecide },
      { ...act, create: createAct },
    );
  },
});
