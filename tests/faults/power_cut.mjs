// What a disk holds after the power went: made from what faulty_disk.c wrote down of every change to it.
//
// A file's bytes are sure once it was synced, its name once its directory was. Everything later is up to the disk: each
// unsynced write, in sectors of 512 bytes, reached it or did not; so did each change of a name.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const operations = ['', 'create', 'write', 'truncate', 'sync', 'unlink', 'rename', 'directory'];
const sectorBytes = 512;

/** The records of a log, in order. A torn last one is left out. */
export function readLog(file) {
  const log = readFileSync(file);
  const records = [];
  for (let at = 0; at + 15 <= log.length; ) {
    const pathLength = log.readUInt16LE(at + 1);
    const size = log.readUInt32LE(at + 11);
    const end = at + 15 + pathLength + size;
    if (end > log.length) break;
    records.push({
      operation: operations[log[at]],
      offset: Number(log.readBigUInt64LE(at + 3)),
      path: log.toString('utf8', at + 15, at + 15 + pathLength),
      data: log.subarray(at + 15 + pathLength, end),
    });
    at = end;
  }
  return records;
}

class File {
  constructor() {
    this.bytes = Buffer.alloc(0);
    this.length = 0;
    this.changes = []; // since it was last synced
  }

  resize(length) {
    if (length > this.bytes.length) {
      const larger = Buffer.alloc(Math.max(length, this.bytes.length * 2));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
    if (length < this.length) this.bytes.fill(0, length, this.length);
    this.length = length;
  }

  apply({ operation, offset, data }) {
    if (operation === 'truncate') return this.resize(offset);
    if (offset + data.length > this.length) this.resize(offset + data.length);
    data.copy(this.bytes, offset);
  }

  /** Makes all changes before record `index` sure. */
  sync(index) {
    const later = this.changes.findIndex((change) => change.index >= index);
    const sure = later < 0 ? this.changes.length : later;
    for (const change of this.changes.splice(0, sure)) this.apply(change);
  }

  /** The disk's choice: of what is unsure some sectors of some writes. */
  cut(keeps) {
    for (const change of this.changes) {
      if (change.operation === 'truncate') {
        if (keeps()) this.apply(change);
        continue;
      }
      for (let at = 0; at < change.data.length; ) {
        const end = Math.min(change.data.length, at + sectorBytes - ((change.offset + at) % sectorBytes));
        if (keeps())
          this.apply({ operation: 'write', offset: change.offset + at, data: change.data.subarray(at, end) });
        at = end;
      }
    }
  }
}

/**
 * Writes to `target` what was below `root` when the power went. `keeps()` says of each unsure change whether it reached the
 * disk. Sockets and SQLite's shared memory are no part of it.
 */
export function cutPower(records, root, target, keeps) {
  const names = new Map(); // path → File, as the process saw it
  const sure = new Map(); // path → File, as the directories on disk have it
  const unsure = new Map(); // directory → changes of its names since it was synced
  const note = (path, file) => {
    const folder = dirname(path);
    if (!unsure.has(folder)) unsure.set(folder, []);
    unsure.get(folder).push({ path, file });
  };
  const settle = ({ path, file }) => (file ? sure.set(path, file) : sure.delete(path));
  const fileAt = (path) => {
    if (!names.has(path)) {
      names.set(path, new File());
      note(path, names.get(path));
    }
    return names.get(path);
  };
  records.forEach((record, index) => {
    const { operation, path, data } = record;
    if (path.endsWith('-shm')) return;
    if (operation === 'create') fileAt(path);
    if (operation === 'write' || operation === 'truncate') fileAt(path).changes.push({ ...record, index });
    if (operation === 'sync') {
      names.get(path)?.sync(record.offset);
      for (const change of unsure.get(path) ?? []) settle(change);
      unsure.delete(path);
    }
    if (operation === 'unlink') {
      names.delete(path);
      note(path, undefined);
    }
    if (operation === 'rename') {
      const into = data.toString('utf8');
      const file = names.get(path);
      names.delete(path);
      if (!file) return;
      names.set(into, file);
      note(path, undefined);
      note(into, file);
    }
  });
  for (const changes of unsure.values()) {
    for (const change of changes) if (keeps()) settle(change);
  }
  mkdirSync(target, { recursive: true });
  for (const { operation, path } of records) {
    if (operation === 'directory') mkdirSync(join(target, path.slice(root.length)), { recursive: true });
  }
  for (const file of new Set(sure.values())) file.cut(keeps);
  for (const [path, file] of sure) {
    writeFileSync(join(target, path.slice(root.length)), file.bytes.subarray(0, file.length));
  }
}
