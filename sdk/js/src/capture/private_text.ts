/** What may be told of text that a page shows. */

/** A number as long as a card's or an account's, or an address of a mailbox. */
const kPersonal = /\d(?:[ .-]?\d){8}|\S@\S/;

/** The text on one line, at most `charsMax` characters; undefined where there is none, or it holds what looks personal. */
export function plainText(text: string | null | undefined, charsMax: number): string | undefined {
  const line = text?.replace(/\s+/g, ' ').trim();
  return line && !kPersonal.test(line) ? line.slice(0, charsMax) : undefined;
}

/** A message for developers without what people wrote into it: queries of addresses, mailboxes, long numbers, what is no JSON. */
export function plainMessage(message: string, charsMax: number): string {
  return (
    message
      .slice(0, charsMax * 10)
      // Parsers quote what they could not read.
      .replace(/["'](?:[\s\S]*["']|[\s\S]*)/, (quoted) => (/JSON/.test(message) ? '…' : quoted))
      .replace(/(\w:\/\/[^\s?#]*)[?#]\S*/g, '$1')
      .replace(/[^\s"'(]*@[^\s"')]+/g, '…')
      .replace(/\d(?:[ .-]?\d){8,}/g, '…')
      .slice(0, charsMax)
  );
}
