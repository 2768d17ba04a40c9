// The one place that touches the Desirepath package. Where it could not be loaded the shop works on: calls do nothing.

const loaded = globalThis.desirepath;

const nothing = new Proxy({}, { get: () => () => undefined });
export const desirepath = loaded ?? nothing;
export const isLoaded = loaded !== undefined;

const item = ({ id, name, category, price }) => ({ product_id: id, name, category, price, currency: 'EUR' });

// Segment's e-commerce events, under the names its specification gives them; the page call is made in start.js.
export const seeList = (list) => desirepath.track('Product List Viewed', { list_id: list, category: list });
export const seeProduct = (product) => desirepath.track('Product Viewed', item(product));
export const addProduct = (product) => desirepath.track('Product Added', { ...item(product), quantity: 1 });
export const removeProduct = (line) =>
  desirepath.track('Product Removed', { ...item(line), quantity: line.quantity });
export const updateCart = (value, count) =>
  desirepath.track('Cart Updated', { cart_value: value, items: count, currency: 'EUR' });
export const seeCart = (lines, value) =>
  desirepath.track('Cart Viewed', {
    cart_value: value,
    products: lines.map((line) => ({ ...item(line), quantity: line.quantity })),
  });
export const startCheckout = (order) => desirepath.track('Checkout Started', orderProperties(order));
export const completeOrder = (order) => desirepath.track('Order Completed', orderProperties(order));
export const reviewProduct = (product, rating) =>
  desirepath.track('Product Reviewed', { product_id: product.id, name: product.name, rating });

const orderProperties = ({ number, lines, goods, delivery, total }) => ({
  order_id: number,
  revenue: goods,
  shipping: delivery,
  total,
  currency: 'EUR',
  products: lines.map((line) => ({ ...item(line), quantity: line.quantity })),
});
