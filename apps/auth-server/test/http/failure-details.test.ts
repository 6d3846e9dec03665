import { expect, it } from "vitest";
import { renderFailurePage } from "../../src/http/failure-page.ts";

// @rule LOGIN-16
it("names the app, the refused address as text, and the request", async () => {
  const page = await renderFailurePage({
    status: 400,
    error: "invalid_redirect_uri",
    description: undefined,
    clientName: "Claude\u202E <b>Code</b>",
    refusedAddress: "https://evil.example/\u202E<script>",
    requestId: "req-1",
  });
  expect(page).toContain("Claude &lt;b&gt;Code&lt;/b&gt;");
  expect(page).toContain("https://evil.example/&lt;script&gt;");
  expect(page).not.toContain('href="https://evil');
  expect(page).not.toContain("\u202E");
  expect(page).toContain("<code>req-1</code>");
});
