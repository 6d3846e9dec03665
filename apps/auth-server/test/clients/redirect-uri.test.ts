import { describe, expect, it } from "vitest";
import { findRedirectUriFault } from "../../src/clients/redirect-uri.ts";

describe("a redirect URI", () => {
  // @rule RFC8252-7-1
  it.each([
    "https://claude.ai/api/mcp/auth_callback",
    "https://chatgpt.com/connector/oauth/abc?x=1",
    "http://localhost/callback",
    "http://localhost:53211/callback",
    "http://127.0.0.1:33418/",
    "http://[::1]:4000/cb",
    "cursor://anysphere.cursor-mcp/oauth/callback",
    "vscode://ms.vscode/cb",
    "com.example.app:/oauth",
    "com.example.app://callback",
  ])("may be %s", (uri) => expect(findRedirectUriFault(uri)).toBeUndefined());

  // @rule RFC7591-5-1 RFC8252-7-1
  it.each([
    ["javascript:alert(1)", "scheme javascript"],
    ["JavaScript:alert(1)", "scheme javascript"],
    ["java\nscript:alert(1)", "printable ASCII"],
    [" https://a.example/", "printable ASCII"],
    ["https://a.example\\@b.example/", "backslashes"],
    ["data:text/html,x", "scheme data"],
    ["file:///etc/passwd", "scheme file"],
    ["blob:https://a.example/x", "scheme blob"],
    ["vbscript:x", "scheme vbscript"],
    ["about:blank", "scheme about"],
    ["view-source:https://a.example", "scheme view-source"],
    ["http://evil.example/cb", "must be https"],
    ["http://localhost.evil.example/cb", "must be https"],
    ["http://127.0.0.1.evil.example/cb", "must be https"],
    ["http://0.0.0.0/cb", "must be https"],
    ["https://localhost/cb", "must use http"],
    ["https://user:secret@a.example/cb", "user name or password"],
    ["http://localhost@evil.example/cb", "user name or password"],
    ["https://a.example/cb#", "fragment"],
    ["https://a.example/cb#x", "fragment"],
    ["com.example.app:/cb#x", "fragment"],
    ["myapp://callback", "which no app owns"],
    ["https:evil.example/cb", "host in canonical form"],
    ["https:///evil.example/cb", "host in canonical form"],
    ["http://127.1/cb", "host in canonical form, as http://127.0.0.1"],
    ["http://:@localhost/cb", "host in canonical form"],
    ["https://ex%61mple.com/cb", "host in canonical form"],
    ["/callback", "absolute URI"],
    ["", "printable ASCII"],
    ["https://bücher.example/", "printable ASCII"],
    [`https://a.example/${"x".repeat(2048)}`, "longer than 2048 bytes"],
  ])("may not be %j", (uri, reason) => expect(findRedirectUriFault(uri)).toContain(reason));
});
