// The registration requests of known clients, member by member, taken from their sources, their
// documentation or published recordings.

/** The members that all clients send with the same value. */
export const CODE_GRANT = {
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
};

/** Each client with the redirect URI that it then uses; local programs may use another port. */
export const KNOWN_REGISTRATIONS: [
  name: string,
  used: string,
  metadata: Record<string, unknown>,
][] = [
  [
    "Claude Code",
    "http://localhost:60111/callback",
    {
      client_name: "Claude Code (taiga)",
      redirect_uris: ["http://localhost:3118/callback"],
      ...CODE_GRANT,
      token_endpoint_auth_method: "none",
      application_type: "native",
    },
  ],
  [
    "claude.ai, which asks for a secret",
    "https://claude.ai/api/mcp/auth_callback",
    {
      client_name: "Claude",
      redirect_uris: ["https://claude.ai/api/mcp/auth_callback"],
      ...CODE_GRANT,
      token_endpoint_auth_method: "client_secret_post",
      scope: "claudeai",
    },
  ],
  [
    "claude.com",
    "https://claude.com/api/mcp/auth_callback",
    {
      client_name: "Claude",
      redirect_uris: ["https://claude.com/api/mcp/auth_callback"],
      ...CODE_GRANT,
      token_endpoint_auth_method: "none",
    },
  ],
  [
    "ChatGPT, with an address for each connector",
    "https://chatgpt.com/connector/oauth/OUbdUMlL15Ct",
    {
      client_name: "ChatGPT",
      redirect_uris: ["https://chatgpt.com/connector/oauth/OUbdUMlL15Ct"],
      ...CODE_GRANT,
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  [
    "ChatGPT, with its earlier address",
    "https://chatgpt.com/connector_platform_oauth_redirect",
    {
      client_name: "ChatGPT",
      redirect_uris: ["https://chatgpt.com/connector_platform_oauth_redirect"],
      ...CODE_GRANT,
      token_endpoint_auth_method: "none",
    },
  ],
  [
    "Codex, with a path for each login",
    "http://127.0.0.1:60112/callback/zHu_pcZxCCTJ",
    {
      client_name: "Codex",
      redirect_uris: ["http://127.0.0.1:54397/callback/zHu_pcZxCCTJ"],
      ...CODE_GRANT,
      token_endpoint_auth_method: "none",
    },
  ],
  [
    "VS Code, which asks for an unsupported grant type",
    "http://127.0.0.1:60113/",
    {
      client_name: "Visual Studio Code",
      client_uri: "https://code.visualstudio.com",
      grant_types: [...CODE_GRANT.grant_types, "urn:ietf:params:oauth:grant-type:device_code"],
      response_types: ["code"],
      redirect_uris: [
        "https://insiders.vscode.dev/redirect",
        "https://vscode.dev/redirect",
        "http://127.0.0.1/",
        "http://127.0.0.1:33418/",
      ],
      scope: "taiga:read taiga:write",
      token_endpoint_auth_method: "none",
      application_type: "native",
    },
  ],
  [
    "earlier VS Code, without the final slash",
    "http://localhost:60114",
    {
      client_name: "Visual Studio Code",
      client_uri: "https://code.visualstudio.com",
      ...CODE_GRANT,
      redirect_uris: [
        "https://vscode.dev/redirect",
        "http://localhost",
        "http://127.0.0.1",
        "http://localhost:33418",
      ],
      token_endpoint_auth_method: "none",
    },
  ],
  [
    "Cursor, with three redirect URIs",
    "http://localhost:8787/callback",
    {
      client_name: "Cursor",
      redirect_uris: [
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "https://www.cursor.com/agents/mcp/oauth/callback",
        "http://localhost:8787/callback",
      ],
      ...CODE_GRANT,
      token_endpoint_auth_method: "none",
    },
  ],
  [
    "earlier Cursor, as a web application with a custom scheme",
    "cursor://anysphere.cursor-mcp/oauth/callback",
    {
      client_name: "Cursor",
      redirect_uris: ["cursor://anysphere.cursor-mcp/oauth/callback"],
      ...CODE_GRANT,
      token_endpoint_auth_method: "none",
      application_type: "web",
    },
  ],
  [
    "the Inspector's page, with an empty scope",
    "http://localhost:6274/oauth/callback",
    {
      redirect_uris: ["http://localhost:6274/oauth/callback"],
      token_endpoint_auth_method: "none",
      ...CODE_GRANT,
      client_name: "MCP Inspector",
      client_uri: "https://github.com/modelcontextprotocol/inspector",
      scope: "",
      application_type: "native",
    },
  ],
  [
    "the Inspector's command line",
    "http://127.0.0.1:6276/oauth/callback",
    {
      redirect_uris: ["http://127.0.0.1:6276/oauth/callback"],
      token_endpoint_auth_method: "none",
      ...CODE_GRANT,
      client_name: "MCP Inspector",
      client_uri: "https://github.com/modelcontextprotocol/inspector",
      scope: "",
      application_type: "native",
    },
  ],
  [
    "mcp-remote",
    "http://localhost:14471/oauth/callback",
    {
      redirect_uris: ["http://localhost:14471/oauth/callback"],
      token_endpoint_auth_method: "none",
      ...CODE_GRANT,
      client_name: "MCP CLI Proxy",
      client_uri: "https://github.com/modelcontextprotocol/mcp-cli",
      software_id: "2e6dc280-f3c3-4e01-99a7-8181dbd1d23d",
      software_version: "0.15.1",
      scope: "taiga:read taiga:write taiga:delete taiga:admin",
    },
  ],
];
