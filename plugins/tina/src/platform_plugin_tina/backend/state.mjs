// What the index was made from, and who may change it now: two items beside the index.
import { randomUUID } from "node:crypto";
import { DeleteItemCommand, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { Refused } from "./github.mjs";
import { pack, unpack } from "./level.mjs";

// Longer than a request can last, so a lease that is over is nobody's.
const LEASE_SECONDS = 60;
const BETWEEN_TRIES = 250;
const EMPTY = { commit: "", content: "", lock: "", files: {} };

export class State {
  constructor({ client, table, place }) {
    this.client = client;
    this.table = table;
    this.space = `state:${place}`;
  }

  key(name) {
    return { space: { S: this.space }, key: { B: Buffer.from(name) } };
  }

  async load() {
    const { Item } = await this.client.send(new GetItemCommand({ TableName: this.table, Key: this.key("state"), ConsistentRead: true }));
    return Item ? JSON.parse(unpack(Item.value.B).toString("utf8")) : structuredClone(EMPTY);
  }

  async save(state) {
    const value = { B: pack(Buffer.from(JSON.stringify(state))) };
    await this.client.send(new PutItemCommand({ TableName: this.table, Item: { ...this.key("state"), value } }));
  }

  /** Do *work* while nobody else does any. */
  async alone(deadline, work) {
    const holder = randomUUID();
    while (!(await this.claim(holder))) {
      if (Date.now() > deadline) throw new Refused(503, "Somebody else is saving just now. Try again.", "BUSY");
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES));
    }
    try {
      return await work();
    } finally {
      await this.release(holder);
    }
  }

  async claim(holder) {
    const now = Date.now() / 1000;
    const Item = { ...this.key("lease"), holder: { S: holder }, until: { N: String(now + LEASE_SECONDS) } };
    const condition = {
      ConditionExpression: "attribute_not_exists(#until) OR #until < :now",
      ExpressionAttributeNames: { "#until": "until" },
      ExpressionAttributeValues: { ":now": { N: String(now) } },
    };
    return await this.conditional(new PutItemCommand({ TableName: this.table, Item, ...condition }));
  }

  async release(holder) {
    const condition = {
      ConditionExpression: "#holder = :holder",
      ExpressionAttributeNames: { "#holder": "holder" },
      ExpressionAttributeValues: { ":holder": { S: holder } },
    };
    await this.conditional(new DeleteItemCommand({ TableName: this.table, Key: this.key("lease"), ...condition }));
  }

  async conditional(command) {
    try {
      await this.client.send(command);
      return true;
    } catch (error) {
      if (error.name !== "ConditionalCheckFailedException") throw error;
      return false;
    }
  }
}
