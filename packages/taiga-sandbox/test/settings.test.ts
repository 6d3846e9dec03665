import { describe, expect, test } from "vitest";
import { readSettings, SetupError } from "../src/settings.ts";

describe("settings", () => {
  test("listens where only this computer reaches it, unless told otherwise", () => {
    const defaults = {
      port: 3003,
      host: "127.0.0.1",
      dataDir: ".data",
      allowPrivateWebhooks: false,
    };
    expect(readSettings({})).toEqual(defaults);
    expect(readSettings({ SANDBOX_PORT: "", SANDBOX_HOST: "", DATA_DIR: "" })).toEqual(defaults);
  });

  test.each(["localhost", "127.0.0.1", "127.8.9.10", "::1"])("takes %s without leave", (host) => {
    expect(readSettings({ SANDBOX_HOST: host }).host).toBe(host);
  });

  test.each(["0.0.0.0", "::", "192.168.0.2", "127.example.com", "localhost.example.com"])(
    "refuses %s, where others could reach it, and says what allows it",
    (host) => {
      const read = () => readSettings({ SANDBOX_HOST: host });
      expect(read).toThrow(SetupError);
      expect(read).toThrow(`SANDBOX_HOST is "${host}", `);
      expect(read).toThrow("DANGEROUSLY_EXPOSE_SANDBOX=true");
    },
  );

  test("takes nothing but true for leave to be exposed", () => {
    const read = (leave: string) =>
      readSettings({ SANDBOX_HOST: "0.0.0.0", DANGEROUSLY_EXPOSE_SANDBOX: leave });
    expect(read("true").host).toBe("0.0.0.0");
    for (const leave of ["true ", "TRUE", "1", "false", ""]) {
      expect(() => read(leave)).toThrow(SetupError);
    }
  });

  test.each(["70000", "0", "-1", "80.5", "http"])("refuses %s as a port", (port) => {
    expect(() => readSettings({ SANDBOX_PORT: port })).toThrow(
      `SANDBOX_PORT is "${port}". It has to be a whole number from 1 to 65535.`,
    );
  });

  test("takes any port that there is", () => {
    for (const port of [1, 65_535]) {
      expect(readSettings({ SANDBOX_PORT: String(port) }).port).toBe(port);
    }
  });
});
