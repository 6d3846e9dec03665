import { toAccountId } from "../../src/storage/key-names.ts";
import { createFakeTaiga, type FakeTaiga } from "../support/fake-taiga.ts";
import { TAIGA_API_URL } from "../support/system.ts";

const USERS: Readonly<Record<string, number>> = { ada: 5, bob: 6 };

/** The subject of a grant, as introspection returns it. */
export const subjectOf = (username: string): string =>
  toAccountId(TAIGA_API_URL, USERS[username] ?? 0);

/** A fake Taiga in which ada and bob can log in. */
export const createTwoUserTaiga = (): FakeTaiga => createFakeTaiga(USERS);
