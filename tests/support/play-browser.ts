// A command-line "browser" for programs that open one: logs in, consents, and follows the redirect
// to the program's own callback.  Usage: play-browser.ts <username> <authorization URL>
import process from "node:process";
import { approve } from "./browser.ts";

const [username, url] = process.argv.slice(2);
if (username === undefined || url === undefined) throw new Error("usage: play-browser user url");
const callback = await approve(url, { username });
const response = await fetch(callback);
console.log(`${response.status} from the program's callback`);
