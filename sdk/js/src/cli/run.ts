import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { decisionLog } from '../node/decision_log.js';
import { readEventFile } from '../node/event_file.js';
import { loadEngine, type WasmChoice } from '../node/load_engine.js';

const kHelp = `usage: run.js PROGRAM.dpj EVENTS.jsonl [--effects recorded] [--wasm BUILD]

Folds the events of each profile in order and prints the decision log as JSON lines, as \`desirepath run\` does. A fired decision counts
as shown at once. Exit code 1 when a line of the file could not be used.

  --effects recorded   only the exposures and deliveries in the file count
  --wasm BUILD         core, full, or js (no WebAssembly at all); without it the smaller that suffices for the program
`;
const kBuilds = ['auto', 'core', 'full', 'js'];
const kPrintedChars = 1 << 16;

class Mistake extends Error {}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        effects: { type: 'string', default: 'at_once' },
        wasm: { type: 'string', default: 'auto' },
        help: { type: 'boolean' },
      },
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
  const { positionals, effects, wasm, help } = readArguments();
  if (help) {
    await write(kHelp);
    return 0;
  }
  const [programPath, eventsPath] = positionals;
  if (!programPath || !eventsPath || positionals.length > 2)
    throw new Mistake('name a program and a file of events');
  if (effects !== 'recorded' && effects !== 'at_once')
    throw new Mistake("--effects is 'recorded' or left out");

  if (!kBuilds.includes(wasm)) throw new Mistake(`--wasm is one of ${kBuilds.join(', ')}`);

  const program = await file(programPath);
  const engine = await loadEngine(
    { program, wasm: wasm as WasmChoice },
    new URL('../', import.meta.url),
  ).catch((error: Error) => {
    throw new Mistake(`${programPath}: ${error.message}`);
  });
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
