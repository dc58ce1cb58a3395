// PostGraphile 5 over the office's own tables, as the program's role and bound to one city by row-level security.
import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { makePgService } from "postgraphile/adaptors/pg";
import { postgraphile } from "postgraphile";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { jsonPgSmartTags } from "postgraphile/utils";

// A clock belongs to its case by subject_id, which has no foreign key because legs and callbacks have clocks too.
const ClocksOfCases = jsonPgSmartTags({
  version: 1,
  config: {
    class: {
      timer: { tags: { foreignKey: "(tenant_id, subject_id) references service_case (tenant_id, id)" } },
    },
  },
});

const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [ClocksOfCases],
  disablePlugins: ["MutationPlugin", "PgMutationCreatePlugin", "PgMutationUpdateDeletePlugin"],
  pgServices: [
    makePgService({
      connectionString: process.env.BENCH_DATABASE,
      schemas: ["public"],
      poolConfig: { max: Number(process.env.BENCH_POOL) },
    }),
  ],
  schema: { defaultBehavior: "+list -connection" },
  grafast: {
    context: (request) => ({
      pgSettings:
        request.node?.req.headers["x-bench-province"] === undefined
          ? { "app.tenant_id": process.env.BENCH_TENANT }
          : { "app.province": process.env.BENCH_PROVINCE },
    }),
  },
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false },
});

const server = createServer();
server.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
const serv = pgl.createServ(grafserv);
serv.addTo(server).catch((error) => {
  console.error(error);
  process.exit(1);
});
server.listen(Number(process.env.BENCH_PORT), "127.0.0.1");
