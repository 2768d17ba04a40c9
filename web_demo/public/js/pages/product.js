import { add, euro } from '../cart.js';
import '../panel.js';
import { seeProduct } from '../path.js';

const { id, name, category, price } = document.querySelector('[data-product]').dataset;
const product = { id, name, category, price: Number(price) };

seeProduct(product);

const button = document.querySelector('[data-add]');
button.addEventListener('click', () => {
  add(product);
  const said = document.querySelector('[data-added]');
  const link = document.createElement('a');
  link.href = '/cart';
  link.textContent = 'See your cart';
  said.replaceChildren(`${name} is in your cart, ${euro(product.price)}. `, link);
});
button.disabled = false;
