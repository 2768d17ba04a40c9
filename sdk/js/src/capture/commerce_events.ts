import { kProducts } from '../core/limits.js';
import type { Fields } from '../core/types.js';

/** One event of the e-commerce spec. */
export interface CommerceEvent {
  event: string;
  properties: Fields;
}

/** GA4's events by name. `each`: one event a product, with its fields; the others list their products. */
const kEvents: Record<string, [event: string, each?: true]> = {
  view_item: ['Product Viewed', true],
  view_item_list: ['Product List Viewed'],
  select_item: ['Product Clicked', true],
  add_to_cart: ['Product Added', true],
  remove_from_cart: ['Product Removed', true],
  add_to_wishlist: ['Product Added to Wishlist', true],
  view_cart: ['Cart Viewed'],
  begin_checkout: ['Checkout Started'],
  add_shipping_info: ['Checkout Step Completed'],
  add_payment_info: ['Payment Info Entered'],
  purchase: ['Order Completed'],
  refund: ['Order Refunded'],
  search: ['Products Searched'],
  view_promotion: ['Promotion Viewed'],
  select_promotion: ['Promotion Clicked'],
  sign_up: ['Signed Up'],
  login: ['Signed In'],
  generate_lead: ['Lead Generated'],
};

const kNames: Record<string, string> = {
  affiliation: 'affiliation',
  coupon: 'coupon',
  creative_name: 'creative',
  creative_slot: 'position',
  currency: 'currency',
  discount: 'discount',
  item_list_id: 'list_id',
  item_list_name: 'category',
  lead_source: 'lead_source',
  method: 'method',
  payment_type: 'payment_method',
  promotion_id: 'promotion_id',
  promotion_name: 'name',
  search_term: 'query',
  shipping: 'shipping',
  shipping_tier: 'shipping_method',
  tax: 'tax',
  transaction_id: 'order_id',
  value: 'value',
};
const kItemNames: Record<string, string> = { item_id: 'product_id', index: 'position' };
const kNumbers = /^(value|tax|shipping|price|quantity|discount|position)$/;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Tag managers are told numbers as text now and then. */
const typed = (name: string, value: unknown) =>
  kNumbers.test(name) && typeof value === 'string' && value.trim() && Number.isFinite(+value)
    ? +value
    : value;

function renamed(fields: Fields, nameOf: (name: string) => string | undefined): Fields {
  const found: Fields = {};
  for (const [key, value] of Object.entries(fields)) {
    const name = nameOf(key);
    if (name && value != null && typeof value !== 'object') found[name] = typed(name, value);
  }
  return found;
}

const product = (item: Fields) => renamed(item, (name) => kItemNames[name] ?? name.replace(/^item_/, ''));

/** The spec's events for one of GA4's, with `params` as gtag or the `ecommerce` member of a data layer has them; undefined for others. */
export function commerceEvents(name: string, params: Fields): CommerceEvent[] | undefined {
  if (!Object.hasOwn(kEvents, name)) return;
  const [event, each] = kEvents[name]!;
  const properties = renamed(params, (key) => (Object.hasOwn(kNames, key) ? kNames[key] : undefined));
  if (name === 'purchase' && 'value' in properties) properties.revenue = properties.value;
  const items = Array.isArray(params.items) ? params.items.filter(isFields).slice(0, kProducts) : [];
  const products = items.map(product);
  // The value of several products is none of any one of them.
  if (each && products.length > 1) delete properties.value;
  if (each && products.length) {
    return products.map((fields) => ({ event, properties: { ...properties, ...fields } }));
  }
  return [{ event, properties: products.length ? { ...properties, products } : properties }];
}

/** What an entry of a data layer says happened, and with what; undefined for entries that are no event. */
export function layerEvent(entry: unknown): { name: string; params: Fields } | undefined {
  if (Object.prototype.toString.call(entry) === '[object Arguments]') {
    const [command, name, params] = entry as unknown as unknown[];
    if (command !== 'event' || typeof name !== 'string') return;
    return { name, params: isFields(params) ? params : {} };
  }
  if (!isFields(entry) || typeof entry.event !== 'string' || /^gtm\./.test(entry.event)) return;
  const { event: name, ecommerce, ...params } = entry;
  return { name, params: { ...params, ...(isFields(ecommerce) ? ecommerce : {}) } };
}

/** The values of an event that is none of the spec's: texts, numbers and truths, without what belongs to the tag manager or to a person. */
export const plainParams = (params: Fields): Fields =>
  renamed(params, (name) => (/^(gtm\.|event|user_|send_to$)/.test(name) ? undefined : name));
