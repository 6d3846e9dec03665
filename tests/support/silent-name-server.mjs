// Loaded into a service with `--import`; its own resolvers ask the name server NAME_SERVER only.
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";

const { Resolver } = dns.promises;

dns.promises.Resolver = class extends Resolver {
  constructor(options) {
    super(options);
    this.setServers([process.env.NAME_SERVER]);
  }
};
syncBuiltinESMExports();
