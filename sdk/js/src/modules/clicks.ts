/** Captures clicks, one event each, the one that says most: what markup names, a download, a way out, else `Element Clicked`. */
import type { ClickOptions } from '../browser/capture_options.js';
import type { Host } from '../browser/host.js';
import { elementFacts, isPrivate, type Marked, marked, pathOf } from '../capture/element_facts.js';
import { linkClick, plainHref } from '../capture/link_facts.js';

const kExtensions =
  '7z apk avi csv dmg doc docx epub exe gz ics iso jar key mov mp3 mp4 msi odp ods odt pdf pkg pps ppt pptx rar rtf tar tgz txt wav wma wmv xls xlsx xml zip';
const kLink = 'a[href],area[href]';
const kClickable = `${kLink},a[*|href],button,[role=button],summary,input[type=submit],input[type=button],input[type=reset],input[type=image]`;
const kPressable =
  '[data-dp-event],[role=button],[role=link],[role=tab],[role=option],[role=switch],[role^=menuitem]';
/** What turns keys into clicks by itself, or takes them as text. */
const kNative = 'a[href],button,input,select,textarea,summary,option,audio,video';

/** The browser clicks a label's control in the same moment. */
const kLabelMs = 50;

const isNamed = (element: Element) => element.localName !== 'form' && !!marked(element);

export function start(host: Host, options: ClickOptions): undefined {
  const { autocapture = true, extensions = kExtensions.split(' '), domains = [] } = options;
  let told: UIEvent | undefined;
  let control: Element | null | undefined;
  /** A click may bring others in its course: by the page's own script, and a label's on its control, in the same place. */
  const isPartOf = (before: UIEvent, event: UIEvent, path: Element[]) =>
    before.eventPhase !== Event.NONE ||
    (path[0] === control &&
      event.timeStamp - before.timeStamp < kLabelMs &&
      (event as MouseEvent).clientX === (before as MouseEvent).clientX &&
      (event as MouseEvent).clientY === (before as MouseEvent).clientY);

  const read = (path: Element[], onlyLinks: boolean): Marked | undefined => {
    const link = path.find((element) => element.matches(kLink));
    if (onlyLinks && !link) return;
    const named = path.find(isNamed);
    const element = named ?? path.find((element) => element.matches(kClickable));
    if (!element || isPrivate(element)) return;
    if (named) return marked(named);
    const href = element.getAttribute('href');
    const base = document.baseURI;
    const leads =
      href === null
        ? undefined
        : linkClick(href, element.getAttribute('download'), base, extensions, domains);
    if (!leads && !autocapture) return;
    const { tag, text, id, selector } = elementFacts(element);
    if (leads) return { event: leads.event, properties: { ...leads.properties, text, id } };
    const properties = { tag, text, id, href: href === null ? undefined : plainHref(href, base), selector };
    return { event: 'Element Clicked', properties };
  };
  const tell = (event: UIEvent, path: Element[], onlyLinks: boolean) => {
    if (told && isPartOf(told, event, path)) return;
    const found = read(path, onlyLinks);
    if (!found) return;
    told = event;
    control = path.find(
      (element): element is HTMLLabelElement => element instanceof HTMLLabelElement,
    )?.control;
    host.track(found.event, found.properties);
  };

  let pressed: Element | undefined;
  host.listen(window, 'click', (event: MouseEvent) => {
    const path = pathOf(event);
    // The page's own answer to the key that was told.
    if (pressed && !event.detail && path.includes(pressed)) return;
    tell(event, path, false);
  });
  host.listen(window, 'auxclick', (event: MouseEvent) => {
    if (event.button === 1) tell(event, pathOf(event), true);
  });
  host.listen(window, 'keydown', (event: KeyboardEvent) => {
    if (event.repeat || !/^(Enter| )$/.test(event.key)) return;
    const path = pathOf(event);
    const [target] = path;
    if (!target?.matches(kPressable) || target.matches(kNative) || (target as HTMLElement).isContentEditable)
      return;
    pressed = target;
    tell(event, path, false);
  });
  host.listen(window, 'keyup', () => {
    setTimeout(() => {
      pressed = undefined;
    });
  });
  return;
}
