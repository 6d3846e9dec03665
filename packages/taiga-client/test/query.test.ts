import { describe, expect, it } from "vitest";
import { encodeQuery } from "../src/query.ts";

describe("encodeQuery", () => {
  it("writes null, booleans and lists as Taiga reads them", () => {
    expect(
      encodeQuery({ milestone: null, is_closed: false, status: [1, 2], assigned_to: [7, null] }),
    ).toBe("milestone=null&is_closed=false&status=1%2C2&assigned_to=7%2Cnull");
  });

  it("escapes what people type", () => {
    expect(encodeQuery({ q: "a&page=2 #é" })).toBe("q=a%26page%3D2+%23%C3%A9");
  });

  it("leaves out what is undefined", () => {
    expect(encodeQuery({ project: 1, status: undefined })).toBe("project=1");
  });

  it("refuses an empty list, because Taiga would answer with everything", () => {
    expect(() => encodeQuery({ status: [] })).toThrow(/^status: /);
  });
});
