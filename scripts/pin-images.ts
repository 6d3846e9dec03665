// pnpm pin-images
//
// Writes deploy/images.env, which pins each image that docker-compose.yml and the Dockerfile use to the
// digest that its registry names now. Only a registry knows digests: if one does not answer, nothing is
// written.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

const FILE = "deploy/images.env";
const TIMEOUT_MS = 60_000;

/** The files that name images, always as `${NAME_IMAGE:-image:tag}` or `ARG NAME_IMAGE=image:tag`. */
const SOURCES = ["Dockerfile", "docker-compose.yml", "deploy/caddy/compose.yml"];
const IMAGE = /\b([A-Z]+_IMAGE)(?::-|=)([a-z\d./-]+:[\w.-]+)/g;

const DIGEST = /^sha256:[\da-f]{64}$/;

try {
  const lines = [...findImages()].map(([name, image]) => `${name}=${image}@${askDigest(image)}`);
  writeFileSync(FILE, [...HEADER(), ...lines, ""].join("\n"));
  console.log(`${FILE} is written:\n${lines.join("\n")}`);
} catch (error) {
  console.error(`NOT PINNED: ${(error as Error).message}`);
  process.exitCode = 1;
}

function HEADER(): string[] {
  return [
    "# Written by `pnpm pin-images`; run it again for newer images. To use it:",
    "#   COMPOSE_ENV_FILES=.env,deploy/images.env docker compose up --build",
  ];
}

/** The images by their variable. */
function findImages(): Map<string, string> {
  const found = SOURCES.flatMap((file) => [...readFileSync(file, "utf8").matchAll(IMAGE)]);
  return new Map(found.map(([, name = "", image = ""]) => [name, image]));
}

/** @throws {Error} in one sentence, when the registry does not name a digest. */
function askDigest(image: string): string {
  let digest: string;
  try {
    const command = ["buildx", "imagetools", "inspect", image, "--format", "{{.Manifest.Digest}}"];
    digest = execFileSync("docker", command, {
      encoding: "utf8",
      stdio: "pipe",
      timeout: TIMEOUT_MS,
    }).trim();
  } catch (cause) {
    const { stderr = "", message } = cause as Error & { stderr?: string };
    const reason = stderr.trim().split("\n")[0] || message;
    throw new Error(`the registry of ${image} does not answer: ${reason}`, { cause });
  }
  if (DIGEST.test(digest)) return digest;
  throw new Error(`the registry of ${image} named no digest.`);
}
