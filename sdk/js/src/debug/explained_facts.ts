import type { ExplainedCondition, Explanation } from '../engine/explaining_engine.js';
import { element, mark, plain } from './elements.js';
import { reasonText } from './reason_text.js';

const kParts = { where: 'Its event', arm: 'What arms it', when: 'Its conditions' };

const sentence = ({ fact, audience, op, than, value, inexact }: ExplainedCondition) =>
  fact
    ? `${fact} ${op} ${plain(than)} \u00b7 found ${plain(value)}${inexact ? ', cut' : ''}`
    : `${op}${audience ? ` of ${audience}` : ''}`;

/** Why a decision was held back, if it was, which facts of its trigger hold and which do not, and what would come of it. */
export function explainedFacts(
  explanation: Explanation | null,
  hasEvent: boolean,
  reason?: string | null,
): Node[] {
  if (!explanation) return [element('p', 'empty', 'No such trigger, or no engine runs here.')];
  const { enabled, conditions, actions, due } = explanation;
  const lines: Node[] = reason ? [mark('bad', `Held back: ${reasonText(reason)}`)] : [];
  if (!hasEvent) lines.push(element('h4', '', 'As things stand, without an event'));
  if (!enabled) lines.push(mark('bad', 'Switched off for this person'));
  let part = '';
  for (const condition of conditions) {
    if (part !== condition.part) lines.push(element('h4', '', kParts[condition.part]));
    part = condition.part;
    const line = element('p', 'fact', mark(condition.held ? 'ok' : 'bad', sentence(condition)));
    line.style.marginInlineStart = `${condition.depth}em`;
    lines.push(line);
  }
  if (due) lines.push(mark('wait', `Waits until ${new Date(due).toLocaleString()}`));
  lines.push(element('h4', '', 'If it came to speak now'));
  for (const { channel, slot, reason } of actions) {
    const where = slot ? `${channel}, slot ${slot}` : channel;
    lines.push(
      element(
        'p',
        'fact',
        reason ? mark('bad', `${where}: ${reasonText(reason)}`) : mark('ok', `${where}: would speak`),
      ),
    );
  }
  return lines;
}
