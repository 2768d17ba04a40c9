import css from 'virtual:overlay-css';
import { kDebug, kPanel, type Watched } from '../browser/panel.js';
import { guarded } from '../core/emitter.js';
import { button, element } from './elements.js';
import { eventLog } from './event_log.js';
import { decisionsSection, eventsSection, personSection, type Section, slotsSection } from './sections.js';
import { slotOutline } from './slot_outline.js';

const kRefreshMs = 1000;
/** What a visitor does in the panel is no business of the page's. */
const kOwn =
  'click dblclick contextmenu mousedown mouseup pointerdown pointerup touchstart touchend keydown keyup input change submit focusin wheel';

interface Overlay {
  open(): void;
  close(): void;
}

function overlay(watched: Watched): Overlay {
  const log = eventLog(watched.waiting);
  const exposed = new Set<string>();
  const outline = slotOutline();
  const sections = [
    eventsSection(log),
    decisionsSection(watched, log, exposed),
    slotsSection(watched, outline),
    personSection(watched),
  ];
  const host = element(kPanel, '');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];

  const shown = sections.map((section: Section, index) => {
    const count = element('small', '');
    const details = element(
      'details',
      'section',
      element('summary', '', element('h3', '', section.title), count),
      section.body,
    ) as HTMLDetailsElement;
    details.open = index < 3;
    details.ontoggle = section.refresh;
    return { section, count, details };
  });
  const refresh = () => {
    for (const { section, count } of shown) {
      guarded(() => {
        count.textContent = String(section.refresh());
      });
    }
  };

  const keep = element('input', '') as HTMLInputElement;
  keep.type = 'checkbox';
  try {
    keep.checked = !!localStorage[kDebug];
    keep.onchange = () => {
      if (keep.checked) localStorage[kDebug] = 1;
      else localStorage.removeItem(kDebug);
    };
  } catch {
    keep.disabled = true;
  }
  const header = element(
    'header',
    '',
    element('h2', '', 'desirepath ', element('small', '', watched.report().version)),
    element('label', '', keep, 'On every page'),
    button('Close', '', () => self.close()),
  );
  const panel = element('section', 'panel', header, ...shown.map(({ details }) => details));
  panel.ariaLabel = 'desirepath';
  root.append(outline.element, panel);
  for (const type of kOwn.split(' ')) host.addEventListener(type, (event) => event.stopPropagation());

  // The page's own Escape is left to it: the panel's is what is pressed in the panel, or nowhere.
  const onKey = (event: KeyboardEvent) => {
    const { activeElement } = document;
    const isOurs = activeElement === host || activeElement === document.body || !activeElement;
    if (event.key === 'Escape' && isOurs && !event.defaultPrevented) self.close();
  };
  let timer: ReturnType<typeof setInterval> | undefined;
  const soon = () => void (host.isConnected && queueMicrotask(refresh));
  watched.use({
    name: 'panel',
    after(event) {
      log.add(event);
      soon();
    },
  });
  watched.on('sent', ({ messageIds }) => log.sent(messageIds));
  watched.on('dropped', log.dropped);
  watched.on('exposure', ({ decisionId }) => exposed.add(decisionId));
  for (const topic of ['sent', 'dropped', 'decision', 'exposure', 'stage'] as const) watched.on(topic, soon);

  const self: Overlay = {
    open() {
      if (host.isConnected) return;
      document.documentElement.append(host);
      addEventListener('keydown', onKey, true);
      timer = setInterval(() => document.hidden || refresh(), kRefreshMs);
      refresh();
    },
    close() {
      removeEventListener('keydown', onKey, true);
      clearInterval(timer);
      outline.hide();
      host.remove();
    },
  };
  return self;
}

let made: Overlay | undefined;

/** Shows the panel, or takes it away. What happens while it is closed it tells when it is opened again. */
export function show(watched: Watched, shown: boolean): void {
  if (shown) made ??= overlay(watched);
  made?.[shown ? 'open' : 'close']();
}
