import { HOST } from "./ask.ts";
import { type FakeService, startFakeService } from "./fake-service.ts";
import { type NameServer, startNameServer } from "./name-server.ts";
import type { NginxBinary } from "./nginx-binary.ts";
import { type Site, startSite } from "./site.ts";

export interface OneHost {
  site: Site;
  authServer: FakeService;
  /** The service at the address of the authorization server's private listener. */
  privateListener: FakeService;
  resourceServer: FakeService;
  nameServer: NameServer;
  /** Clears the services' recorded requests and configured answers. */
  clear(): void;
  stop(): Promise<void>;
}

/** nginx as docker-compose.yml runs it, in front of fake services. */
export async function startOneHost(nginx: NginxBinary): Promise<OneHost> {
  const nameServer = await startNameServer({
    "auth-server": "127.0.0.1",
    "resource-server": "127.0.0.1",
  });
  const authServer = await startFakeService("auth-server");
  const privateListener = await startFakeService("private");
  const resourceServer = await startFakeService("resource-server");
  const services = [authServer, privateListener, resourceServer];
  const site = await startSite({
    nginx,
    names: [HOST, "localhost"],
    variables: {
      PUBLIC_URL: `https://${HOST}`,
      NGINX_SERVER_NAME: `${HOST} localhost`,
      NGINX_AUTH_SERVER: `auth-server:${authServer.port}`,
      NGINX_RESOURCE_SERVER: `resource-server:${resourceServer.port}`,
      NGINX_LOCAL_RESOLVERS: nameServer.address,
    },
  });
  return {
    site,
    authServer,
    privateListener,
    resourceServer,
    nameServer,
    clear: () => {
      for (const service of services) service.clear();
    },
    stop: async () => {
      await site.stop();
      await Promise.all([...services, nameServer].map((service) => service.stop()));
    },
  };
}
