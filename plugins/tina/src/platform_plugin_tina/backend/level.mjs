// A database of abstract-level's kind in a DynamoDB table.
//
// One *space* is one partition; keys are its sort keys, which DynamoDB orders by their bytes as
// abstract-level asks. A batch is one transaction as long as it has at most 100 operations and 3 MB.
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { DeleteItemCommand, GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { AbstractIterator, AbstractLevel } from "abstract-level";

// Before each key, because DynamoDB takes no empty one.
const MARK = Buffer.from([0x6b]);
const AFTER = Buffer.from([0x6c]);
const MOST_KEY_BYTES = 1023;
const MOST_VALUE_BYTES = 390 * 1024;
const PACKED_FROM = 256;
const MOST_OPERATIONS = 100;
const MOST_BATCH_BYTES = 3 * 1024 * 1024;
const RAW = Buffer.from([0]);
const PACKED = Buffer.from([1]);

function failure(code, message) {
  return Object.assign(new Error(message), { code });
}

/** A value as it is stored: long ones are packed, the first byte says so. */
export function pack(value) {
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
  const stored = value.length < PACKED_FROM ? Buffer.concat([RAW, value]) : Buffer.concat([PACKED, brotliCompressSync(value, options)]);
  if (stored.length > MOST_VALUE_BYTES) throw failure("LEVEL_VALUE_TOO_LARGE", "The value is larger than DynamoDB takes.");
  return stored;
}

export function unpack(stored) {
  const data = Buffer.from(stored);
  return data[0] === PACKED[0] ? brotliDecompressSync(data.subarray(1)) : data.subarray(1);
}

function sortKey(key) {
  if (key.length > MOST_KEY_BYTES) throw failure("LEVEL_KEY_TOO_LONG", `The key is longer than ${MOST_KEY_BYTES} bytes.`);
  return Buffer.concat([MARK, key]);
}

/** The bounds of a range: what DynamoDB is asked, both ends included, and what must be left out of its answer. */
function boundsOf(options) {
  const low = options.gte ?? options.gt;
  const high = options.lte ?? options.lt;
  const without = [];
  if (low && options.gte === undefined) without.push(Buffer.concat([MARK, low]));
  if (high && options.lte === undefined) without.push(Buffer.concat([MARK, high]));
  return { from: low ? Buffer.concat([MARK, low]) : MARK, to: high ? Buffer.concat([MARK, high]) : AFTER, without };
}

class DynamoIterator extends AbstractIterator {
  constructor(db, options) {
    super(db, options);
    this.rows = db.rows(options);
  }

  _next(callback) {
    this.db.answer(this.rows.next(), callback, ({ done, value }) => (done ? [] : value));
  }

  _nextv(size, _options, callback) {
    const taken = async () => {
      const found = [];
      while (found.length < size) {
        const { done, value } = await this.rows.next();
        if (done) break;
        found.push(value);
      }
      return found;
    };
    this.db.answer(taken(), callback, (found) => [found]);
  }
}

export class DynamoLevel extends AbstractLevel {
  /**
   * @param client A DynamoDBClient.
   * @param table Name of a table with the partition key `space` (a string) and the sort key `key` (binary).
   * @param space Which partition of it.
   */
  constructor({ client, table, space, ...options }) {
    super({ encodings: { buffer: true }, snapshots: false, permanence: true }, options);
    this.client = client;
    this.table = table;
    this.space = space;
  }

  /** Hand a promise's result to a callback, outside of the promise, so that the callback's errors are its own. */
  answer(promise, callback, results = () => []) {
    promise.then(
      (value) => this.nextTick(callback, null, ...results(value)),
      (error) => this.nextTick(callback, error),
    );
  }

  item(key) {
    return { space: { S: this.space }, key: { B: sortKey(key) } };
  }

  async read(key) {
    const command = new GetItemCommand({ TableName: this.table, Key: this.item(key), ConsistentRead: true });
    const { Item } = await this.client.send(command);
    return Item ? unpack(Item.value.B) : undefined;
  }

  /** Yield [key, value] of a range, page by page. */
  async *rows(options) {
    const { from, to, without } = boundsOf(options);
    if (Buffer.compare(from, to) > 0 || options.limit === 0) return;
    let left = options.limit >= 0 ? options.limit : Infinity;
    let start;
    do {
      const page = await this.client.send(
        new QueryCommand({
          TableName: this.table,
          KeyConditionExpression: "#space = :space AND #key BETWEEN :from AND :to",
          ExpressionAttributeNames: { "#space": "space", "#key": "key" },
          ExpressionAttributeValues: { ":space": { S: this.space }, ":from": { B: from }, ":to": { B: to } },
          ScanIndexForward: !options.reverse,
          ConsistentRead: true,
          ExclusiveStartKey: start,
          ...(left < Infinity ? { Limit: left + without.length } : {}),
        }),
      );
      for (const item of page.Items ?? []) {
        const key = Buffer.from(item.key.B);
        if (without.some((bound) => bound.equals(key))) continue;
        yield [key.subarray(MARK.length), unpack(item.value.B)];
        left -= 1;
        if (left <= 0) return;
      }
      start = page.LastEvaluatedKey;
    } while (start);
  }

  /** Write operations in order; of two on one key the later one counts. */
  async write(operations) {
    const last = new Map(operations.map((operation) => [operation.key.toString("latin1"), operation]));
    let [chunk, bytes] = [[], 0];
    const flush = async () => {
      if (chunk.length) await this.client.send(new TransactWriteItemsCommand({ TransactItems: chunk }));
      [chunk, bytes] = [[], 0];
    };
    for (const { type, key, value } of last.values()) {
      const stored = type === "put" ? pack(value) : RAW;
      if (chunk.length === MOST_OPERATIONS || bytes + key.length + stored.length > MOST_BATCH_BYTES) await flush();
      bytes += key.length + stored.length;
      chunk.push(
        type === "put"
          ? { Put: { TableName: this.table, Item: { ...this.item(key), value: { B: stored } } } }
          : { Delete: { TableName: this.table, Key: this.item(key) } },
      );
    }
    await flush();
  }

  async removeRange(options) {
    let operations = [];
    for await (const [key] of this.rows(options)) {
      operations.push({ type: "del", key });
      if (operations.length === MOST_OPERATIONS) {
        await this.write(operations);
        operations = [];
      }
    }
    await this.write(operations);
  }

  _get(key, _options, callback) {
    const found = this.read(key).then((value) => {
      if (value === undefined) throw failure("LEVEL_NOT_FOUND", "NotFound");
      return value;
    });
    this.answer(found, callback, (value) => [value]);
  }

  _getMany(keys, _options, callback) {
    this.answer(Promise.all(keys.map((key) => this.read(key))), callback, (values) => [values]);
  }

  _put(key, value, _options, callback) {
    const put = async () => {
      const Item = { ...this.item(key), value: { B: pack(value) } };
      await this.client.send(new PutItemCommand({ TableName: this.table, Item }));
    };
    this.answer(put(), callback);
  }

  _del(key, _options, callback) {
    const remove = async () => await this.client.send(new DeleteItemCommand({ TableName: this.table, Key: this.item(key) }));
    this.answer(remove(), callback);
  }

  _batch(operations, _options, callback) {
    this.answer(this.write(operations), callback);
  }

  _clear(options, callback) {
    this.answer(this.removeRange(options), callback);
  }

  _iterator(options) {
    return new DynamoIterator(this, options);
  }
}
