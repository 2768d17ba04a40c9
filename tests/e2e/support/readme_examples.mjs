// The fenced examples of a Markdown file. `<!-- given: … -->` before a fence is code that the example takes as there, `<!-- then: … -->` an
// expression that holds once it has run; both are one line and no reader sees them.

/** `language` is js, ts or html; `line` where the fence begins; `heading` what it stands under. */
export function examplesOf(markdown) {
  const examples = [];
  let heading = '';
  let notes = {};
  let fence;
  markdown.split('\n').forEach((text, index) => {
    if (fence) {
      if (text === '```') {
        examples.push({ ...fence, code: fence.code.join('\n') });
        fence = undefined;
        notes = {};
      } else {
        fence.code.push(text);
      }
      return;
    }
    const [, language] = text.match(/^```(\w*)$/) ?? [];
    const [, what, note] = text.match(/^<!-- (given|then): (.*) -->$/) ?? [];
    if (language !== undefined) fence = { language, line: index + 1, heading, code: [], ...notes };
    else if (what) notes[what] = note;
    else if (text) notes = {};
    if (text.startsWith('#')) heading = text.replace(/^#+ /, '');
  });
  return examples;
}
