export { toNetwork, toNetworkOf, toSiteNetwork } from "@taiga-mcp/service";
