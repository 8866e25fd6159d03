// Prints the SHA-256 of the text of a gzip file, read at once and as a stream: node reader.mjs FILE

import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip, gunzipSync } from "node:zlib";

const file = process.argv[2];
console.log(createHash("sha256").update(gunzipSync(readFileSync(file))).digest("hex"));

const digest = createHash("sha256");
await pipeline(createReadStream(file), createGunzip(), digest);
console.log(digest.digest("hex"));
