import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { decisionLog } from '../node/decision_log.js';
import { readEventFile } from '../node/event_file.js';
import { loadEngine } from '../node/load_engine.js';

const kHelp = `usage: run.js PROGRAM.dpj EVENTS.jsonl [--effects recorded]

Folds the events of each profile in order and prints the decision log as JSON lines, as \`desirepath run\` does. A fired decision counts
as shown at once. Exit code 1 when a line of the file could not be used.

  --effects recorded   only the exposures and deliveries in the file count
`;
const kPrintedChars = 1 << 16;

class Mistake extends Error {}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { effects: { type: 'string', default: 'at_once' }, help: { type: 'boolean' } },
    });
    return { ...values, positionals };
  } catch (error) {
    throw new Mistake((error as Error).message);
  }
}

const file = (path: string) =>
  readFile(path).catch(() => {
    throw new Mistake(`${path}: cannot be read`);
  });

/** Resolves when the pipe has room again. */
const write = (text: string) => new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));

async function main(): Promise<number> {
  const { positionals, effects, help } = readArguments();
  if (help) {
    await write(kHelp);
    return 0;
  }
  const [programPath, eventsPath] = positionals;
  if (!programPath || !eventsPath || positionals.length > 2)
    throw new Mistake('name a program and a file of events');
  if (effects !== 'recorded' && effects !== 'at_once')
    throw new Mistake("--effects is 'recorded' or left out");

  const engine = await loadEngine(undefined, new URL('../desirepath.wasm', import.meta.url));
  const error = engine.load(await file(programPath));
  if (error)
    throw new Mistake(`${programPath}: not a program this engine runs (${error}); compile the journey again`);
  const { events, mistakes } = readEventFile(await file(eventsPath), eventsPath);
  for (const mistake of mistakes) process.stderr.write(`${mistake}\n`);
  let out = '';
  for (const line of decisionLog(engine, events, effects === 'at_once')) {
    out += line;
    if (out.length > kPrintedChars) {
      await write(out);
      out = '';
    }
  }
  await write(out);
  return mistakes.length ? 1 : 0;
}

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`run: ${error instanceof Mistake ? error.message : error.stack}\n`);
  return 1;
});
