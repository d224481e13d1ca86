// Runs abstract-level's own tests, which its package publishes, over the adapter.
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, endpoint, table] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${modules}/`));
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const test = require("tape");
const suite = require("abstract-level/test");
const { DynamoLevel } = await import(pathToFileURL(`${modules}/level.mjs`));
const credentials = { accessKeyId: "000000000000", secretAccessKey: "local" };
const client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials });
suite({ test, factory: (options) => new DynamoLevel({ ...options, client, table, space: randomUUID() }) });
test.onFinish(() => client.destroy());
